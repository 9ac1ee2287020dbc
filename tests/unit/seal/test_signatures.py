"""Signatures against RFC 8032, and keys that a PIN locks."""

import pytest

from tacit.records.errors import ShortPinError, TamperedError, WrongPinError
from tacit.seal.signatures import is_valid, lock_key, new_private_key, public_key_of, sign, unlock_key

# RFC 8032 section 7.1, test 3
PRIVATE = bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
PUBLIC = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
MESSAGE = bytes.fromhex("af82")
SIGNATURE = (
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
)


def test_signature_matches_rfc_8032() -> None:
    assert public_key_of(PRIVATE) == PUBLIC
    assert sign(PRIVATE, MESSAGE) == SIGNATURE
    assert is_valid(PUBLIC, MESSAGE, SIGNATURE)


@pytest.mark.parametrize(
    ("public_key", "message", "signature"),
    [
        (PUBLIC, b"another", SIGNATURE),
        (PUBLIC, MESSAGE, "00" + SIGNATURE[2:]),
        (PUBLIC, MESSAGE, SIGNATURE[:-2]),
        (PUBLIC, MESSAGE, ""),
        (PUBLIC, MESSAGE, "no hex"),
        (public_key_of(bytes(32)), MESSAGE, SIGNATURE),
        ("", MESSAGE, SIGNATURE),
        ("abc", MESSAGE, SIGNATURE),
    ],
)
def test_anything_else_is_no_signature(public_key: str, message: bytes, signature: str) -> None:
    assert not is_valid(public_key, message, signature)


def test_new_keys_differ() -> None:
    assert new_private_key() != new_private_key()


def test_locked_key_opens_with_its_pin_alone() -> None:
    locked = lock_key(PRIVATE, "2580")
    assert PRIVATE.hex() not in locked
    assert unlock_key(locked, "2580") == PRIVATE
    with pytest.raises(WrongPinError):
        unlock_key(locked, "2581")


def test_same_key_and_pin_lock_differently_each_time() -> None:
    assert lock_key(PRIVATE, "2580") != lock_key(PRIVATE, "2580")


def test_changed_locked_key_does_not_open() -> None:
    locked = bytearray.fromhex(lock_key(PRIVATE, "2580"))
    for place in (5, 20, 40, len(locked) - 1):  # salt, nonce, key, tag
        changed = locked.copy()
        changed[place] ^= 1
        with pytest.raises(WrongPinError):
            unlock_key(changed.hex(), "2580")


@pytest.mark.parametrize("locked", ["", "01", "zz", "02" + "00" * 76, "01" + "00" * 75])
def test_what_is_no_locked_key_is_damage(locked: str) -> None:
    with pytest.raises(TamperedError):
        unlock_key(locked, "2580")


def test_short_pin_is_refused() -> None:
    with pytest.raises(ShortPinError, match="3 characters"):
        lock_key(PRIVATE, "123")
