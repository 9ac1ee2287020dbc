"""Registers the public key of a worker's own key file, with which they sign from then on (rule R11)."""

from dataclasses import replace

from tacit.flows.add_worker import require_worker
from tacit.flows.evidence import Voice, unlock_worker_key
from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.records.errors import OtherKeyError
from tacit.records.people import Worker
from tacit.seal.keyfile import OpenKey


def set_key(shop: Shop, label: str, key: OpenKey, earlier: Voice) -> Worker:
    """Let a worker sign with a key file of their own, in place of a PIN or of another file.

    What was signed before still holds: the earlier public key is kept, and only a key that signs today can take its
    place.

    Args:
        key: The new key file, opened, so that nobody registers a file that they cannot use.
        earlier: The PIN or the key file that the worker signs with today; not needed where they have none.

    Raises:
        NoPinError, KeyFileWorkerError, WrongPinError: The PIN is not what they sign with today.
        OtherKeyError: The key file is not the one that they sign with today.
    """
    with shop.catalogue.transaction():  # a PIN or another key may be set at this moment, and none may get lost
        worker = require_worker(shop, label)
        if worker.public_key == key.public_key:
            return worker
        _check_earlier(worker, earlier)
        kept = (worker.public_key, *worker.earlier_keys) if worker.public_key else worker.earlier_keys
        changed = replace(worker, public_key=key.public_key, sealed_private_key="", earlier_keys=kept)
        shop.catalogue.replace_worker(changed)
        log_decision(shop, "key", worker.worker_uid)
    return changed


def _check_earlier(worker: Worker, earlier: Voice) -> None:
    if not worker.public_key:
        return
    if worker.sealed_private_key:
        unlock_worker_key(worker, earlier.pin)
    elif earlier.key is None or earlier.key.public_key != worker.public_key:
        got = earlier.key.public_key if earlier.key is not None else ""
        raise OtherKeyError("worker", worker.label, got, worker.public_key)
