"""Signed documents: JSON that leaves the shop and that anyone can check with a public key and nothing else.

A document is one line of canonical JSON and a line end:

    {"document":{...},"key":"<hex>","kind":"tacit receipt 1","signature":"<hex>"}

The Ed25519 signature is over the kind, a line end and the canonical JSON of `document`, so that a document of one kind
is never taken for one of another. The file has exactly one form: every changed byte is found. `tacit_verify` checks the
same without us.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from tacit.records.errors import AlteredDocumentError, ForeignDocumentError, NotCanonicalError
from tacit.seal.canonical import canonical_json
from tacit.seal.signatures import is_valid

Sign = Callable[[bytes], str]
"""Makes an Ed25519 signature (hex) of a message, such as `keys.sign` of a shop or `sign` of an opened key file."""

_FIELDS = {"document", "key", "kind", "signature"}


@dataclass(frozen=True)
class Document:
    """A signed document whose signature fits. key: Ed25519 public key (hex) of whoever signed it."""

    kind: str
    body: dict[str, Any]
    key: str


def sign_document(kind: str, body: dict[str, Any], key: str, sign: Sign) -> bytes:
    """Write and sign a document.

    Args:
        kind: What it is, with its version, such as "tacit receipt 1"; no line end in it.
        body: Anything that `canonical_json` takes.
        key: Public key (hex) of whoever signs.
        sign: Signs with the private half of it.

    Raises:
        NotCanonicalError: The body has no canonical form.
    """
    signature = sign(_signed_bytes(kind, body))
    return canonical_json({"document": body, "key": key, "kind": kind, "signature": signature}) + b"\n"


def read_document(content: bytes, name: str) -> Document:
    """Read a document and check that it is as it was signed, by whichever key; say yourself whose key it has to be.

    Args:
        content: What `sign_document` wrote.
        name: What to call it in a sentence, such as a path.

    Raises:
        AlteredDocumentError: It is no signed document, or not the one that was signed.
    """
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise AlteredDocumentError(name, "it is no JSON") from error
    if not (isinstance(found, dict) and set(found) == _FIELDS and isinstance(found["document"], dict)):
        raise AlteredDocumentError(name, "it is no signed document of tacit")
    kind, key, signature = found["kind"], found["key"], found["signature"]
    if not all(isinstance(text, str) for text in (kind, key, signature)):
        raise AlteredDocumentError(name, "it is no signed document of tacit")
    try:
        is_whole = content == canonical_json(found) + b"\n"
        fits = is_valid(key, _signed_bytes(kind, found["document"]), signature)
    except (NotCanonicalError, UnicodeEncodeError):
        is_whole = fits = False
    if not (is_whole and fits):
        raise AlteredDocumentError(name, "the signature does not fit, so it was changed since it was signed")
    return Document(kind, found["document"], key)


def verify_document(content: bytes, name: str, kind: str, keys: Collection[str]) -> dict[str, Any]:
    """Check a document of one kind by one of these keys; returns its body.

    Args:
        content: What `sign_document` wrote.
        name: What to call it in a sentence, such as a path.
        kind: The kind that is expected.
        keys: Public keys (hex) that are believed.

    Raises:
        AlteredDocumentError: It is no signed document, or not the one that was signed.
        ForeignDocumentError: It is of another kind, or somebody else signed it.
    """
    document = read_document(content, name)
    if document.kind != kind:
        raise ForeignDocumentError(name, f'it is a "{document.kind}" where a "{kind}" is expected')
    if document.key not in keys:
        raise ForeignDocumentError(name, f"the key {document.key[:16]}… signed it, which is not the one expected")
    return document.body


def _signed_bytes(kind: str, body: dict[str, Any]) -> bytes:
    return kind.encode() + b"\n" + canonical_json(body)
