"""A worker's own file: everything that is held about them, whole or not there, and checkable without the shop."""

import csv
import json

import av
import pyarrow.parquet as pq
import pytest

from tacit.flows.cut_recording import cut_recording
from tacit.flows.evidence import Voice
from tacit.flows.export_worker import FILE_OF, SHARES_KIND, export_worker
from tacit.flows.mark_recording import Box, mark_recording
from tacit.flows.open_grievance import open_grievance
from tacit.flows.settle import settle
from tacit.flows.standing_release import give_standing_release
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.records.errors import ExportPlaceError, UnknownThingError
from tacit.records.purposes import Purpose
from tacit.seal.document import verify_document
from tacit.store import tables

from .conftest import AGREEMENT_ID, N_FRAMES, TRAINING


def export(bench, named="asha", target=None):
    target = target or bench.folder / "own"
    export_worker(bench.shop, bench.contract, named, target, bench.progress)
    return target


def load(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_r6_every_table_that_has_something_of_a_worker_has_its_file():
    of_workers = {
        table.name for table in tables.metadata.sorted_tables if {"worker_uid", "account"} & set(table.columns.keys())
    }
    assert of_workers == set(FILE_OF)


def test_r6_every_kind_of_record_of_the_worker_is_in_it(bench):
    recordings = bench.fill("asha", "meena", pin="482913")
    uid, recording = bench.uid("asha"), recordings["asha"].recording_id
    give_standing_release(bench.shop, "asha", AGREEMENT_ID, Voice(pin="482913"))
    open_grievance(bench.shop, "asha", "the belt chafes", AGREEMENT_ID)
    mark_recording(bench.shop, recording, TRAINING, Box(0, 1, 1, 9, 9), "a badge on the wall")
    cut_recording(bench.shop, bench.contract, recording, 0, 0.4)
    withdraw_consent(bench.shop, bench.contract, "asha", frozenset({Purpose.RESEARCH}), bench.progress)
    settle(bench.shop)
    folder = export(bench)
    texts = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    catalogue = bench.catalogue
    expected = {
        "consents.json": [one.consent_id for one in catalogue.consents(uid)],
        "withdrawals.json": [one.withdrawal_id for one in catalogue.withdrawals(uid)],
        "recordings.csv": [recording, "move the block", "bench-1", recordings["asha"].source_path],
        "outcomes.json": [catalogue.find_outcome(recording).unit_id],
        "releases.json": [catalogue.find_release(recording).signature],
        "standing-releases.json": [one.signature for one in catalogue.standing_releases(uid)],
        "marks.json": ["a badge on the wall"],
        "cuts.json": [one.cut.cut_id for one in catalogue.cuttings(recording)],
        "grievances.json": ["the belt chafes"],
        "certificates.json": [one.certificate_id for one in catalogue.certificates(uid)],
        "profile.json": ["asha of the bench", uid],
        "ledger.csv": ["filming"],
        "lineage.json": [recording, catalogue.dataset_versions()[-1].dataset_id],
        "receipt.json": ["tacit receipt 1"],
        "statement.html": ["<html"],
        "README.txt": [uid, bench.keys.public_key()],
    }
    for name, words in expected.items():
        assert words, name
        for word in words:
            assert word.encode() in texts[name], (name, word)
    for other in (bench.uid("meena"), "meena", recordings["meena"].recording_id):
        assert not [name for name, text in texts.items() if other.encode() in text]


def test_footage_is_in_it_with_a_track_that_says_what_it_is(bench):
    recordings = bench.fill("asha")
    folder = export(bench)
    (row,) = csv.DictReader((folder / "recordings.csv").read_text(encoding="utf-8").splitlines())
    place = folder / row["footage"]
    assert place.name == recordings["asha"].recording_id
    with av.open(place / "film.mp4") as film:
        assert sum(1 for _ in film.decode(video=0)) == N_FRAMES
    track = pq.read_table(place / "track.parquet")
    assert track.num_rows == N_FRAMES
    assert {"frame_index", "time_s", "left.seen", "right.20.z_m", "left.0.u_px"} <= set(track.column_names)
    assert len(track.column_names) == 3 + 2 * (2 + 21 * 5)
    assert pq.read_table(place / "covered.parquet").num_rows == N_FRAMES
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "README.txt" and path.suffix not in (".proof", ".txt"):
            assert path.name in readme


def test_m6_own_parts_are_signed_and_sum_up_without_the_parts_of_others(bench):
    bench.fill("asha", "meena")
    content = (export(bench) / "shares.json").read_bytes()
    body = verify_document(content, "shares", SHARES_KIND, [bench.keys.public_key()])
    (share,) = body["shares"]
    version = bench.catalogue.dataset_versions()[-1]
    parts = dict(version.shares.parts)
    assert share["own_parts"] == parts[f"worker:{bench.uid('asha')}"] == sum(share["accepted_ms"])
    assert share["all_parts"] == sum(parts.values())
    assert share["digest"] == version.digest


def test_r9_each_entry_about_the_worker_comes_with_a_proof(bench):
    bench.fill("asha", "meena")
    folder = export(bench) / "log"
    entries = load(folder, "entries.json")
    assert {"decision", "export"} <= {entry["kind"] for entry in entries}
    assert {path.name for path in folder.glob("*.proof")} == {f"entry-{entry['index']}.proof" for entry in entries}


def test_erased_worker_gets_by_account_what_is_left(bench):
    bench.fill("asha", "meena")
    uid = bench.uid("asha")
    settle(bench.shop)
    withdraw_consent(bench.shop, bench.contract, "asha", frozenset(), bench.progress)
    folder = export(bench, uid)
    assert load(folder, "withdrawals.json")
    assert load(folder, "certificates.json")
    assert "filming" in (folder / "ledger.csv").read_text(encoding="utf-8")
    assert not (folder / "profile.json").exists()
    assert not [path for path in folder.rglob("*") if path.is_file() and b"asha" in path.read_bytes()]


def test_r5_worker_who_withdrew_a_purpose_still_gets_the_footage(bench):
    bench.fill("asha")
    withdraw_consent(bench.shop, bench.contract, "asha", frozenset({TRAINING}), bench.progress)
    assert len(list(export(bench).rglob("film.mp4"))) == 1


def test_nothing_is_written_over_what_lies_there(bench):
    bench.fill("asha")
    folder = bench.folder / "own"
    folder.mkdir()
    (folder / "letter.txt").write_text("mine")
    for target in (folder, folder / "letter.txt", bench.folder / "nowhere" / "own"):
        with pytest.raises(ExportPlaceError):
            export(bench, target=target)
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_export_that_fails_leaves_nothing(bench, monkeypatch):
    bench.fill("asha")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tacit.flows.export_worker.make_statement", fail)
    before = {path.name for path in bench.folder.iterdir()}
    with pytest.raises(OSError, match="No space"):
        export(bench)
    assert {path.name for path in bench.folder.iterdir()} == before


def test_folder_is_readable_by_its_owner_alone(bench):
    bench.fill("asha")
    assert export(bench).stat().st_mode & 0o077 == 0


def test_unknown_worker_is_told_so(bench):
    bench.agree()
    with pytest.raises(UnknownThingError):
        export(bench, "nobody")


def test_key_that_a_pin_locks_stays_in_the_shop(bench):
    bench.fill("asha", pin="482913")
    worker = bench.catalogue.find_worker("asha")
    assert worker.sealed_private_key
    assert load(export(bench), "profile.json")["sealed_private_key"] == ""
