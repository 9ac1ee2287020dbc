"""Adds an agreement to the shop."""

from tacit.flows.ports import Shop
from tacit.records.agreement import Agreement
from tacit.records.errors import AlreadyThereError, UnknownThingError


def add_agreement(shop: Shop, agreement: Agreement, source: str) -> Agreement:
    """Add an agreement; the same one again is harmless.

    Raises:
        AlreadyThereError: Another agreement, or another wording of this one, has that id.
    """
    there = shop.catalogue.find_agreement(agreement.agreement_id)
    if there is not None and there.digest != agreement.digest:
        raise AlreadyThereError("agreement", agreement.agreement_id, "Give the new wording an id of its own.")
    if there is None:
        shop.catalogue.add_agreement(agreement, source)
    return agreement


def require_agreement(shop: Shop, agreement_id: str) -> Agreement:
    """The agreement of that id.

    Raises:
        UnknownThingError: There is none.
    """
    agreement = shop.catalogue.find_agreement(agreement_id)
    if agreement is None:
        raise UnknownThingError("agreement", agreement_id, "Add it with `tacit agreement add FILE`.")
    return agreement
