"""Adds a steward to the shop by the public halves of their own key file (rule R12)."""

import re
from collections.abc import Collection
from dataclasses import replace

from tacit.flows.add_agreement import require_agreement
from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.records.errors import AlreadyThereError, BadNameError, NoAgreementNamedError
from tacit.records.oneline import require_one_line
from tacit.records.people import Steward
from tacit.rights.agreement_file import ID_EXPECTED, ID_PATTERN
from tacit.seal.keyfile import KeyFile


def add_steward(shop: Shop, steward_id: str, key_file: KeyFile, agreement_ids: Collection[str]) -> Steward:
    """Add a steward, or add agreements to those that a steward watches over; again is harmless.

    Args:
        shop: Learns the public keys and the name in the key file, and nothing that could speak for the steward.
        steward_id: What people type.
        key_file: The steward's own; it stays with the steward.
        agreement_ids: Agreements they may pause and witness under.

    Raises:
        BadNameError: The id is not a short name.
        ControlCharacterError: The name in the key file is not one plain line.
        NoAgreementNamedError: No agreement was named.
        UnknownThingError: There is no such agreement.
        AlreadyThereError: Somebody else goes by that id, or the key is somebody else's.
    """
    if not re.fullmatch(ID_PATTERN, steward_id):
        raise BadNameError("steward", steward_id, ID_EXPECTED)
    require_one_line("name in the key file", key_file.name)
    if not agreement_ids:
        raise NoAgreementNamedError
    for agreement_id in agreement_ids:
        require_agreement(shop, agreement_id)
    with shop.catalogue.transaction():
        there = shop.catalogue.find_steward(steward_id)
        if there is None:
            steward = _new_steward(shop, steward_id, key_file, agreement_ids)
        elif (there.public_key, there.sealing_key) != (key_file.public_key, key_file.sealing_key):
            raise AlreadyThereError("steward", steward_id, "It has another key; choose another id for another key.")
        else:
            named = frozenset(agreement_ids)
            steward = replace(there, agreements=there.agreements | named, former=there.former - named)
        if steward != there:
            shop.catalogue.add_steward(steward)
            log_decision(shop, "steward", steward_id)
    return steward


def _new_steward(shop: Shop, steward_id: str, key_file: KeyFile, agreement_ids: Collection[str]) -> Steward:
    same = next((one for one in shop.catalogue.stewards() if one.public_key == key_file.public_key), None)
    if same is not None:  # one hand must not count as two stewards
        raise AlreadyThereError("steward", same.steward_id, "It is the same key; one key is one steward.")
    return Steward(
        steward_id=steward_id,
        name=key_file.name,
        public_key=key_file.public_key,
        sealing_key=key_file.sealing_key,
        agreements=frozenset(agreement_ids),
        added_at=shop.clock.now(),
    )
