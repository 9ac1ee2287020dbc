"""Ends a withdrawal in its certificate: fills in what is known only now, writes it in words, and signs it (rule R5)."""

import json
from collections.abc import Collection
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tacit.flows.erase_worker import change_draft, find_current
from tacit.flows.find_dataset import newest_heads
from tacit.flows.log_entry import log_decision
from tacit.flows.outbox import notify_licensees
from tacit.flows.ports import Shop
from tacit.flows.replace_datasets import Replaced, find_used
from tacit.records.certificate import Certificate, CopyOut, UsedDataset
from tacit.records.errors import UnknownThingError, UnreadableFileError
from tacit.records.ids import new_id
from tacit.records.people import Withdrawal
from tacit.seal.canonical import canonical_json
from tacit.seal.document import sign_document, verify_document
from tacit.words.catalogue import english, find_catalogue
from tacit.words.certificate_text import certificate_in_words

KIND = "tacit certificate 1"
NOT_FOUND, FOREIGN_FILE, LICENSED = "not-found", "foreign-file", "licensed"


def begin_certificate(withdrawal: Withdrawal, language: str, leaves: bool, with_originals: bool = False) -> Certificate:
    """The draft that is put down together with the withdrawal itself."""
    return Certificate(
        certificate_id=new_id("cert"),
        account=withdrawal.worker_uid,
        language=language,
        withdrawn_at=withdrawal.withdrawn_at,
        purposes=withdrawal.purposes,
        leaves=leaves,
        with_originals=with_originals,
    )


def note_replaced(shop: Shop, draft: Certificate, replaced: Replaced) -> Certificate:
    """Put down what became of one dataset, as soon as it is so."""
    version = replaced.version.version if replaced.version is not None else 0
    problem = FOREIGN_FILE if replaced.problem else ""
    if replaced.licensed:
        problem = LICENSED
    elif not replaced.found:
        problem = NOT_FOUND
    noted = UsedDataset(replaced.dataset_id, version, problem)

    def note(known: Certificate) -> Certificate:
        others = tuple(used for used in known.datasets if used.dataset_id != replaced.dataset_id)
        return replace(known, datasets=(*others, noted))

    return change_draft(shop, draft, note)


def issue_certificate(shop: Shop, draft: Certificate) -> Certificate:
    """Tell licensees, and sign; nothing about the withdrawal changes in it any more.

    The entry in the log comes first, in the same transaction, so that the certificate can say where the log stood.
    """
    with shop.catalogue.transaction():
        draft = find_current(shop, draft)
        if draft.issued_at is not None:  # another process was quicker
            return draft
        draft = replace(draft, copies=_find_copies(shop, draft), datasets=_find_datasets(shop, draft))
        now = shop.clock.now()
        log_decision(shop, "certificate", draft.account, now)
        size, root = shop.catalogue.log_root()
        draft = replace(draft, log_size=size, log_root=root, issued_at=now)
        worded = replace(draft, text=certificate_in_words(draft, find_catalogue(draft.language) or english()))
        signature = json.loads(_sign(shop, worded))["signature"]
        issued = replace(worded, signature=signature)
        shop.catalogue.set_certificate(issued)
    return issued


def certificate_document(shop: Shop, certificate: Certificate) -> bytes:
    """A certificate as the signed document that its worker keeps.

    Raises:
        AlteredDocumentError: It is not the one that was signed.
    """
    fields = {"document": _body(certificate), "key": shop.keys.public_key(), "kind": KIND}
    document = canonical_json(fields | {"signature": certificate.signature}) + b"\n"
    verify_document(document, f"The certificate {certificate.certificate_id}", KIND, [shop.keys.public_key()])
    return document


def require_certificates(shop: Shop, named: str) -> list[Certificate]:
    """The issued certificates of an account, or the one of that id; the newest last.

    Raises:
        UnknownThingError: There is none.
    """
    issued = [one for one in shop.catalogue.certificates() if one.issued_at is not None]
    found = [one for one in issued if named in (one.certificate_id, one.account)]
    if not found:
        raise UnknownThingError("certificate", named, "Name a certificate, or the account of whoever withdrew.")
    return found


def read_certificate(path: Path, keys: Collection[str]) -> dict[str, Any]:
    """What a certificate in a file says, after a check that one of these keys signed it.

    Raises:
        UnreadableFileError: The file cannot be read.
        AlteredDocumentError: It is no certificate as it was signed.
        ForeignDocumentError: Another shop signed it, or it is no certificate.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(str(path), error.strerror or "unknown") from error
    return verify_document(content, str(path), KIND, keys)


def _sign(shop: Shop, certificate: Certificate) -> bytes:
    return sign_document(KIND, _body(certificate), shop.keys.public_key(), shop.keys.sign)


def _body(certificate: Certificate) -> dict[str, Any]:
    """What is signed: all of it but the signature, and without what only a draft needs."""
    body = asdict(certificate)
    for name in ("signature", "counted", "with_originals"):
        del body[name]
    return {name: sorted(value) if name == "purposes" else value for name, value in body.items()}


def _find_datasets(shop: Shop, draft: Certificate) -> tuple[UsedDataset, ...]:
    """What was noted, and versions that were made before an interruption could note them."""
    noted = {used.dataset_id for used in draft.datasets}
    newest = newest_heads(shop.catalogue.dataset_heads())
    more = [
        UsedDataset(name, newest[name].version)
        for name in dict.fromkeys(head.dataset_id for head in find_used(shop, draft.account, draft.purposes))
        if name not in noted
        and newest[name].made_at >= draft.withdrawn_at
        and draft.account not in shop.catalogue.dataset_people(name, newest[name].version)
    ]
    return (*draft.datasets, *more)


def _find_copies(shop: Shop, draft: Certificate) -> tuple[CopyOut, ...]:
    """Copies with the worker in them that licensees hold under a running licence; each licensee is told once.

    Of a withdrawal for some purposes, those copies alone that are licensed for one of them.
    """
    used = {head.dataset_id for head in shop.catalogue.dataset_heads(draft.account)}
    copies = []
    for notice in notify_licensees(shop, used):
        granted = shop.catalogue.find_license(notice.license_id)
        is_in_it = draft.account in shop.catalogue.dataset_people(notice.dataset_id, notice.version)
        if granted is not None and is_in_it and (draft.leaves or granted.purposes & draft.purposes):
            copies.append(CopyOut(granted.license_id, granted.dataset_id, granted.valid_until, notice.notice_id))
    return tuple(copies)
