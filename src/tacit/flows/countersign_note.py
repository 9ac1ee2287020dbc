"""A steward signs a checkpoint at home, where no shop is, and the shop takes the signature in (rules R9, R12).

So the steward's PIN is never typed on a machine of the plant.
"""

import re
from dataclasses import replace
from datetime import datetime

from tacit.flows.checkpoint_log import find_checkpoint
from tacit.flows.ports import Shop
from tacit.flows.verify_log import log_origin, steward_origin
from tacit.records.errors import BadNameError, BadNoteError
from tacit.rights.agreement_file import ID_EXPECTED, ID_PATTERN
from tacit.seal.keyfile import OpenKey
from tacit.seal.notes import (
    NoteSignature,
    SignedCheckpoint,
    cosign_checkpoint,
    find_cosignature,
    is_signed,
    parse_checkpoint,
)

_KEY_PATTERN = r"[0-9a-f]{64}"


def countersign_note(
    content: bytes, name: str, shop_key: str, steward_id: str, key: OpenKey, now: datetime
) -> SignedCheckpoint:
    """Sign a checkpoint that somebody sent. Check first, with `tacit-verify`, that the log kept what you saw before.

    Args:
        content: The checkpoint. name: what to call it in a sentence, such as a path.
        shop_key: Public key of the shop (hex), from somebody the steward trusts.
        steward_id: As the shop knows the steward.
        key: Of the steward's opened key file.
        now: When.

    Raises:
        BadNameError: That is no id of a steward, or no public key.
        BadNoteError: It is no checkpoint that this shop signed.
    """
    if not re.fullmatch(ID_PATTERN, steward_id):
        raise BadNameError("steward", steward_id, ID_EXPECTED)
    if not re.fullmatch(_KEY_PATTERN, shop_key):
        raise BadNameError("public key", shop_key, "64 hex digits, as `tacit log key` shows them,")
    note = parse_checkpoint(content, name)
    if not is_signed(note, shop_key):
        raise BadNoteError(name, "the key that was named for the shop did not sign it")
    origin = steward_origin(steward_id)
    line = cosign_checkpoint(note.checkpoint, origin, key.public_key, key.sign, int(now.timestamp()))
    return _with(note, (line,))


def take_signatures(shop: Shop, content: bytes, name: str) -> SignedCheckpoint:
    """Put the stewards' signatures under a checkpoint to those that the shop has; none is lost.

    Raises:
        BadNoteError: It is no checkpoint of this shop's log as it is, or a signature under it fits no steward.
    """
    given = parse_checkpoint(content, name)
    size, stewards = given.checkpoint.size, shop.catalogue.stewards()
    if given.checkpoint.origin != log_origin(shop) or not is_signed(given, shop.keys.public_key()):
        raise BadNoteError(name, "the log of this shop did not sign it")
    keys = {steward_origin(steward.steward_id): steward.public_key for steward in stewards}
    lines = tuple(line for line in given.signatures if line.name != given.checkpoint.origin)
    for line in lines:
        if find_cosignature(given, line.name, keys.get(line.name, "")) is None:
            raise BadNoteError(name, f"the signature of {line.name} is by no steward's key")
    with shop.catalogue.transaction():
        if size > shop.catalogue.log_root()[0] or shop.catalogue.log_root(size)[1] != given.checkpoint.root.hex():
            raise BadNoteError(name, "the log here is another one below it; run `tacit log verify --kept` with it")
        there = find_checkpoint(shop, size)
        if there is None or there.checkpoint != given.checkpoint:
            there = replace(given, signatures=tuple(line for line in given.signatures if line not in lines))
        note = _with(there, lines)
        shop.catalogue.set_checkpoint(size, note.text())
    return note


def _with(note: SignedCheckpoint, lines: tuple[NoteSignature, ...]) -> SignedCheckpoint:
    """The same note with more signatures; a later one of the same key takes the place of an earlier one."""
    known = {(line.name, line.key_id): line for line in note.signatures}
    for line in lines:
        before = known.get((line.name, line.key_id))
        if (
            before is None or before.signature[:8] < line.signature[:8]
        ):  # the moment comes first, most significant first
            known[line.name, line.key_id] = line
    return replace(note, signatures=tuple(known.values()))
