"""A worker sets a PIN of their own, or changes it; with it they sign (rule R11)."""

from dataclasses import replace

from tacit.flows.add_worker import require_worker
from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.records.errors import KeyFileWorkerError
from tacit.records.people import Worker
from tacit.seal.signatures import lock_key, new_private_key, public_key_of, unlock_key


def set_pin(shop: Shop, label: str, new_pin: str, old_pin: str = "") -> Worker:
    """Lock a worker's signing key with a new PIN; the first time, make the key.

    A key that is there stays, so that what was signed before can still be checked.

    Raises:
        KeyFileWorkerError: They sign with a key file of their own; a PIN set here would take its place unasked.
        WrongPinError: There is a PIN already, and the old one that was given is not it.
        ShortPinError: The new PIN is too short.
    """
    with shop.catalogue.transaction():  # somebody else may set a key of theirs at this moment, and none may get lost
        worker = require_worker(shop, label)
        has_key = bool(worker.sealed_private_key)
        if worker.public_key and not has_key:
            raise KeyFileWorkerError(label)
        private_key = unlock_key(worker.sealed_private_key, old_pin) if has_key else new_private_key()
        locked = lock_key(private_key, new_pin)
        changed = replace(worker, public_key=public_key_of(private_key), sealed_private_key=locked)
        shop.catalogue.replace_worker(changed)
        log_decision(shop, "pin", worker.worker_uid)
    return changed
