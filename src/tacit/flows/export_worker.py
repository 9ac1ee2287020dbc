"""Writes everything that the shop holds about one worker, in open formats, for the worker to keep (rules R6, R9, M6).

It is complete or not there: all is written into a private folder that gets its name in the end. A worker who was
erased has a file too, by their account: of what was booked, decided and certified.
"""

import csv
import io
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tacit.datasets.durable import save_json, save_text, sync, sync_tree
from tacit.flows.act_as import find_uid
from tacit.flows.add_agreement import require_bound
from tacit.flows.checkpoint_log import checkpoint_log
from tacit.flows.contract import Contract
from tacit.flows.export_footage import export_footage
from tacit.flows.log_entry import log_decision
from tacit.flows.make_receipt import list_consent_records, make_receipt
from tacit.flows.make_statement import make_statement
from tacit.flows.ports import Progress, Shop
from tacit.flows.prove_log import list_log, prove_entry
from tacit.flows.show_lineage import show_lineage
from tacit.pages.statement_page import render_statement
from tacit.records.errors import ExportPlaceError, RefusedError, UnknownThingError
from tacit.records.ledger import worker_account
from tacit.records.people import Worker
from tacit.records.plain import as_plain
from tacit.records.recording import Recording
from tacit.rights.roles import Actor, Role
from tacit.seal.document import sign_document
from tacit.words.catalogue import find_catalogue
from tacit.words.notice import render_notice
from tacit.words.worker_file import worker_file_readme

SHARES_KIND = "tacit own shares 1"
FILE_OF: Mapping[str, str] = {
    "workers": "profile.json",
    "consents": "consents.json",
    "withdrawals": "withdrawals.json",
    "recordings": "recordings.csv",
    "outcomes": "outcomes.json",
    "releases": "releases.json",
    "standing_releases": "standing-releases.json",
    "marks": "marks.json",
    "cuts": "cuts.json",
    "grievances": "grievances.json",
    "holds": "hold.json",
    "hold_openings": "hold.json",
    "certificates": "certificates.json",
    "dataset_episodes": "lineage.json",
    "dataset_shares": "shares.json",
    "postings": "ledger.csv",
}
"""Where what each table of the catalogue says of a worker is to be found; a test holds it against the tables."""
_RECORDING_COLUMNS = (
    *("recording_id", "agreement_id", "agreement_digest", "task", "station", "started_at"),
    *("source_path", "content_mac", "position", "readable_part"),
)


def export_worker(shop: Shop, contract: Contract, named: str, target: Path, progress: Progress) -> int:
    """Write a worker's own file; returns how many files are in it.

    Args:
        named: The worker, by label, or by account after an erasure.
        target: A new or empty folder.

    Raises:
        UnknownThingError: The shop knows nothing of such a worker.
        ExportPlaceError: Something lies there already.
    """
    uid = find_uid(shop, named)
    worker = next((one for one in shop.catalogue.workers() if one.worker_uid == uid), None)
    if worker is None and not (shop.catalogue.withdrawals(uid) or shop.catalogue.certificates(uid)):
        raise UnknownThingError("worker", named, "Give the label, or the account that the withdrawal named.")
    log_decision(shop, "export", uid)
    with _draft(target) as folder:
        if worker is not None:
            _write_words(shop, worker, folder)
        _write_recordings(shop, contract, uid, folder, progress)
        _write_books(shop, uid, worker, folder)
        _write_log(shop, uid, folder)
        readme = worker_file_readme(uid, shop.keys.public_key(), erased=worker is None)
        save_text(folder / "README.txt", readme)
        return sum(path.is_file() for path in folder.rglob("*"))


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """A private folder beside the target, which takes its place after a clean end; readable by its owner alone.

    Raises:
        ExportPlaceError: Something lies at the target.
    """
    target = target.resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ExportPlaceError(str(target))
    if not target.parent.is_dir():
        raise ExportPlaceError(str(target.parent), is_missing=True)
    draft = target.with_name(f".{target.name[:200]}.tacit-new-{secrets.token_hex(4)}")
    draft.mkdir(mode=0o700)
    try:
        yield draft
        sync_tree(draft)
        draft.replace(target)
        sync(target.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write_words(shop: Shop, worker: Worker, folder: Path) -> None:
    """Who they are, and all that they said."""
    uid, catalogue = worker.worker_uid, shop.catalogue
    # Of their signing key the public half: a copy of the locked half would only help whoever tries PINs on it.
    save_json(folder / "profile.json", as_plain(replace(worker, sealed_private_key="")))
    save_json(folder / "consents.json", as_plain(catalogue.consents(uid)))
    save_json(folder / "consents.jsonld", list_consent_records(shop, worker))
    (folder / "receipt.json").write_bytes(make_receipt(shop, worker))
    save_json(folder / "standing-releases.json", as_plain(catalogue.standing_releases(uid)))
    save_json(folder / "grievances.json", as_plain(catalogue.grievances(uid)))
    (folder / "notices").mkdir()
    for consent in catalogue.consents(uid):
        agreement = require_bound(shop, consent.agreement_id, consent.agreement_digest)
        if not find_catalogue(consent.notice_language):
            continue
        notice = render_notice(agreement, consent.notice_language)
        if notice.digest == consent.notice_digest:  # other words are not what was read
            save_text(folder / "notices" / f"{consent.consent_id}.txt", notice.text)


def _write_recordings(shop: Shop, contract: Contract, uid: str, folder: Path, progress: Progress) -> None:
    """What was filmed, what became of it, what they said about it, and the footage itself."""
    catalogue = shop.catalogue
    recordings = catalogue.recordings(uid)
    names = [recording.recording_id for recording in recordings]
    outcomes = [outcome for outcome in map(catalogue.find_outcome, names) if outcome is not None]
    releases = [release for release in map(catalogue.find_release, names) if release is not None]
    save_json(folder / "outcomes.json", as_plain(outcomes))
    save_json(folder / "releases.json", as_plain(releases))
    save_json(folder / "marks.json", [as_plain(one) for name in names for one in catalogue.markings(name)])
    save_json(folder / "cuts.json", [as_plain(one) for name in names for one in catalogue.cuttings(name)])
    (folder / "recordings").mkdir()
    rows = []
    with progress.step("Writing the worker's own file", len(recordings)) as tell:
        for index, recording in enumerate(recordings):
            place = folder / "recordings" / recording.recording_id
            refused = _write_footage(shop, contract, recording, place)
            ready_at = catalogue.find_ready_at(recording.recording_id)
            footage = place.relative_to(folder).as_posix() if place.is_dir() else ""
            rows.append([*_recording_row(recording), ready_at.isoformat() if ready_at else "", footage, refused])
            tell(index + 1)
    _save_csv(folder / "recordings.csv", [*_RECORDING_COLUMNS, "preview_since", "footage", "why_none"], rows)


def _recording_row(recording: Recording) -> list[Any]:
    plain = as_plain(recording)
    return [plain[name] for name in _RECORDING_COLUMNS]


def _write_footage(shop: Shop, contract: Contract, recording: Recording, place: Path) -> str:
    """Write the footage of a recording; returns why it could not be, "" where it was or where there is none."""
    try:
        export_footage(shop, contract, recording, place)
    except RefusedError as error:
        return error.sentence
    return ""


def _write_books(shop: Shop, uid: str, worker: Worker | None, folder: Path) -> None:
    """What rests on them, what they are owed, and which part of what is theirs."""
    catalogue = shop.catalogue
    save_json(folder / "withdrawals.json", as_plain(catalogue.withdrawals(uid)))
    save_json(folder / "certificates.json", as_plain(catalogue.certificates(uid)))
    hold = {"hold": as_plain(catalogue.find_hold(uid)), "openings": as_plain(catalogue.hold_openings(uid))}
    save_json(folder / "hold.json", hold)
    lineage = show_lineage(shop, Actor(Role.WORKER, uid), uid)
    save_json(folder / "lineage.json", as_plain(lineage))
    account = worker_account(uid)
    rows = [
        [entry.transaction_id, entry.kind, entry.subject, entry.booked_at.isoformat(), line.amount.currency,
         line.amount.amount_minor, entry.memo]
        for entry in catalogue.transactions()
        for line in entry.postings
        if line.account == account
    ]  # fmt: skip
    columns = ("transaction_id", "kind", "subject", "booked_at", "currency", "amount_minor", "memo")
    _save_csv(folder / "ledger.csv", columns, rows)
    made = make_statement(shop, uid) if worker is not None or rows else None
    if made is not None:
        lines = [{"kind": type(line).__name__, **as_plain(line)} for line in made.lines]
        save_json(folder / "statement.json", {**as_plain(made), "lines": lines})
        name, language = (worker.name or worker.label, worker.language) if worker is not None else (uid, "en")
        save_text(folder / "statement.html", render_statement(made, name, language))
    (folder / "shares.json").write_bytes(_own_shares(shop, account))


def _own_shares(shop: Shop, account: str) -> bytes:
    """Their part in every dataset version, signed, without the parts of others (M6)."""
    shares = [
        {
            "dataset": version.dataset_id,
            "version": version.version,
            "digest": version.digest,
            "made_at": version.made_at.isoformat(),
            "basis": version.shares.basis,
            "own_parts": own,
            "all_parts": sum(parts for _, parts in version.shares.parts),
            "accepted_ms": [
                line.accepted_ms for line in version.episodes if worker_account(line.worker_uid) == account
            ],
        }
        for version in shop.catalogue.dataset_versions()
        for name, own in version.shares.parts
        if name == account
    ]
    return sign_document(SHARES_KIND, {"account": account, "shares": shares}, shop.keys.public_key(), shop.keys.sign)


def _write_log(shop: Shop, uid: str, folder: Path) -> None:
    """What was decided about them, each with a proof that it is in the log; checked without the shop."""
    place = folder / "log"
    place.mkdir()
    note = checkpoint_log(shop)
    save_text(place / "checkpoint.txt", note.text())
    lines = list(list_log(shop, uid, stop=note.checkpoint.size))
    save_json(place / "entries.json", [{"index": line.index, **line.entry} for line in lines])
    for line in lines:
        save_text(place / f"entry-{line.index}.proof", prove_entry(shop, line.index, note))


def _save_csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    save_text(path, sink.getvalue())
