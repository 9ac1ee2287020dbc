"""Markers of a worker in all that the shop keeps: each found before an erasure, none after it, nor in a backup (D5)."""

import io
import shutil
import sqlite3
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from tacit.flows.add_worker import add_worker
from tacit.flows.audit_erasure import Place, file_places, make_needles, search
from tacit.flows.ingest import ingest
from tacit.flows.mark_recording import Box, mark_recording
from tacit.flows.ports import Shop
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.footage.encode import CleanVideoWriter
from tacit.records.errors import ShortMarkerError
from tacit.records.frames import CleanFrame
from tacit.records.grievance import Grievance
from tacit.records.people import Steward
from tacit.seal.keyfile import new_key_file, unlock_key_file
from tacit.store.audit_places import dataset_places, scratch_places, shop_places
from tacit.store.catalogue import SqlCatalogue, create_catalogue
from tacit.store.keyring import FileKeyring
from tacit.store.objects import file_objects
from tacit.store.open_all import Unopened
from tacit.store.vault import ObjectVault

from .conftest import AGREEMENT_ID, CONSENTED, FPS, HEIGHT, N_FRAMES, TODAY, TRAINING, WIDTH, Bench, SetClock

TEXTS = {
    "label": "xq-label-77",
    "name": "Xq Näme सीता of Nowhere",
    "file": "xq-film-77.mp4",
    "task": "xq task with lugs",
    "station": "xq-station-77",
    "note": "xq badge of somebody",
    "grievance": "xq complaint about light",
}


@dataclass
class Audited:
    """A shop on disk, with a worker who left a marker in every field, and another one."""

    bench: Bench
    root: Path

    @property
    def shop_folder(self):
        return self.root / "shop"

    def search(self, needles, backup=None):
        unopened, keys = Unopened(), self.bench.keys
        places = chain(
            shop_places(self.shop_folder, keys, unopened),
            file_places(self.root / "keys"),
            dataset_places([self.bench.dataset]),
            scratch_places([self.shop_folder, self.bench.dataset]),
            shop_places(backup, keys, unopened) if backup else (),
        )
        return search(places, needles)


@pytest.fixture(scope="module")
def noisy_video():
    """A clean video whose bytes no other video has."""
    rng, sink = np.random.default_rng(77), io.BytesIO()
    with CleanVideoWriter(sink, WIDTH, HEIGHT, FPS) as writer:
        for index in range(N_FRAMES):
            picture = rng.integers(16, 235, (HEIGHT * 3 // 2, WIDTH), np.uint8)
            writer.write(CleanFrame(index, picture, False, np.zeros((0, 4), np.float32)))
    return sink.getvalue()


@pytest.fixture
def audited(tmp_path, prober, plain_video, clean_video, hand_track, masks, noisy_video):
    for name in ("shop", "keys", "work"):
        (tmp_path / name).mkdir()
    keys = FileKeyring(tmp_path / "keys/workers", bytes(range(32)), "shop-test")
    url = f"sqlite:///{tmp_path / 'shop/catalogue.sqlite'}"
    create_catalogue(url)
    catalogue = SqlCatalogue(url, keys)
    vault = ObjectVault(file_objects(tmp_path / "shop/objects"), keys)
    shop = Shop("shop-test", keys, vault, catalogue, SetClock(TODAY), prober)
    bench = Bench(shop, shop.clock, tmp_path / "work", plain_video, (clean_video, hand_track, masks))
    bench.fill("meena")
    track = bytearray(hand_track)
    bench.made = (noisy_video, bytes(track), masks)
    add_worker(shop, TEXTS["label"], TEXTS["name"], "en")
    bench.say_yes(TEXTS["label"])
    source = bench.source(bench.film(TEXTS["file"]), TEXTS["label"])
    recording = ingest(shop, replace(source, task=TEXTS["task"], station=TEXTS["station"]))
    bench.process()
    mark_recording(shop, recording.recording_id, TRAINING, Box(0.1, 2, 2, 20, 20), TEXTS["note"])
    bench.process()
    bench.release(recording)
    catalogue.set_grievance(
        Grievance("gr-1", recording.worker_uid, AGREEMENT_ID, TEXTS["grievance"], TODAY, TODAY.date())
    )
    assert {line.worker_uid for line in bench.build().version.episodes} == {recording.worker_uid, bench.uid("meena")}
    yield Audited(bench, tmp_path)
    catalogue.close()


def needles_of(audited, noisy_video):
    film = audited.root / "work/piece-of-footage"
    film.write_bytes(noisy_video)
    needles = make_needles(list(TEXTS.values()), [film])
    film.unlink()
    return needles


def withdraw(audited):
    bench = audited.bench
    return withdraw_consent(bench.shop, bench.contract, TEXTS["label"], (), bench.progress, with_originals=True)


def test_d5_markers_in_every_field_are_found_before_and_not_after_nor_in_a_backup(audited, noisy_video, tmp_path):
    needles = needles_of(audited, noisy_video)
    before = audited.search(needles)
    assert {finding.marker for finding in before.findings} == set(range(1, len(TEXTS) + 2))
    # What can be read without a key is in the released dataset alone, and never in the shop's own files.
    raw = search(file_places(audited.shop_folder), needles)
    assert raw.findings == []
    backup = tmp_path / "backup"
    shutil.copytree(audited.shop_folder, backup)
    withdraw(audited)
    after = audited.search(needles, backup)
    assert after.findings == []
    assert after.unread == []
    assert after.n_places > 40
    shutil.rmtree(audited.shop_folder / "objects")
    (audited.shop_folder / "catalogue.sqlite").unlink()
    shutil.copytree(backup, audited.shop_folder, dirs_exist_ok=True)  # put back with today's keyring
    assert audited.search(needles).findings == []


def test_d5_what_is_sealed_under_a_hold_is_not_found_either(audited, noisy_video):
    key = unlock_key_file(new_key_file("One", "123456", cost_log2=10), "123456")
    steward = Steward("s-1", "One", key.public_key, key.sealing_key, frozenset({AGREEMENT_ID}), CONSENTED)
    audited.bench.catalogue.add_steward(steward)
    needles = needles_of(audited, noisy_video)
    assert withdraw(audited).certificate.sealed_until is not None
    unopened = Unopened()
    assert search(shop_places(audited.shop_folder, audited.bench.keys, unopened), needles).findings == []
    assert unopened.counts == {"holds": 1, "objects": 4}
    assert audited.search(needles).findings == []


def test_d5_old_pages_and_the_write_ahead_log_hold_nothing(audited):
    """The bytes of the rows themselves, sealed as they were, are gone from the file too."""
    database = audited.shop_folder / "catalogue.sqlite"
    with sqlite3.connect(database) as connection:
        uid = audited.bench.uid(TEXTS["label"])
        rows = connection.execute("SELECT sealed FROM recordings WHERE worker_uid = ?", (uid,)).fetchall()
        rows += connection.execute("SELECT sealed FROM grievances WHERE worker_uid = ?", (uid,)).fetchall()
        rows += connection.execute("SELECT sealed FROM workers WHERE worker_uid = ?", (uid,)).fetchall()
    connection.close()
    ends = [bytes(row[0])[-40:] for row in rows]
    assert len(ends) == 3
    files = [path for path in audited.shop_folder.glob("catalogue.sqlite*") if path.suffix != ".sqlite-shm"]
    assert all(any(end in path.read_bytes() for path in files) for end in ends)
    withdraw(audited)
    files = list(audited.shop_folder.glob("catalogue.sqlite*"))
    assert not any(end in path.read_bytes() for path in files for end in ends)


def test_d5_catalogue_has_no_full_text_index_that_could_keep_words(audited):
    with sqlite3.connect(audited.shop_folder / "catalogue.sqlite") as connection:
        kinds = connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%VIRTUAL%'").fetchall()
    connection.close()
    assert kinds == []


def test_d5_stolen_shop_without_its_keys_gives_nothing_away(audited, noisy_video, tmp_path):
    needles = needles_of(audited, noisy_video)
    other = FileKeyring(tmp_path / "other", bytes(32), "shop-test")
    unopened = Unopened()
    assert search(shop_places(audited.shop_folder, other, unopened), needles).findings == []
    assert unopened.counts["objects"] == 8
    assert unopened.counts["workers"] == 2


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("utf-8", "a näme here".encode()),
        ("utf-16", "näme".encode("utf-16-le")),
        ("utf-16", "näme".encode("utf-16-be")),
        ("hex", "näme".encode().hex().encode()),
        ("hex", "näme".encode().hex().upper().encode()),
        ("escaped", b'"n\\xe4me"'),
        ("percent", b"film/n%C3%A4me.mp4"),
    ],
)
def test_every_form_of_a_marker_is_found(form, content):
    found = search([Place("x", lambda: iter([b"before" + content + b"after"]))], make_needles(["näme"], []))
    assert [finding.form for finding in found.findings] == [form]


@pytest.mark.parametrize("n_before", range(6))
def test_marker_is_found_wherever_it_lies_within_base64(n_before):
    import base64

    content = base64.b64encode(b"?" * n_before + b"Sita of Nowhere" + b"!" * 5)
    found = search([Place("x", lambda: iter([content]))], make_needles(["Sita of Nowhere"], []))
    assert "base64" in {finding.form for finding in found.findings}


@pytest.mark.parametrize("cut", range(1, 9))
def test_marker_across_two_parts_of_a_place_is_found(cut):
    parts = [b"xxx" + b"abcdefgh"[:cut], b"abcdefgh"[cut:] + b"yyy"]
    assert len(search([Place("x", lambda: iter(parts))], make_needles(["abcdefgh"], [])).findings) == 1


def test_marker_in_a_name_of_a_file_is_found(tmp_path):
    (tmp_path / "sita.mp4").write_bytes(b"")
    (found,) = search(file_places(tmp_path), make_needles(["sita"], [])).findings
    assert found.place.startswith("name of ")


def test_marker_that_stands_anywhere_is_refused(tmp_path):
    with pytest.raises(ShortMarkerError):
        make_needles(["ab"], [])
    (tmp_path / "zeros").write_bytes(bytes(10_000))
    with pytest.raises(ShortMarkerError):
        make_needles([], [tmp_path / "zeros"])
