"""A steward's word that everything under an agreement stops, or goes on (rule R12)."""

from dataclasses import replace

from tacit.flows.add_agreement import require_agreement
from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.records.agreement import PauseWord
from tacit.records.errors import ForgedEvidenceError, RefusedError, UnknownThingError
from tacit.records.people import Steward
from tacit.seal.canonical import canonical_json
from tacit.seal.keyfile import OpenKey
from tacit.seal.signatures import is_valid


def require_steward(shop: Shop, steward_id: str, agreement_id: str, public_key: str) -> Steward:
    """The steward of that id, who watches over that agreement and holds that key.

    Raises:
        UnknownThingError: There is no such steward.
        RefusedError: The steward is none of this agreement, or the key is another's.
    """
    steward = shop.catalogue.find_steward(steward_id)
    if steward is None:
        raise UnknownThingError("steward", steward_id, "Add them with `tacit steward add`.")
    if agreement_id not in steward.agreements:
        raise RefusedError("R12", f"the steward {steward_id} does not watch over the agreement {agreement_id}.")
    if public_key != steward.public_key:
        raise RefusedError("R12", f"the key file is not that of the steward {steward_id}.")
    return steward


def pause_agreement(shop: Shop, agreement_id: str, steward_id: str, signer: OpenKey, paused: bool) -> bool:
    """Put down a steward's word; the last one said counts, whichever steward of the agreement says it.

    Work under way stops within seconds; what is finished stays as it is.

    Returns:
        False where the agreement was in that state already, so that nothing was put down.

    Raises:
        UnknownThingError: There is no such agreement or steward.
        RefusedError: The steward is none of this agreement, or the key is another's.
    """
    require_agreement(shop, agreement_id)
    require_steward(shop, steward_id, agreement_id, signer.public_key)
    with shop.catalogue.transaction():
        if is_paused(shop, agreement_id) == paused:
            return False
        word = PauseWord(agreement_id, paused, shop.clock.now(), steward_id, "")
        shop.catalogue.add_pause_word(replace(word, signature=signer.sign(pause_bytes(word))))
        log_decision(shop, "pause" if paused else "resume", agreement_id, word.said_at)
    return True


def is_paused(shop: Shop, agreement_id: str) -> bool:
    """True while a steward's pause stands.

    Raises:
        ForgedEvidenceError: The last word about it was not signed by the steward who is said to have said it.
    """
    words = shop.catalogue.pause_words(agreement_id)
    if not words:
        return False
    last = words[-1]
    steward = shop.catalogue.find_steward(last.steward_id)
    if steward is None or not is_valid(steward.public_key, pause_bytes(last), last.signature):
        raise ForgedEvidenceError("pause")
    return last.paused


def pause_bytes(word: PauseWord) -> bytes:
    """The bytes that a steward signs: the word with an empty signature, in canonical JSON."""
    return b"PauseWord\n" + canonical_json(replace(word, signature=""))
