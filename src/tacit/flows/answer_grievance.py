"""Answers a worker's complaint; a steward may sign the answer with their own key."""

from dataclasses import replace

from tacit.flows.log_entry import log_decision
from tacit.flows.pause_agreement import require_steward
from tacit.flows.ports import Shop
from tacit.records.errors import ForgedEvidenceError, UnknownThingError
from tacit.records.grievance import Grievance, GrievanceAnswer
from tacit.records.paragraphs import require_paragraphs
from tacit.seal.canonical import canonical_json
from tacit.seal.keyfile import OpenKey
from tacit.seal.signatures import is_valid


def answer_grievance(
    shop: Shop, grievance_id: str, text: str, steward_id: str = "", key: OpenKey | None = None
) -> Grievance:
    """Put an answer down; the first one stops the clock, later ones are kept beside it.

    Args:
        steward_id: Who answers; "" for whoever runs the shop. key: the steward's opened key file.

    Raises:
        UnknownThingError: There is no such complaint, or no such steward.
        RefusedError: The steward does not watch over that agreement, or the key file is not theirs.
        ControlCharacterError, EmptyTextError: The text is none that can be read.
    """
    require_paragraphs("answer", text)
    with shop.catalogue.transaction():
        grievance = require_grievance(shop, grievance_id)
        answer = GrievanceAnswer(text.strip(), shop.clock.now(), steward_id)
        if steward_id:
            require_steward(shop, steward_id, grievance.agreement_id, key.public_key if key is not None else "")
        if steward_id and key is not None:
            answer = replace(answer, signature=key.sign(answer_bytes(grievance_id, answer)))
        answered = replace(grievance, answers=(*grievance.answers, answer))
        shop.catalogue.set_grievance(answered)
        log_decision(shop, "grievance-answer", answered.worker_uid)
    return answered


def require_grievance(shop: Shop, grievance_id: str) -> Grievance:
    """The complaint of that id, with every signature under its answers checked.

    Raises:
        UnknownThingError: There is none.
        ForgedEvidenceError: An answer is not what the steward signed who is said to have given it.
    """
    grievance = shop.catalogue.find_grievance(grievance_id)
    if grievance is None:
        raise UnknownThingError("complaint", grievance_id, "List them with `tacit grievance list`.")
    for answer in grievance.answers:
        steward = shop.catalogue.find_steward(answer.steward_id) if answer.steward_id else None
        signed = answer_bytes(grievance_id, answer)
        if answer.steward_id and (steward is None or not is_valid(steward.public_key, signed, answer.signature)):
            raise ForgedEvidenceError("answer")
    return grievance


def answer_bytes(grievance_id: str, answer: GrievanceAnswer) -> bytes:
    """The bytes that a steward signs: the complaint's id and the answer with an empty signature."""
    return b"GrievanceAnswer\n" + canonical_json([grievance_id, replace(answer, signature="")])
