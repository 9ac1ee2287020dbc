"""What every vault has to do, whichever store and keyring are behind it."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tacit.records.errors import (
    BadObjectNameError,
    ErasedError,
    MissingObjectError,
    RefusedError,
    TamperedError,
    WrongPermitError,
)
from tacit.records.permit import Action, Permit
from tacit.records.recording import Outcome, Recording
from tacit.store.keyring import ShopKeys
from tacit.store.objects import Objects
from tacit.store.vault import ObjectVault


@pytest.fixture
def vault(objects: Objects, keys: ShopKeys) -> ObjectVault:
    for worker_uid in ("w-1", "w-12", "w-2"):
        keys.create_worker_key(worker_uid)
    return ObjectVault(objects, keys)


@pytest.fixture
def outcome(shop: SimpleNamespace) -> Outcome:
    return shop.outcomes[0]


@pytest.fixture
def recording(shop: SimpleNamespace) -> Recording:
    return shop.recordings[0]


def put(vault: ObjectVault, permit: Permit, name: str, content: bytes = b"content") -> None:
    with vault.create(permit, name) as file:
        file.write(content)


def put_unit(vault: ObjectVault, permit: Permit, outcome: Outcome) -> None:
    for key in outcome.object_keys:
        put(vault, permit, key)


def test_object_comes_back_as_written(vault: ObjectVault, permit: Permit) -> None:
    content = secrets.token_bytes(9_000_000)  # more than one part of an upload
    with vault.create(permit, "u-1/t-1/video.mp4") as file:
        assert not file.seekable()
        for start in range(0, len(content), 1_000_000):
            file.write(content[start : start + 1_000_000])
        assert file.tell() == len(content)
    with vault.open(permit, "u-1/t-1/video.mp4") as file:
        assert file.read() == content
        assert file.seek(-1000, 2) == len(content) - 1000
        assert file.read(10) == content[-1000:-990]
        file.seek(300_000)
        assert file.read(600_000) == content[300_000:900_000]


def test_content_is_not_in_the_store(vault: ObjectVault, permit: Permit, objects: Objects) -> None:
    put(vault, permit, "u-1/t-1/video.mp4", b"a planted sentence " * 1000)
    (name,) = objects.list()
    assert b"planted" not in (objects.find(name) or b"")


def test_failure_while_writing_leaves_no_object(vault: ObjectVault, permit: Permit, objects: Objects) -> None:
    def write_and_fail() -> None:
        with vault.create(permit, "u-1/t-1/video.mp4") as file:
            file.write(b"x" * 20_000_000)
            file.close()  # as libraries do that clean up on their way out
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert objects.list() == []
    with pytest.raises(MissingObjectError):
        vault.open(permit, "u-1/t-1/video.mp4")


@pytest.mark.parametrize("action", [Action.INCLUDE, Action.LICENSE])
def test_only_a_permit_to_derive_writes(
    vault: ObjectVault, permit: Permit, outcome: Outcome, recording: Recording, action: Action
) -> None:
    put_unit(vault, permit, outcome)
    other = replace(permit, action=action)
    with pytest.raises(WrongPermitError), vault.create(other, "u-1/t-2/video.mp4"):
        pass
    with pytest.raises(WrongPermitError):
        vault.commit(other, recording, outcome)
    with vault.open(other, outcome.video_key) as file:
        assert file.read() == b"content"


@pytest.mark.parametrize(
    "name", ["../w-1/u-1/t-1/video.mp4", "u-1/../../w-1/u-1/t-1/video.mp4", "/w-1/u-1", "", "a//b", "u#1"]
)
def test_permit_of_one_worker_reaches_no_other(vault: ObjectVault, permit: Permit, name: str) -> None:
    put(vault, permit, "u-1/t-1/video.mp4")
    other = replace(permit, worker_uid="w-2")
    with pytest.raises(BadObjectNameError):
        vault.open(other, name)
    with pytest.raises(BadObjectNameError), vault.create(other, name):
        pass
    with pytest.raises(MissingObjectError):
        vault.open(other, "u-1/t-1/video.mp4")


def test_objects_that_were_swapped_do_not_open(vault: ObjectVault, permit: Permit, objects: Objects) -> None:
    put(vault, permit, "u-1/t-1/a", b"one")
    put(vault, permit, "u-1/t-1/b", b"two")
    moved = objects.find("w-1/u-1/t-1/a") or b""
    objects.delete("w-1/u-1/t-1/b")
    objects.create("w-1/u-1/t-1/b", moved)
    with pytest.raises(TamperedError):
        vault.open(permit, "u-1/t-1/b")


def test_outcome_is_committed_once_and_bit_for_bit(
    vault: ObjectVault, permit: Permit, outcome: Outcome, recording: Recording
) -> None:
    put_unit(vault, permit, outcome)
    assert vault.find_outcome(permit, "u-1") is None
    assert vault.commit(permit, recording, outcome)
    assert not vault.commit(permit, recording, replace(outcome, cpu_ms=1))
    assert vault.find_outcome(permit, "u-1") == outcome
    assert list(vault.committed()) == [(recording, outcome)]


def test_outcome_that_names_nothing_needs_no_objects(
    vault: ObjectVault, permit: Permit, outcome: Outcome, recording: Recording
) -> None:
    nothing = {"video_key": "", "track_key": "", "masks_key": "", "stretches": ()}
    failed = replace(outcome, readable=False, reason="no video stream", **nothing)
    assert vault.commit(permit, recording, failed)
    assert vault.find_outcome(permit, "u-1") == failed


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_outcome_that_names_a_missing_object_is_not_committed(
    vault: ObjectVault, permit: Permit, outcome: Outcome, recording: Recording, missing: int
) -> None:
    for key in set(outcome.object_keys) - {outcome.object_keys[missing]}:
        put(vault, permit, key)
    with pytest.raises(MissingObjectError):
        vault.commit(permit, recording, outcome)
    assert vault.find_outcome(permit, "u-1") is None


def test_permit_of_one_worker_commits_for_no_other(
    vault: ObjectVault, permit: Permit, outcome: Outcome, recording: Recording
) -> None:
    put_unit(vault, permit, outcome)
    with pytest.raises(WrongPermitError):
        vault.commit(permit, replace(recording, worker_uid="w-2"), outcome)
    assert list(vault.committed()) == []


def test_dropping_attempts_keeps_the_commit_and_what_it_names(
    vault: ObjectVault, permit: Permit, outcome: Outcome, recording: Recording, objects: Objects
) -> None:
    put_unit(vault, permit, outcome)
    put(vault, permit, "u-1/t-2/video.mp4")
    put(vault, permit, "u-12/t-1/video.mp4")
    vault.commit(permit, recording, outcome)
    assert vault.drop_attempts("w-1", "u-1", outcome.object_keys) == 1
    assert objects.list() == [
        "w-1/u-1/commit",
        "w-1/u-1/t-1/masks",
        "w-1/u-1/t-1/track.parquet",
        "w-1/u-1/t-1/video.mp4",
        "w-1/u-12/t-1/video.mp4",
    ]
    assert vault.drop_attempts("w-1", "u-none", []) == 0


def test_dropping_units_keeps_those_named_whole_and_every_other_workers(
    vault: ObjectVault, permit: Permit, outcome: Outcome, recording: Recording, objects: Objects
) -> None:
    put_unit(vault, permit, outcome)
    vault.commit(permit, recording, outcome)
    later = replace(outcome, unit_id="u-2", video_key="u-2/t-1/video.mp4", track_key="", masks_key="")
    put(vault, permit, later.video_key)
    vault.commit(permit, recording, later)
    put(vault, permit, "u-3/t-1/video.mp4")  # of a killed process
    put(vault, replace(permit, worker_uid="w-2"), "u-1/t-1/video.mp4")
    assert vault.has_unit("w-1", "u-1")
    assert vault.drop_units("w-1", ["u-2", "u-none"]) == 2
    assert objects.list() == ["w-1/u-2/commit", "w-1/u-2/t-1/video.mp4", "w-2/u-1/t-1/video.mp4"]
    assert not vault.has_unit("w-1", "u-1")
    assert vault.drop_units("w-1", ["u-2"]) == vault.drop_units("w-none", []) == 0


def test_r5_units_of_other_recordings_are_dropped_from_under_a_tombstone_while_the_key_is_there(
    vault: ObjectVault, permit: Permit, outcome: Outcome, recording: Recording, objects: Objects
) -> None:
    put_unit(vault, permit, outcome)
    vault.commit(permit, recording, outcome)
    later = replace(outcome, recording_id="rec-9", unit_id="u-2", video_key="", track_key="", masks_key="")
    vault.commit(permit, replace(recording, recording_id="rec-9"), later)
    put(vault, permit, "u-3/t-1/video.mp4")  # of a killed process
    put(vault, replace(permit, worker_uid="w-2"), "u-1/t-1/video.mp4")
    vault.seal_off("w-1")
    assert vault.drop_all_but("w-1", {recording.recording_id}) == 2
    assert {name.rpartition("/t-1/")[0] or name for name in objects.list("w-1")} == {"w-1/u-1", "w-1/u-1/commit"}
    assert objects.list("w-2") == ["w-2/u-1/t-1/video.mp4"]
    vault._keys.destroy_worker_key("w-1")
    with pytest.raises(ErasedError):
        vault.drop_all_but("w-1", [])
    assert len(objects.list("w-1")) > 1


def test_commit_record_goes_last_so_that_what_it_names_is_never_forgotten(
    vault: ObjectVault, permit: Permit, outcome: Outcome, recording: Recording, objects: Objects
) -> None:
    put_unit(vault, permit, outcome)
    vault.commit(permit, recording, outcome)
    gone: list[str] = []

    class Watched:
        def __getattr__(self, name: str) -> Any:
            return getattr(objects, name)

        def delete(self, name: str) -> None:
            gone.append(name)

    ObjectVault(Watched(), vault._keys).drop_units("w-1", [])
    assert gone[-1] == "w-1/u-1/commit"
    assert len(gone) == 4


def test_erasure_takes_everything_of_that_worker_and_nothing_else(
    vault: ObjectVault, permit: Permit, outcome: Outcome, recording: Recording, objects: Objects
) -> None:
    neighbour = replace(permit, worker_uid="w-12")
    for each in (permit, neighbour):
        put_unit(vault, each, outcome)
        vault.commit(each, replace(recording, worker_uid=each.worker_uid), outcome)
    assert vault.erase("w-1") == 4
    assert vault.is_erased("w-1")
    assert not vault.is_erased("w-12")
    assert [name for name in objects.list() if name.startswith("w-1/")] == []
    assert len(list(vault.committed())) == 1
    assert vault.erase("w-1") == 0


def test_nothing_is_read_or_written_for_an_erased_worker(
    vault: ObjectVault, permit: Permit, outcome: Outcome, recording: Recording, objects: Objects
) -> None:
    put_unit(vault, permit, outcome)
    vault.erase("w-1")
    with pytest.raises(ErasedError), vault.create(permit, "u-1/t-2/video.mp4"):
        pass
    for refused in (
        lambda: vault.open(permit, outcome.video_key),
        lambda: vault.commit(permit, recording, outcome),
        lambda: vault.find_outcome(permit, "u-1"),
    ):
        with pytest.raises(RefusedError) as caught:
            refused()
        assert caught.value.rule == "R5"
    assert objects.list() == ["tombstones/w-1"]


def test_writer_that_an_erasure_overtakes_leaves_nothing(vault: ObjectVault, permit: Permit, objects: Objects) -> None:
    def write_while_erased() -> None:
        with vault.create(permit, "u-1/t-1/video.mp4") as file:
            file.write(b"x" * 20_000_000)
            vault.erase("w-1")
            file.write(b"y")

    with pytest.raises(ErasedError):
        write_while_erased()
    assert objects.list() == ["tombstones/w-1"]


class Overtaken:
    """A store in which somebody erases the worker just before or after the commit record is created."""

    def __init__(self, objects: Objects, when: str, erase: Callable[[], int]) -> None:
        self._objects, self._when, self._erase = objects, when, erase

    def __getattr__(self, name: str) -> Any:
        return getattr(self._objects, name)

    def create(self, name: str, content: bytes) -> bool:
        if self._when == "before":
            self._erase()
        is_new = self._objects.create(name, content)
        if self._when == "after":
            self._erase()
        return is_new


@pytest.mark.parametrize("when", ["before", "after"])
def test_commit_that_an_erasure_overtakes_leaves_nothing(
    vault: ObjectVault,
    permit: Permit,
    outcome: Outcome,
    recording: Recording,
    objects: Objects,
    keys: ShopKeys,
    when: str,
) -> None:
    put_unit(vault, permit, outcome)
    overtaken = ObjectVault(cast(Objects, Overtaken(objects, when, lambda: vault.erase("w-1"))), keys)
    with pytest.raises(ErasedError):
        overtaken.commit(permit, recording, outcome)
    assert objects.list() == ["tombstones/w-1"]


def test_commits_are_skipped_as_soon_as_the_key_is_gone(
    vault: ObjectVault, permit: Permit, outcome: Outcome, recording: Recording, keys: ShopKeys
) -> None:
    put_unit(vault, permit, outcome)
    vault.commit(permit, recording, outcome)
    keys.destroy_worker_key("w-1")
    assert list(vault.committed()) == []
    with pytest.raises(ErasedError):
        vault.open(permit, outcome.video_key)


def test_changed_commit_record_is_damage(
    vault: ObjectVault, permit: Permit, outcome: Outcome, recording: Recording, objects: Objects
) -> None:
    put_unit(vault, permit, outcome)
    vault.commit(permit, recording, outcome)
    record = bytearray(objects.find("w-1/u-1/commit") or b"")
    record[40] ^= 1
    objects.delete("w-1/u-1/commit")
    objects.create("w-1/u-1/commit", bytes(record))
    with pytest.raises(TamperedError):
        list(vault.committed())
