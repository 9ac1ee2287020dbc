"""Signed documents: whole, of the kind and by the key that is expected, or refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.records.errors import AlteredDocumentError, ForeignDocumentError, NotCanonicalError
from tacit.seal.document import read_document, sign_document, verify_document
from tacit.seal.signatures import new_private_key, public_key_of, sign

PRIVATE = new_private_key()
KEY = public_key_of(PRIVATE)
KIND = "tacit receipt 1"
BODY: dict[str, Any] = {"worker": "आशा", "purposes": ["research"], "count": 3, "nested": {"z": None, "a": True}}


def make(kind: str = KIND, body: dict[str, Any] = BODY) -> bytes:
    return sign_document(kind, body, KEY, lambda message: sign(PRIVATE, message))


CONTENT = make()


def test_document_reads_back_as_it_was_signed() -> None:
    assert verify_document(CONTENT, "r", KIND, [KEY]) == BODY
    assert read_document(CONTENT, "r").key == KEY
    assert CONTENT.count(b"\n") == 1


@given(st.integers(0, len(CONTENT) - 1), st.integers(1, 255))
def test_every_changed_byte_of_a_document_is_found(place: int, flip: int) -> None:
    changed = CONTENT[:place] + bytes([CONTENT[place] ^ flip]) + CONTENT[place + 1 :]
    with pytest.raises((AlteredDocumentError, ForeignDocumentError)):
        verify_document(changed, "r", KIND, [KEY])


@given(st.integers(0, len(CONTENT) - 1))
def test_a_cut_or_stretched_document_is_found(end: int) -> None:
    for changed in (CONTENT[:end], CONTENT + CONTENT[end:]):
        with pytest.raises(AlteredDocumentError):
            read_document(changed, "r")


def test_a_document_of_one_kind_is_none_of_another() -> None:
    with pytest.raises(ForeignDocumentError, match="tacit certificate 1"):
        verify_document(CONTENT, "r", "tacit certificate 1", [KEY])
    moved = json.loads(CONTENT) | {"kind": "tacit certificate 1"}
    with pytest.raises(AlteredDocumentError):
        read_document(json.dumps(moved, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode(), "r")


def test_r9_a_document_of_another_shop_is_refused() -> None:
    with pytest.raises(ForeignDocumentError, match=r"\(R9\)"):
        verify_document(CONTENT, "r", KIND, [public_key_of(new_private_key())])


def test_the_same_text_in_another_form_is_no_document() -> None:
    for indent, ascii_only in ((2, False), (None, True)):
        with pytest.raises(AlteredDocumentError):
            read_document(json.dumps(json.loads(CONTENT), indent=indent, ensure_ascii=ascii_only).encode(), "r")


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[]", b"{}", b"1e999", b"NaN", b"[" * 100_000, CONTENT.replace(b":3", b":3.0"), b"9" * 5000],
)
def test_anything_else_is_no_document(content: bytes) -> None:
    with pytest.raises(AlteredDocumentError):
        read_document(content, "r")


def test_what_has_no_canonical_form_is_not_signed() -> None:
    with pytest.raises(NotCanonicalError):
        make(body={"share": 0.5})
