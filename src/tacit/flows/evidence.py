"""Puts the evidence under a worker's word: their PIN, their own key file, a steward who witnessed it, or none (R11).

A yes, a release and a standing release are evidenced alike.
"""

from dataclasses import dataclass, field, replace
from typing import TypeVar

from tacit.flows.pause_agreement import require_steward
from tacit.flows.ports import Shop
from tacit.records.errors import KeyFileWorkerError, NoPinError, OtherKeyError, TwoVoicesError
from tacit.records.people import Consent, Release, StandingRelease, Worker
from tacit.records.purposes import Evidence
from tacit.rights.evidence import check_evidence, sign_statement
from tacit.seal.keyfile import OpenKey
from tacit.seal.signatures import unlock_key

Statement = TypeVar("Statement", Consent, Release, StandingRelease)


@dataclass(frozen=True)
class Voice:
    """Who vouches for a word, and with what; nothing of it: the word is only declared.

    pin: the worker's PIN. key: an opened key file: the worker's own, or the steward's where `witness` names one.
    witness: id of the steward who witnessed it; "" for none.
    """

    pin: str = field(repr=False, default="")
    key: OpenKey | None = None
    witness: str = ""

    @property
    def evidence(self) -> Evidence:
        """How strong the word will be."""
        if self.witness:
            return Evidence.WITNESSED
        return Evidence.SIGNED if self.pin or self.key else Evidence.DECLARED


DECLARED = Voice()


def sign_as(shop: Shop, statement: Statement, worker: Worker, agreement_id: str, voice: Voice) -> Statement:
    """The same statement with its evidence, its witness and the signature under it.

    Args:
        agreement_id: Under which agreement the word is given; a steward witnesses only under their own agreements.

    Raises:
        NoPinError: A PIN was given for a worker who never set one.
        KeyFileWorkerError: A PIN was given for a worker who signs with a key file.
        WrongPinError: The PIN does not open the worker's key.
        OtherKeyError: The key file is not the one that is registered for the worker.
        TwoVoicesError: A steward was named without a key file.
        UnknownThingError: There is no such steward.
        RefusedError: The steward does not watch over this agreement, or the key file is not theirs.
    """
    unsigned = replace(statement, evidence=voice.evidence, witness=voice.witness, signature="")
    if voice.witness:
        if voice.key is None:
            raise TwoVoicesError
        require_steward(shop, voice.witness, agreement_id, voice.key.public_key)
        return sign_statement(unsigned, voice.key.private_key)
    if voice.key is not None:
        if voice.key.public_key != worker.public_key:
            raise OtherKeyError("worker", worker.label, voice.key.public_key, worker.public_key)
        return sign_statement(unsigned, voice.key.private_key)
    if voice.pin:
        return sign_statement(unsigned, unlock_worker_key(worker, voice.pin))
    return unsigned


def unlock_worker_key(worker: Worker, pin: str) -> bytes:
    """The private key that a worker's PIN opens.

    Raises:
        NoPinError, KeyFileWorkerError, WrongPinError: See `sign_as`.
    """
    if not worker.sealed_private_key:
        raise KeyFileWorkerError(worker.label) if worker.public_key else NoPinError(worker.label)
    return unlock_key(worker.sealed_private_key, pin)


def check_spoken(shop: Shop, statement: Consent | Release | StandingRelease, worker: Worker | None) -> None:
    """Check the signature under a word that is more than declared; also by a key that the worker had before.

    Raises:
        ForgedEvidenceError: It does not fit, or nobody knows whose it is.
    """
    if statement.evidence is Evidence.DECLARED:
        return
    if statement.evidence is Evidence.WITNESSED:
        steward = shop.catalogue.find_steward(statement.witness)
        keys: tuple[str, ...] = (steward.public_key,) if steward is not None else ()
    else:
        keys = (worker.public_key, *worker.earlier_keys) if worker is not None else ()
    check_evidence(statement, *keys)
