"""The worker's own signature under a yes or a release (rule R11)."""

from dataclasses import replace

from tacit.records.errors import ForgedEvidenceError
from tacit.records.people import Consent, Release
from tacit.seal.canonical import canonical_json
from tacit.seal.signatures import is_valid, sign


def evidence_bytes(statement: Consent | Release) -> bytes:
    """The bytes that are signed: the canonical JSON of the statement with an empty signature, and its kind."""
    return type(statement).__name__.encode() + b"\n" + canonical_json(replace(statement, signature=""))


def sign_consent(consent: Consent, private_key: bytes) -> Consent:
    """The same yes with the worker's signature under it."""
    return replace(consent, signature=sign(private_key, evidence_bytes(consent)))


def sign_release(release: Release, private_key: bytes) -> Release:
    """The same release with the worker's signature under it."""
    return replace(release, signature=sign(private_key, evidence_bytes(release)))


def check_evidence(statement: Consent | Release, public_key: str) -> None:
    """Check the worker's signature under a statement.

    Raises:
        ForgedEvidenceError: It does not fit; the record was changed after the worker signed it.
    """
    if not is_valid(public_key, evidence_bytes(statement), statement.signature):
        raise ForgedEvidenceError(type(statement).__name__.lower())
