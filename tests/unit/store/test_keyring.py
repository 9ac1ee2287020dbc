"""The keyring in a folder: what lies on disk, and what other processes see."""

import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tacit.records.errors import ErasedError, KeyringError, TamperedError
from tacit.store.keyring import FileKeyring

KEY = bytes(range(32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def test_keys_outlive_the_process(folder: Path) -> None:
    FileKeyring(folder, KEY, "shop-1").create_worker_key("w-1")
    sealed = FileKeyring(folder, KEY, "shop-1").seal("w-1", b"a name", "x")
    assert FileKeyring(folder, KEY, "shop-1").unseal("w-1", sealed, "x") == b"a name"


def test_folder_and_files_are_for_their_owner_alone(folder: Path) -> None:
    FileKeyring(folder, KEY, "shop-1").create_worker_key("w-1")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in folder.iterdir()) == ["marks-sealed", "w-1.key"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_key_that_another_process_destroyed_is_gone_here_too(folder: Path) -> None:
    here, there = FileKeyring(folder, KEY, "shop-1"), FileKeyring(folder, KEY, "shop-1")
    here.create_worker_key("w-1")
    sealed = here.seal("w-1", b"a name", "x")
    there.destroy_worker_key("w-1")
    with pytest.raises(ErasedError):
        here.unseal("w-1", sealed, "x")
    assert not here.has_worker_key("w-1")


def test_destroying_overwrites_and_removes_the_file_and_drafts(folder: Path) -> None:
    keys = FileKeyring(folder, KEY, "shop-1")
    keys.create_worker_key("w-1")
    wrapped = (folder / "w-1.key").read_bytes()
    (folder / "w-1.0a0b0c0d.draft").write_bytes(wrapped)  # of a process that was killed
    with (folder / "w-1.key").open("rb") as file:  # the file stays readable here after it lost its name
        keys.destroy_worker_key("w-1")
        assert [path.name for path in folder.iterdir()] == ["marks-sealed"]
        left = file.read()
    assert len(left) == len(wrapped)
    assert left != wrapped


@pytest.mark.parametrize(("key", "shop_id"), [(bytes(32), "shop-1"), (KEY, "shop-2")])
def test_key_file_opens_with_its_master_key_and_shop_alone(folder: Path, key: bytes, shop_id: str) -> None:
    FileKeyring(folder, KEY, "shop-1").create_worker_key("w-1")
    with pytest.raises(TamperedError):
        FileKeyring(folder, key, shop_id).seal("w-1", b"", "x")


def test_key_file_under_another_name_is_not_taken(folder: Path) -> None:
    keys = FileKeyring(folder, KEY, "shop-1")
    keys.create_worker_key("w-1")
    (folder / "w-1.key").rename(folder / "w-2.key")
    with pytest.raises(TamperedError):
        keys.seal("w-2", b"", "x")


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(KeyringError):
        FileKeyring(tmp_path / "file" / "keys", KEY, "shop-1")


def test_folder_that_went_away_is_told(folder: Path) -> None:
    keys = FileKeyring(folder, KEY, "shop-1")
    shutil.rmtree(folder)
    with pytest.raises(KeyringError):
        keys.create_worker_key("w-1")


def test_r5_marks_from_when_they_were_noted_in_the_clear_are_sealed_once(folder: Path) -> None:
    erased_at = datetime(2026, 3, 2, 8, tzinfo=UTC)
    folder.mkdir()
    (folder / "w-1.erased").write_bytes(b"2026-03-02T08:00:00+00:00")
    keys = FileKeyring(folder, KEY, "shop-1")
    assert keys.find_erasure("w-1") == erased_at
    assert b"2026" not in (folder / "w-1.erased").read_bytes()
    assert keys.find_broken_keys() == []
    assert FileKeyring(folder, KEY, "shop-1").find_erasure("w-1") == erased_at


def test_r1_mark_that_somebody_without_the_master_key_wrote_is_not_believed(folder: Path) -> None:
    FileKeyring(folder, KEY, "shop-1")
    (folder / "w-1.erased").write_bytes(b"2026-03-02T08:00:00+00:00")
    keys = FileKeyring(folder, KEY, "shop-1")  # opened again, for a later command
    with pytest.raises(TamperedError):
        keys.find_erasure("w-1")
    (folder / "marks-sealed").write_bytes(b"yes")
    assert keys.find_broken_keys() == ["marks-sealed", "w-1.erased"]
