"""Hands out proofs of the log as files: that an entry is in it, and that it only ever grew (rule R9).

They are checked without the shop, by `tacit-verify` or by others' tools: a proof of an entry is a C2SP tlog-proof with
the entry itself in its extra line; a proof of growth is one JSON object with two checkpoints and the hashes between.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tacit.flows.checkpoint_log import checkpoint_log
from tacit.flows.log_entry import subject_digest
from tacit.flows.ports import Shop
from tacit.flows.verify_log import log_origin
from tacit.records.errors import BadNoteError, FaultyLogError, NoSuchEntryError
from tacit.seal.canonical import canonical_json
from tacit.seal.merkle import is_consistent
from tacit.seal.notes import SignedCheckpoint, is_signed, parse_checkpoint, proof_text

GROWTH_FORM = "tacit log growth 1"


@dataclass(frozen=True)
class LogLine:
    """One entry of the log and its place."""

    index: int
    entry: dict[str, Any]


def list_log(shop: Shop, subject: str = "", start: int = 0, stop: int | None = None) -> Iterator[LogLine]:
    """Entries of the log, in order; each is checked against its hash.

    Args:
        subject: An id of anything. With that of a worker (label or account) also what is about their recordings, as
            long as the shop knows them. "" for all entries.
        start, stop: Which stretch of the log.

    Raises:
        LogDamageError: An entry is not the one that was appended.
    """
    wanted = {subject_digest(shop, one) for one in _subjects(shop, subject)} if subject else None
    for index, entry in enumerate(shop.catalogue.read_log(start, stop), start=start):
        if wanted is None or entry.get("subject") in wanted:
            yield LogLine(index, entry)


def prove_entry(shop: Shop, index: int, note: SignedCheckpoint | None = None) -> str:
    """A file that shows one entry to be in the log.

    Args:
        note: A checkpoint with the entry below it, for many proofs at once; None signs the log as it is now.

    Raises:
        NoSuchEntryError: There is no such entry.
        FaultyLogError: The log does not go on from the last checkpoint.
    """
    note = note or checkpoint_log(shop)
    size = note.checkpoint.size
    if not 0 <= index < size:
        raise NoSuchEntryError(str(index), size)
    ((_, body),) = shop.catalogue.log_bodies(index, index + 1)
    return proof_text(body.encode(), index, shop.catalogue.log_inclusion(index, size), note)


def prove_growth(shop: Shop, kept: bytes, name: str) -> bytes:
    """A file that shows the log to have kept everything since a checkpoint that somebody has.

    Args:
        kept: The older checkpoint. name: what to call it in a sentence, such as a path.

    Raises:
        BadNoteError: It is no checkpoint of this shop's log.
        FaultyLogError: The log did not keep everything.
    """
    old = parse_checkpoint(kept, name)
    if old.checkpoint.origin != log_origin(shop) or not is_signed(old, shop.keys.public_key()):
        raise BadNoteError(name, "the log of this shop did not sign it")
    new = checkpoint_log(shop)
    before, after = old.checkpoint, new.checkpoint
    if before.size > after.size:
        raise FaultyLogError([f"it has {after.size} entries, but {name} was signed over {before.size}"])
    hashes = shop.catalogue.log_consistency(before.size, after.size) if before.size else []
    if before.size and not is_consistent(before.size, after.size, before.root, after.root, hashes):
        raise FaultyLogError([f"{name} was signed over other entries than the first {before.size} here"])
    growth = {
        "form": GROWTH_FORM,
        "from": old.text(),
        "hashes": [base64.b64encode(one).decode() for one in hashes],
        "to": new.text(),
    }
    return canonical_json(growth) + b"\n"


def _subjects(shop: Shop, subject: str) -> list[str]:
    worker = shop.catalogue.find_worker(subject)
    uid = worker.worker_uid if worker is not None else subject
    recordings = [one.recording_id for one in shop.catalogue.recordings() if one.worker_uid == uid]
    return [subject, *({uid} - {subject}), *recordings]
