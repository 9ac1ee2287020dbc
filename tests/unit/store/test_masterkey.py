"""The master key: its file, its text, its passphrase, and a wrong one."""

import stat
from pathlib import Path

import pytest

from tacit.records.errors import (
    BadMasterKeyError,
    ExposedKeyFileError,
    KeyringError,
    MasterKeyThereError,
    MissingMasterKeyError,
    ShortPassphraseError,
    WrongMasterKeyError,
)
from tacit.store.masterkey import (
    check_master_key,
    create_master_key,
    decode_master_key,
    derive_master_key,
    encode_master_key,
    load_master_key,
    new_salt,
    shop_check,
)

KEY = bytes(range(32))


def test_key_file_is_for_its_owner_alone_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    key = create_master_key(path)
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert load_master_key(path) == key
    assert path.read_text() == encode_master_key(key) + "\n"


def test_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    key = create_master_key(path)
    with pytest.raises(MasterKeyThereError):
        create_master_key(path)
    assert load_master_key(path) == key


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602])
def test_key_file_that_others_may_open_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    create_master_key(path)
    path.chmod(mode)
    with pytest.raises(ExposedKeyFileError, match="chmod 600"):
        load_master_key(path)


def test_missing_and_unreadable_key_files_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(MissingMasterKeyError):
        load_master_key(tmp_path / "none.key")
    with pytest.raises(KeyringError):
        load_master_key(tmp_path)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(KeyringError):
        create_master_key(tmp_path / "file" / "master.key")


def test_key_text_reads_back_with_white_space_around_it() -> None:
    assert decode_master_key(f"  {encode_master_key(KEY)}\n", "The variable") == KEY


@pytest.mark.parametrize(
    "text", ["", "tacit-key-1:", encode_master_key(KEY)[:-2], encode_master_key(KEY[:31]), encode_master_key(KEY)[12:]]
)
def test_other_text_is_no_master_key_and_is_not_repeated(text: str) -> None:
    with pytest.raises(BadMasterKeyError) as caught:
        decode_master_key(text, "The variable")
    assert str(caught.value).startswith("The variable does not hold")
    assert len(text) < 20 or text[-20:] not in str(caught.value)


def test_binary_file_is_no_master_key(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(bytes(range(256)))
    path.chmod(0o600)
    with pytest.raises(BadMasterKeyError):
        load_master_key(path)


def test_passphrase_gives_one_key_per_salt() -> None:
    salt = new_salt()
    key = derive_master_key("seven random plain words", salt)
    assert key == derive_master_key("seven random plain words", salt)
    assert key != derive_master_key("seven random plain words", new_salt())
    with pytest.raises(ShortPassphraseError, match="11 characters"):
        derive_master_key("eleven char", salt)


def test_wrong_master_key_is_told_at_once() -> None:
    check = shop_check(KEY, "shop-1")
    check_master_key(KEY, "shop-1", check)
    for key, shop_id in ((bytes(32), "shop-1"), (KEY, "shop-2")):
        with pytest.raises(WrongMasterKeyError):
            check_master_key(key, shop_id, check)
