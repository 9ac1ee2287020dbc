"""Takes agreements away from a steward (rule R12)."""

from collections.abc import Collection
from dataclasses import replace

from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.records.errors import NoAgreementNamedError, UnknownThingError
from tacit.records.people import Steward


def remove_steward(shop: Shop, steward_id: str, agreement_ids: Collection[str]) -> Steward:
    """Let a steward watch over these agreements no more; again is harmless.

    They stay on record, with no agreement in the end, so that what they signed before can still be checked: a pause
    stands until another steward ends it, and what they witnessed holds. They can pause, resume and witness no more. A
    half of a hold key that was written to them before stays theirs.

    Raises:
        NoAgreementNamedError: No agreement was named.
        UnknownThingError: There is no such steward, or they never watched over one of these agreements.
    """
    if not agreement_ids:
        raise NoAgreementNamedError
    named = frozenset(agreement_ids)
    with shop.catalogue.transaction():
        there = shop.catalogue.find_steward(steward_id)
        if there is None:
            raise UnknownThingError("steward", steward_id, "List them with `tacit steward list`.")
        for never in sorted(named - there.agreements - there.former):
            raise UnknownThingError(f"agreement of the steward {steward_id} called", never, "See `tacit steward list`.")
        steward = replace(there, agreements=there.agreements - named, former=there.former | named)
        if steward != there:
            shop.catalogue.add_steward(steward)
            log_decision(shop, "steward-removed", steward_id)
    return steward
