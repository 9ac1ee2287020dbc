"""The signature under a yes or a release: the worker's own, or of a steward who witnessed it (rule R11)."""

from dataclasses import MISSING, fields, replace
from typing import Any, TypeVar

from tacit.records.errors import ForgedEvidenceError
from tacit.records.people import Consent, Release, StandingRelease
from tacit.seal.canonical import canonical_json
from tacit.seal.signatures import is_valid, sign

Statement = TypeVar("Statement", Consent, Release, StandingRelease)


def evidence_bytes(statement: Consent | Release | StandingRelease) -> bytes:
    """The bytes that are signed: the canonical JSON of the statement with an empty signature, and its kind.

    Fields that came later count only where they say something, so that what was signed before them still holds. When a
    release ended is no part of it, for its end needs no signature.
    """
    signed: dict[str, Any] = {}
    for field in fields(statement):
        value = "" if field.name == "signature" else getattr(statement, field.name)
        came_later = field.default is not MISSING
        if field.name != "ended_at" and not (came_later and value == field.default):
            signed[field.name] = value
    return type(statement).__name__.encode() + b"\n" + canonical_json(signed)


def sign_statement(statement: Statement, private_key: bytes) -> Statement:
    """The same statement with a signature under it."""
    return replace(statement, signature=sign(private_key, evidence_bytes(statement)))


def check_evidence(statement: Consent | Release | StandingRelease, *public_keys: str) -> None:
    """Check the signature under a statement against the keys of whoever is said to have signed it; one has to fit.

    Raises:
        ForgedEvidenceError: None fits; the record was changed after it was signed, or nobody knows whose it is.
    """
    signed = evidence_bytes(statement)
    if not any(is_valid(key, signed, statement.signature) for key in public_keys):
        raise ForgedEvidenceError(type(statement).__name__.lower())
