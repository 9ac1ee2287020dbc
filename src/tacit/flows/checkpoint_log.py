"""Signs what the log is now, and lets stewards countersign it (rule R9).

A checkpoint binds the shop: a log that is later shorter or other below it is found by anyone who kept the note. What a
steward signs says more: that the whole log was checked at that moment and holds every checkpoint before.
"""

from dataclasses import replace

from tacit.flows.ports import Shop
from tacit.flows.verify_log import log_origin, steward_origin, verify_log
from tacit.records.errors import BadNoteError, FaultyLogError, UnknownStewardKeyError
from tacit.records.people import Steward
from tacit.seal.keyfile import OpenKey
from tacit.seal.notes import Checkpoint, SignedCheckpoint, cosign_checkpoint, parse_checkpoint, sign_checkpoint


def checkpoint_log(shop: Shop) -> SignedCheckpoint:
    """Sign the log as it is now; where that was done already, the same note with all its signatures.

    Raises:
        FaultyLogError: The log does not go on from the last checkpoint. Nothing was signed.
        LogDamageError: A hash is gone.
    """
    with shop.catalogue.transaction():
        size, root = shop.catalogue.log_root()
        last = find_checkpoint(shop, size)
        if last is not None:
            _check_goes_on(shop, last, size)
        if last is not None and last.checkpoint.size == size:
            return last
        checkpoint = Checkpoint(log_origin(shop), size, bytes.fromhex(root))
        note = SignedCheckpoint(checkpoint, (sign_checkpoint(checkpoint, shop.keys.public_key(), shop.keys.sign),))
        shop.catalogue.set_checkpoint(size, note.text())
    return note


def countersign_log(shop: Shop, key: OpenKey) -> SignedCheckpoint:
    """Sign the log as it is now, as the shop and as a steward, after all of it was checked.

    Other stewards' signatures stay, also those that come at the same moment.

    Args:
        key: Of the steward's opened key file.

    Raises:
        UnknownStewardKeyError: The key is of no steward of this shop.
        FaultyLogError: The log does not hold; the steward signed nothing.
    """
    steward = _require_steward(shop, key)
    checkpoint = checkpoint_log(shop).checkpoint
    verify_log(shop)  # without the write lock, for it may take long; it checks the new checkpoint too
    at_s = int(shop.clock.now().timestamp())
    line = cosign_checkpoint(checkpoint, steward_origin(steward.steward_id), key.public_key, key.sign, at_s)
    with shop.catalogue.transaction():
        note = find_checkpoint(shop, checkpoint.size)
        if note is None or note.checkpoint != checkpoint:
            raise FaultyLogError([f"the checkpoint at {checkpoint.size} was changed while it was signed"])
        others = tuple(one for one in note.signatures if (one.name, one.key_id) != (line.name, line.key_id))
        note = replace(note, signatures=(*others, line))
        shop.catalogue.set_checkpoint(checkpoint.size, note.text())
    return note


def find_checkpoint(shop: Shop, size: int) -> SignedCheckpoint | None:
    """The checkpoint of that size, or the largest one where none is; None where nothing was ever signed.

    Raises:
        FaultyLogError: What lies there is none.
    """
    notes = shop.catalogue.checkpoints()
    if not notes:
        return None
    found, text = next((one for one in notes if one[0] == size), notes[-1])
    try:
        return parse_checkpoint(text, "it")
    except BadNoteError as error:
        raise FaultyLogError([f"the checkpoint at {found}: {error.reason}"]) from error


def _check_goes_on(shop: Shop, last: SignedCheckpoint, size: int) -> None:
    """Check that the log still begins as it was signed before: a shop never signs two logs that contradict."""
    before = last.checkpoint
    if before.size > size:
        raise FaultyLogError([f"it has {size} entries, but a checkpoint of {before.size} entries was signed"])
    if shop.catalogue.log_root(before.size)[1] != before.root.hex():
        raise FaultyLogError([f"the first {before.size} entries are other ones than those that were signed"])


def _require_steward(shop: Shop, key: OpenKey) -> Steward:
    steward = next((one for one in shop.catalogue.stewards() if one.public_key == key.public_key), None)
    if steward is None or not steward.agreements:  # one that was removed signs nothing new
        raise UnknownStewardKeyError(key.public_key)
    return steward
