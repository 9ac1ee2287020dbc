"""`tacit dataset`: builds and checks LeRobot datasets."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tacit.cli.options import HERE, TRAINING, AsJson, ForPurpose, ShopFolder, open_shop
from tacit.cli.show import TerminalProgress, say, say_json, say_table, warn_holds, warn_unreplaced
from tacit.rights.roles import PLANT, Kind, Verb

if TYPE_CHECKING:
    from tacit.seal.c2pa import VideoSigner


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("build")(build)
    group.command("check")(check)
    group.command("list")(list_)
    app.add_typer(group, name="dataset", help="Build and check LeRobot v3.0 datasets.")


def build(
    out: Annotated[Path, typer.Option(help="Folder of the dataset; an older version of it there is replaced.")],
    agreement: Annotated[str, typer.Option(help="Under which agreement.")],
    agreement_version: Annotated[
        int, typer.Option(help="Of those who said yes to this version of it.", min=0, show_default="the newest")
    ] = 0,
    purpose: ForPurpose = TRAINING,
    c2pa_cert: Annotated[
        Path | None,
        typer.Option(help="Sign every video with C2PA: PEM file of a certificate, then its issuers. All is published."),
    ] = None,
    c2pa_key: Annotated[Path | None, typer.Option(help="PEM file of the certificate's private key, decrypted.")] = None,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Build a dataset of everything that was released for this purpose."""
    from tacit.flows.add_agreement import require_numbered
    from tacit.flows.build_dataset import build_dataset
    from tacit.flows.dataset_order import Order
    from tacit.flows.outside import require_outside
    from tacit.flows.withdraw_consent import finish_withdrawals
    from tacit.records.errors import NothingToBuildError, RefusedError

    signer = _read_signer(c2pa_cert, c2pa_key)
    opened = open_shop(shop, Verb.MAKE, Kind.DATASET)
    require_outside(opened.folder, opened.unlocked.keys, out)
    progress = TerminalProgress()
    warn_unreplaced(finish_withdrawals(opened.shop, opened.contract, progress))
    warn_holds(opened.shop)
    digest = require_numbered(opened.shop, agreement, agreement_version).digest
    order = Order(agreement, purpose, None, out, digest, signer)
    built = build_dataset(opened.shop, opened.contract, order, progress)
    if built.version is None:
        for refusal in built.refused.values():
            if refusal.rule == "R12":  # a pause stops all of it, and no release would help
                raise RefusedError(refusal.rule, refusal.sentence)
        raise NothingToBuildError(len(built.refused))
    version = built.version
    if json:
        say_json(
            {
                "dataset": version.dataset_id,
                "version": version.version,
                "path": version.path,
                "episodes": len(version.episodes),
                "digest": version.digest,
                "left_out": len(built.refused),
            }
        )
        return
    say(f"Built version {version.version} of {version.dataset_id} in {out}; episodes: {len(version.episodes)}.")
    if built.refused:
        say(f"Recordings left out, not released or without consent for {purpose}: {len(built.refused)}.")


def _read_signer(certificates: Path | None, key: Path | None) -> "VideoSigner | None":
    """What signs video, where asked for."""
    from tacit.records.errors import HalfSignerError
    from tacit.seal.c2pa import load_signer

    if certificates is None and key is None:
        return None
    if certificates is None:
        raise HalfSignerError("--c2pa-key", "--c2pa-cert")
    if key is None:
        raise HalfSignerError("--c2pa-cert", "--c2pa-key")
    return load_signer(_read_bytes(certificates), _read_bytes(key))


def _read_bytes(path: Path) -> bytes:
    from tacit.records.errors import UnreadableFileError

    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(str(path), error.strerror or "cannot be read") from error


def check(folder: Annotated[Path, typer.Argument(help="Folder of a dataset.")], json: AsJson = False) -> None:
    """Check that a dataset is whole.

    Everything that LeRobot needs of it, and everything that the page on the format promises.
    """
    from tacit.datasets.check import check_dataset
    from tacit.records.errors import FaultyDatasetError

    faults = check_dataset(folder)
    if json:
        say_json({"faults": [str(fault) for fault in faults]})
    if faults:
        raise FaultyDatasetError(str(folder), faults)
    if not json:
        say(f"{folder} is whole.")


def list_(shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """List the datasets that the shop has made, every version.

    An engineer or a licensee sees of each what is in it now (R7).
    """
    from tacit.datasets.publish import find_digest
    from tacit.flows.plant_view import listed_versions, seen_datasets

    opened = open_shop(shop, Verb.READ, Kind.DATASET, listed=True)
    columns: tuple[str, ...] = ("dataset", "version", "purpose", "episodes", "made", "there", "folder")
    rows: list[tuple[object, ...]] = [
        (
            v.dataset_id,
            v.version,
            v.purpose.value,
            len(v.episodes),
            v.made_at.isoformat(timespec="seconds"),
            "yes" if find_digest(Path(v.path)) == v.digest else "no",
            v.path,
        )
        for v in listed_versions(opened.shop, opened.actor)
    ]
    if opened.actor.role in PLANT:
        columns = ("dataset", "purpose", "episodes", "folder")
        rows = [
            (one.version.dataset_id, one.version.purpose.value, len(one.episodes), one.version.path)
            for one in seen_datasets(opened.shop, opened.actor)
        ]
    if json:
        say_json({"datasets": [dict(zip(columns, row, strict=True)) for row in rows]})
    else:
        say_table(columns, rows)
