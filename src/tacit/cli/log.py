"""`tacit log`: what was decided, in order, and proofs of it that anyone can check."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tacit.cli.options import HERE, AsJson, ShopFolder, open_shop, read_pin
from tacit.cli.show import say, say_json, say_table
from tacit.records.errors import NothingToProveError, UnreadableFileError
from tacit.rights.roles import Kind, Verb

if TYPE_CHECKING:
    from tacit.flows.ports import Shop
    from tacit.seal.notes import SignedCheckpoint

Subject = Annotated[str, typer.Option(help="Only what is about this: a worker's label or account, or any id.")]
OutFile = Annotated[Path | None, typer.Option(help="File to write.", show_default="standard output")]
KeptFile = Annotated[Path | None, typer.Option("--from", help="A checkpoint kept outside; proves that the log grew.")]
KeptFiles = Annotated[list[Path] | None, typer.Option("--kept", help="A checkpoint that was kept outside the shop.")]

_ENTRY_COLUMNS = ("at", "kind", "action", "purpose", "answer", "subject")


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("show")(show)
    group.command("verify")(verify)
    group.command("prove")(prove)
    group.command("checkpoint")(checkpoint)
    group.command("countersigned")(countersigned)
    group.command("key")(key)
    group.command("accept-clock")(accept_clock)
    app.add_typer(group, name="log", help="What was decided, in order, and proofs of it that anyone can check.")


def show(
    subject: Subject = "",
    last: Annotated[int, typer.Option(min=0, help="Only so many, the newest; 0 for all.")] = 0,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """List the entries of the log. It names nobody: --subject finds what is about somebody or something."""
    from tacit.flows.prove_log import list_log

    opened = _open(shop, subject)
    size, root = opened.catalogue.log_root()
    start = max(size - last, 0) if last and not subject else 0
    lines = list(list_log(opened, subject, start, size))
    lines = lines[-last:] if last else lines
    if json:
        entries = [{"entry": line.index, **line.entry} for line in lines]
        say_json({"size": size, "root": root, "entries": entries})
        return
    rows = [(line.index, *(_short(line.entry.get(name)) for name in _ENTRY_COLUMNS)) for line in lines]
    say_table(("entry", *_ENTRY_COLUMNS), rows)
    say(f"{len(lines)} of {size} entries; the root is {root}.")


def _open(shop: Path, subject: str) -> "Shop":
    """The log names nobody, but which entries are about somebody is theirs to know, like what they consented to."""
    if not subject:
        return open_shop(shop, Verb.READ, Kind.LOG).shop
    if subject.startswith("rec-"):
        return open_shop(shop, Verb.READ, Kind.CONSENT, recording=subject).shop
    return open_shop(shop, Verb.READ, Kind.CONSENT, worker=subject).shop


def verify(kept: KeptFiles = None, shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """Check every entry, every hash and every signed checkpoint of the log.

    A checkpoint kept outside shows also what a shop could hide from itself, such as going back to an old copy.
    """
    from tacit.flows.verify_log import verify_log

    found = verify_log(open_shop(shop, Verb.READ, Kind.LOG).shop, [(str(path), _read(path)) for path in kept or ()])
    if json:
        say_json({"size": found.size, "root": found.root, "checkpoints": found.checkpoints})
    else:
        say(f"The log holds. Entries: {found.size}; checkpoints: {len(found.checkpoints)}; root: {found.root}.")


def prove(
    entry: Annotated[int | None, typer.Argument(help="Number of an entry, as `tacit log show` says it.")] = None,
    subject: Subject = "",
    kept: KeptFile = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write; with --subject a folder.", show_default="standard output")
    ] = None,
    shop: ShopFolder = HERE,
) -> None:
    """Prove an entry, or that the log kept all it had.

    The files are checked without the shop: tacit-verify FILE --key KEY, with the key that `tacit log key` says.
    """
    from tacit.flows.prove_log import prove_entry, prove_growth

    if [entry is not None, bool(subject), kept is not None].count(True) != 1:
        raise NothingToProveError
    opened = _open(shop, subject)
    if subject:
        _prove_subject(opened, subject, out, shop)
    elif kept is not None:
        _give(prove_growth(opened, _read(kept), str(kept)), out, shop)
    elif entry is not None:
        _give(prove_entry(opened, entry).encode(), out, shop)


def checkpoint(
    countersign: Annotated[
        Path | None, typer.Option(metavar="KEYFILE", help="A steward's key file, to sign with as well.")
    ] = None,
    pin_stdin: Annotated[
        bool, typer.Option("--pin-stdin", help="Read the PIN of the key file from standard input.")
    ] = False,
    out: OutFile = None,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Sign what the log is now, so that nobody can change it later unseen. Give the file to those who should know."""
    from tacit.flows.checkpoint_log import checkpoint_log, countersign_log
    from tacit.flows.key_files import load_key_file
    from tacit.seal.keyfile import unlock_key_file

    opened = open_shop(shop, Verb.ADD, Kind.LOG).shop
    if countersign is None:
        note = checkpoint_log(opened)
    else:
        key_file = load_key_file(countersign)
        pin = read_pin(True, pin_stdin, prompt="PIN of the key file")
        note = countersign_log(opened, unlock_key_file(key_file, pin))
    if json:
        say_json(_as_json(note))
    if out is not None or not json:
        _give(note.text().encode(), out, shop, quiet=json)


def countersigned(
    file: Annotated[Path, typer.Argument(help="A checkpoint that a steward signed at home.")],
    shop: ShopFolder = HERE,
) -> None:
    """Take in a steward's signature made elsewhere.

    It was made with `tacit key countersign`.
    """
    from tacit.flows.countersign_note import take_signatures

    note = take_signatures(open_shop(shop, Verb.ADD, Kind.LOG).shop, _read(file), str(file))
    names = ", ".join(line.name.rpartition("/")[2] for line in note.signatures[1:])
    say(f"The checkpoint at {note.checkpoint.size} entries is countersigned by: {names or 'nobody'}.")


def key(shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """Show the public keys of this shop.

    Checkpoints, proofs and signed documents of it are checked with them.
    """
    from tacit.flows.verify_log import log_origin, steward_origin
    from tacit.seal.notes import BY_LOG, BY_STEWARD, verifier_key

    opened = open_shop(shop, Verb.READ, Kind.LOG).shop
    rows = [("shop", opened.keys.public_key(), verifier_key(log_origin(opened), BY_LOG, opened.keys.public_key()))]
    for steward in opened.catalogue.stewards():
        name = steward_origin(steward.steward_id)
        rows.append((steward.steward_id, steward.public_key, verifier_key(name, BY_STEWARD, steward.public_key)))
    if json:
        say_json({"keys": [{"whose": whose, "public_key": public, "vkey": vkey} for whose, public, vkey in rows]})
        return
    for whose, public, vkey in rows:
        say(f"{whose}\n  public key: {public}\n  for tools of transparency logs: {vkey}")


def accept_clock(shop: ShopFolder = HERE) -> None:
    """Say that the clock was wrong before and is right now.

    Everyone who reads the log sees that it was said.
    """
    from tacit.flows import accept_clock as flow

    size = flow.accept_clock(open_shop(shop, Verb.CHANGE, Kind.LOG).shop)
    say(f"The log goes on; entry {size - 1} says that the clock was set.")


def _prove_subject(opened: "Shop", subject: str, out: Path | None, folder: Path) -> None:
    from tacit.flows.checkpoint_log import checkpoint_log
    from tacit.flows.prove_log import list_log, prove_entry

    if out is None:
        raise NothingToProveError
    note = checkpoint_log(opened)
    indices = [line.index for line in list_log(opened, subject, stop=note.checkpoint.size)]
    _require_outside(folder, out)
    out.mkdir(exist_ok=True)
    for index in indices:
        _give(prove_entry(opened, index, note).encode(), out / f"entry-{index:08d}.tlog-proof", folder, quiet=True)
    say(f"{len(indices)} entries are about {subject}; their proofs are in {out}.")


def _give(content: bytes, out: Path | None, shop_folder: Path, quiet: bool = False) -> None:
    """Write a file outside the shop, or print it."""
    from tacit.flows.hand_out import hand_out

    if out is None:
        say(content.decode().removesuffix("\n"))
        return
    _require_outside(shop_folder, out)
    hand_out(out, content)
    if not quiet:
        say(f"Wrote {out}.")


def _require_outside(shop_folder: Path, out: Path) -> None:
    from tacit.flows.outside import require_outside
    from tacit.wiring import read_environment

    require_outside(shop_folder, read_environment(os.environ).keys, out)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(str(path), error.strerror or "unknown") from error


def _as_json(note: "SignedCheckpoint") -> dict[str, Any]:
    return {
        "origin": note.checkpoint.origin,
        "size": note.checkpoint.size,
        "root": note.checkpoint.root.hex(),
        "signed_by": [signature.name for signature in note.signatures],
        "note": note.text(),
    }


def _short(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:16]}…"
