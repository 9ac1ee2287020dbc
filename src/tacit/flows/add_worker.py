"""Adds a worker to the shop, with a key of their own."""

import re

from tacit.flows.ports import Shop
from tacit.records.errors import AlreadyThereError, BadNameError, UnknownThingError
from tacit.records.ids import new_id
from tacit.records.people import Worker
from tacit.rights.agreement_file import ID_EXPECTED, ID_PATTERN
from tacit.seal.signatures import lock_key, new_private_key, public_key_of


def add_worker(shop: Shop, label: str, name: str, language: str, pin: str = "") -> Worker:
    """Add a worker; the same one again is harmless.

    Args:
        label: What people type, such as "asha".
        pin: Locks the worker's own signing key; "" for a worker whose yes will only be declared.

    Raises:
        BadNameError: The label is not a short name.
        AlreadyThereError: That label is taken by a worker of another name or language.
    """
    if not re.fullmatch(ID_PATTERN, label):
        raise BadNameError("worker", label, ID_EXPECTED)
    there = shop.catalogue.find_worker(label)
    if there is not None:
        if (there.name, there.language) != (name, language) or (pin and not there.public_key):
            raise AlreadyThereError("worker", label, "Choose another label, or withdraw this one first.")
        return there
    private_key = new_private_key() if pin else b""
    worker = Worker(
        worker_uid=new_id("w"),
        label=label,
        name=name,
        language=language,
        public_key=public_key_of(private_key) if pin else "",
        sealed_private_key=lock_key(private_key, pin) if pin else "",
    )
    shop.keys.create_worker_key(worker.worker_uid)
    shop.catalogue.add_worker(worker)
    return worker


def require_worker(shop: Shop, label: str) -> Worker:
    """The worker whom people call by this label.

    Raises:
        UnknownThingError: There is none.
    """
    worker = shop.catalogue.find_worker(label)
    if worker is None:
        raise UnknownThingError("worker", label, "Add them with `tacit worker add LABEL`.")
    return worker
