"""Adds a worker to the shop, with a key of their own."""

import re
from dataclasses import replace

from tacit.flows.ports import Shop
from tacit.records.errors import AlreadyThereError, BadNameError, UnknownThingError
from tacit.records.ids import new_id
from tacit.records.oneline import require_one_line
from tacit.records.people import Worker
from tacit.rights.agreement_file import ID_EXPECTED, ID_PATTERN
from tacit.seal.signatures import lock_key, new_private_key, public_key_of

LABEL_EXPECTED = f"{ID_EXPECTED}, but not of the form of an account (w-…),"
# An account stands where a label may stand once its worker is erased, so a label must not look like one.
LABEL_PATTERN = rf"(?!w-[a-z2-7]{{16}}\Z){ID_PATTERN}"


def add_worker(shop: Shop, label: str, name: str, language: str, pin: str = "") -> Worker:
    """Add a worker; the same one again is harmless.

    Args:
        label: What people type, such as "asha".
        pin: Locks the worker's own signing key; "" for a worker whose yes will only be declared.

    Raises:
        BadNameError: The label is not a short name, or looks like an account.
        ControlCharacterError: Name or language is not one plain line.
        AlreadyThereError: That label is taken by a worker of another name or language.
    """
    if not re.fullmatch(LABEL_PATTERN, label):
        raise BadNameError("worker", label, LABEL_EXPECTED)
    require_one_line("name", name)
    require_one_line("language", language)
    with shop.catalogue.transaction():
        there = shop.catalogue.find_worker(label)
        if there is None:
            return _enrol(shop, label, name, language, pin)
    if (there.name, there.language) != (name, language) or (pin and not there.public_key):
        step = f"Is it the same person? Correct the entry: tacit worker edit {label}. If not, choose another label."
        raise AlreadyThereError("worker", label, step)
    return there


def _enrol(shop: Shop, label: str, name: str, language: str, pin: str) -> Worker:
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


def edit_worker(shop: Shop, label: str, name: str, language: str) -> Worker:
    """Correct the name or language of a worker who is the same person; "" leaves one as it is.

    Raises:
        UnknownThingError: There is no such worker.
        ControlCharacterError: Name or language is not one plain line.
    """
    require_one_line("name", name)
    require_one_line("language", language)
    worker = require_worker(shop, label)
    corrected = replace(worker, name=name or worker.name, language=language or worker.language)
    shop.catalogue.replace_worker(corrected)
    return corrected


def require_worker(shop: Shop, label: str) -> Worker:
    """The worker whom people call by this label.

    Raises:
        UnknownThingError: There is none.
    """
    worker = shop.catalogue.find_worker(label)
    if worker is None:
        raise UnknownThingError("worker", label, "Add them with `tacit worker add LABEL`.")
    return worker
