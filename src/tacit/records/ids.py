"""Identifiers: short, opaque, safe in file names, and never made from anything a person wrote."""

import base64
import secrets


def new_id(prefix: str) -> str:
    """Make a random identifier, such as `w-4k2nq7…` (80 random bits in base32 after the prefix)."""
    return id_from_digest(prefix, secrets.token_bytes(10))


def id_from_digest(prefix: str, digest: bytes) -> str:
    """Make an identifier from the first ten bytes of a keyed digest, so that the same thing gets the same id."""
    return f"{prefix}-{base64.b32encode(digest[:10]).decode('ascii').lower()}"
