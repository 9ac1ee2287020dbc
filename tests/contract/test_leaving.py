"""What remains of those who left, in every catalogue, keyring and vault."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tacit.records.certificate import Certificate, CopyOut, Leaving, UsedDataset
from tacit.records.dataset import EpisodeSource
from tacit.records.errors import AlreadyThereError, ErasedError, TamperedError
from tacit.records.hold import Hold, HoldOpening
from tacit.records.purposes import Purpose
from tacit.store.vault import ObjectVault

from .conftest import MOMENT

HOLD = Hold("w-1", ("a-1",), MOMENT, MOMENT + timedelta(days=365), {"s-1": "ab" * 40})
CERTIFICATE = Certificate("cert-1", "w-1", "hi", MOMENT, frozenset({Purpose.RESEARCH}), leaves=True)


@pytest.fixture
def filled(catalogue, shop):
    """A catalogue with everything of a small shop."""
    catalogue.add_agreement(shop.agreement, "text", MOMENT)
    for noun in ("worker", "consent", "recording", "release"):
        for record in getattr(shop, f"{noun}s"):
            getattr(catalogue, f"add_{noun}")(record)
    for outcome in shop.outcomes:
        catalogue.set_outcome(outcome, MOMENT)
    for marking in shop.markings:
        catalogue.add_mark(marking)
    catalogue.add_dataset_version(shop.dataset)
    return catalogue


def test_rows_of_one_worker_are_counted(filled):
    kinds = {"consents": 1, "marks": 1, "outcomes": 1, "recordings": 1, "releases": 1, "workers": 1}
    assert filled.count_rows("w-1") == kinds
    assert filled.count_rows("w-3") == {}


def test_held_rows_open_with_the_key_of_two_halves_alone(filled, memory_keys, shop):
    second = memory_keys.split_worker_key("w-1")
    filled.hold_worker(HOLD, MOMENT)
    memory_keys.destroy_worker_key("w-1")
    assert filled.count_rows("w-1") == {}
    assert [worker.worker_uid for worker in filled.workers()] == ["w-2"]
    assert filled.find_erasure("first-label") == MOMENT
    assert (filled.find_hold("w-1"), filled.holds()) == (HOLD, [HOLD])
    rows = filled.held_rows("w-1", memory_keys.join_halves("w-1", second))
    assert {kind: len(found) for kind, found in rows.items()} == {
        "consents": 1,
        "marks": 1,
        "outcomes": 1,
        "recordings": 1,
        "releases": 1,
        "workers": 1,
    }
    assert rows["workers"][0]["name"] == shop.workers[0].name
    assert rows["recordings"][0]["source_path"] == shop.recordings[0].source_path
    assert rows["marks"][0]["note"] == "badge of somebody"
    with pytest.raises(TamperedError):
        filled.held_rows("w-1", memory_keys.join_halves("w-1", memory_keys.split_worker_key("w-2")))


def test_rows_are_packed_and_erased_together_or_not_at_all(filled):
    def hold_and_fail():
        with filled.transaction():
            filled.hold_worker(HOLD, MOMENT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        hold_and_fail()
    assert filled.holds() == []
    assert filled.count_rows("w-1")["workers"] == 1


def test_destroyed_hold_keeps_its_word_and_none_of_its_rows(filled, memory_keys):
    second = memory_keys.split_worker_key("w-1")
    filled.hold_worker(HOLD, MOMENT)
    warned = replace(HOLD, warned_at=MOMENT)
    filled.replace_hold(warned)
    unseal = memory_keys.join_halves("w-1", second)
    assert filled.held_rows("w-1", unseal)["workers"]
    destroyed = replace(warned, destroyed_at=MOMENT)
    filled.replace_hold(destroyed)
    filled.replace_hold(destroyed)
    assert filled.find_hold("w-1") == destroyed
    with pytest.raises(ErasedError):
        filled.held_rows("w-1", unseal)
    with pytest.raises(ErasedError):
        filled.held_rows("w-2", unseal)
    assert filled.find_hold("w-2") is None


def test_openings_are_kept_in_order(filled):
    filled.hold_worker(HOLD, MOMENT)
    openings = [HoldOpening("w-1", f"s-{n}", MOMENT, "somebody asked") for n in (2, 1)]
    for opening in openings:
        filled.add_hold_opening(opening)
    assert filled.hold_openings("w-1") == openings
    assert filled.hold_openings("w-2") == []


def test_draft_of_a_certificate_grows_until_it_is_issued(catalogue):
    catalogue.set_certificate(CERTIFICATE)
    counted = replace(CERTIFICATE, counted=True, rows={"workers": 1}, state=Leaving.SEALED, sealed_until=MOMENT)
    catalogue.set_certificate(counted)
    copies = (CopyOut("l-1", "d-1", MOMENT.date(), "note-1"),)
    issued = replace(counted, copies=copies, datasets=(UsedDataset("d-1", 2),), issued_at=MOMENT, text=("अ", "b"))
    catalogue.set_certificate(issued)
    catalogue.set_certificate(issued)
    assert catalogue.certificates() == [issued]
    with pytest.raises(AlreadyThereError):
        catalogue.set_certificate(replace(issued, n_objects=7))
    other = replace(CERTIFICATE, certificate_id="cert-0", account="w-2")
    catalogue.set_certificate(other)
    assert catalogue.certificates() == [issued, other]
    assert catalogue.certificates("w-2") == [other]


def test_datasets_are_found_without_reading_their_episodes(filled, shop):
    second = replace(shop.dataset, version=2, episodes=shop.dataset.episodes[1:], release_of="d-0")
    filled.add_dataset_version(second)
    heads = filled.dataset_heads()
    assert [(head.version, head.path, head.release_of) for head in heads] == [
        (1, shop.dataset.path, ""),
        (2, shop.dataset.path, "d-0"),
    ]
    assert [head.version for head in filled.dataset_heads("w-1")] == [1]
    assert filled.dataset_heads("w-3") == []
    assert filled.dataset_people("d-1", 1) == {"w-1", "w-2"}
    assert filled.dataset_people("d-1", 2) == {"w-2"}
    assert filled.find_dataset_version("d-1") == second
    assert filled.find_dataset_version("d-1", 1) == shop.dataset
    assert filled.find_dataset_version("d-1", 3) is filled.find_dataset_version("d-2") is None


def test_recordings_of_one_worker(filled):
    assert [one.recording_id for one in filled.recordings("w-2")] == ["r-2"]
    assert filled.recordings("w-3") == []


def test_two_halves_open_what_the_key_sealed_and_one_does_not(keys):
    keys.create_worker_key("w-1")
    sealed = keys.seal("w-1", b"a name", "x")
    assert not keys.has_half("w-1")
    first_try, second = keys.split_worker_key("w-1"), keys.split_worker_key("w-1")
    keys.destroy_worker_key("w-1")
    assert keys.has_half("w-1")
    assert keys.join_halves("w-1", second)(sealed, "x") == b"a name"
    for wrong in (first_try, bytes(32), b"", second[:-1]):
        with pytest.raises(TamperedError):
            keys.join_halves("w-1", wrong)
    keys.destroy_half("w-1")
    keys.destroy_half("w-1")
    assert not keys.has_half("w-1")
    with pytest.raises(ErasedError):
        keys.join_halves("w-1", second)
    with pytest.raises(ErasedError):
        keys.split_worker_key("w-1")


def test_sealed_off_objects_open_with_two_halves_alone(keys, objects, permit, shop):
    keys.create_worker_key("w-1")
    vault = ObjectVault(objects, keys)
    for key in shop.outcomes[0].object_keys:
        with vault.create(permit, key) as sink:
            sink.write(b"footage" * 50_000)
    vault.commit(permit, shop.recordings[0], shop.outcomes[0])
    second = keys.split_worker_key("w-1")
    vault.seal_off("w-1")
    vault.seal_off("w-1")
    keys.destroy_worker_key("w-1")
    assert list(vault.committed()) == []
    with pytest.raises(ErasedError):
        vault.open(permit, shop.outcomes[0].video_key)
    assert len(vault.list_held("w-1")) == 4
    unseal = keys.join_halves("w-1", second)
    for name in vault.list_held("w-1"):
        with vault.open_held("w-1", name, unseal) as file:
            content = file.read()
        assert content == b"footage" * 50_000 or b"secret-1.mp4" in content
    assert vault.erase("w-1") == 4
    assert vault.list_held("w-1") == []


def test_what_many_questions_need_is_read_at_once(filled, shop):
    assert filled.outcomes() == shop.outcomes
    assert filled.outcomes("w-2") == shop.outcomes[1:]
    assert filled.releases("w-1") == shop.releases[:1]
    assert filled.releases("w-3") == filled.outcomes("w-3") == []
    assert filled.altered_recordings() == {"r-1", "r-2"}
    filled.remove_mark("m-1")
    assert filled.altered_recordings() == {"r-2"}


def test_what_episodes_were_made_from_is_kept_beside_them(filled, shop):
    assert filled.episode_sources("d-1", 1) == []
    sources = [EpisodeSource("u-1", "aa" * 32), EpisodeSource("u-2", "bb" * 32)]
    filled.note_episode_sources("d-1", 1, sources)
    assert filled.episode_sources("d-1", 1) == sources
    assert filled.find_dataset_version("d-1", 1) == shop.dataset
    filled.note_episode_sources("d-1", 2, [])
    assert filled.episode_sources("d-1", 2) == []


def test_r5_rows_that_no_law_asks_to_keep_are_dropped_and_nobody_elses(filled, shop):
    mine = {one.recording_id for one in shop.recordings if one.worker_uid == "w-1"}
    words = {one.consent_id for one in shop.consents}
    everybodys = filled.count_rows("w-2")
    filled.drop_rows("w-1", set(), set())
    assert filled.count_rows("w-1")["recordings"] == 1
    filled.drop_rows("w-1", {one.recording_id for one in shop.recordings}, words)
    assert filled.count_rows("w-1") == {"workers": 1}
    assert filled.count_rows("w-2") == everybodys
    assert not mine & {one.recording_id for one in filled.recordings()}
    assert filled.find_changed_rows() == []
    filled.erase_worker("w-1", MOMENT)
    assert filled.find_changed_rows() == []
