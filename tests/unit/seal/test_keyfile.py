"""Key files: the PIN opens them, a changed byte is found, and what is written to a key opens with that key alone."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.records.errors import DamagedKeyFileError, ShortPinError, TamperedError, WrongPinError
from tacit.seal.canonical import canonical_json
from tacit.seal.keyfile import (
    key_file_text,
    new_key_file,
    parse_key_file,
    seal_to,
    unlock_key_file,
)
from tacit.seal.signatures import is_valid, sign

PIN, FAST = "2580-2580", 10
KEY = new_key_file("A steward, स्टीवर्ड", PIN, FAST)
OPEN = unlock_key_file(KEY, PIN)
OTHER = unlock_key_file(new_key_file("another", PIN, FAST), PIN)
TEXT = key_file_text(KEY).encode()


def test_pin_opens_the_keys_that_the_file_names() -> None:
    assert parse_key_file(TEXT, "k") == KEY
    assert is_valid(KEY.public_key, b"a message", OPEN.sign(b"a message"))
    assert (OPEN.name, OPEN.public_key, OPEN.sealing_key) == (KEY.name, KEY.public_key, KEY.sealing_key)
    assert OPEN.open_box(seal_to(KEY.sealing_key, b"half a key", "hold/1"), "hold/1") == b"half a key"


def test_wrong_pin_is_told_from_damage() -> None:
    with pytest.raises(WrongPinError):
        unlock_key_file(KEY, "2580-2581")


@pytest.mark.parametrize("pin", ["", "2580", "25802"])
def test_short_pin_locks_nothing(pin: str) -> None:
    with pytest.raises(ShortPinError):
        new_key_file("x", pin, FAST)


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 255))
def test_every_changed_byte_of_a_key_file_is_found_without_a_pin(place: int, flip: int) -> None:
    changed = TEXT[:place] + bytes([TEXT[place] ^ flip]) + TEXT[place + 1 :]
    with pytest.raises(DamagedKeyFileError):
        parse_key_file(changed, "k")


@given(st.integers(0, len(TEXT) - 1))
def test_a_cut_key_file_is_found(end: int) -> None:
    with pytest.raises(DamagedKeyFileError):
        parse_key_file(TEXT[:end], "k")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps({**json.loads(TEXT), "more": 1}).encode(),
        json.dumps({**json.loads(TEXT), "cost_log2": 40}).encode(),
        json.dumps({**json.loads(TEXT), "cost_log2": True}).encode(),
        json.dumps({**json.loads(TEXT), "name": "\ud800"}).encode(),
        json.dumps({**json.loads(TEXT), "name": "x"}, ensure_ascii=False).encode(),
    ],
)
def test_other_contents_are_no_key_file(content: bytes) -> None:
    with pytest.raises(DamagedKeyFileError):
        parse_key_file(content, "k")


def test_a_file_may_not_ask_for_more_memory_than_a_machine_has() -> None:
    costly = replace(KEY, cost_log2=40, signature="")
    message = b"tacit key 1\n" + canonical_json(asdict(costly))
    signed = replace(costly, signature=sign(OPEN.private_key, message))
    with pytest.raises(DamagedKeyFileError):
        parse_key_file(key_file_text(signed).encode(), "k")


def test_nothing_private_is_in_a_printed_form() -> None:
    printed = repr(KEY) + repr(OPEN) + key_file_text(KEY)
    assert OPEN.private_key.hex() not in printed
    assert repr(OPEN.private_key) not in printed
    assert OPEN.sealing_private_key.hex() not in printed
    assert repr(OPEN.sealing_private_key) not in printed


BOX = seal_to(KEY.sealing_key, b"half a key", "hold/1")


@given(st.integers(0, len(BOX) - 1), st.integers(1, 255))
def test_every_changed_byte_of_a_box_is_found(place: int, flip: int) -> None:
    # the top bit of an X25519 public key is not looked at in the exchange, but it is bound by the salt
    changed = BOX[:place] + bytes([BOX[place] ^ flip]) + BOX[place + 1 :]
    with pytest.raises(TamperedError):
        OPEN.open_box(changed, "hold/1")


def test_a_box_opens_for_its_key_and_its_place_alone() -> None:
    for box, context, key in ((BOX, "hold/2", OPEN), (BOX, "hold/1", OTHER), (b"", "hold/1", OPEN)):
        with pytest.raises(TamperedError):
            key.open_box(box, context)
    assert seal_to(KEY.sealing_key, b"x", "c") != seal_to(KEY.sealing_key, b"x", "c")


@pytest.mark.parametrize("sealing_key", ["", "no hex", "00" * 32, "00" * 31])
def test_nothing_is_written_to_what_is_no_key(sealing_key: str) -> None:
    with pytest.raises(TamperedError):
        seal_to(sealing_key, b"half a key", "hold/1")
