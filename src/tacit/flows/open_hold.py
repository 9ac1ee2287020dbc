"""Opens what is kept of somebody who left, with both halves of its key: the shop's and a steward's (rules R5, R9)."""

import glob
import json
import os
import secrets
import shutil
from pathlib import Path

from tacit.flows.catalogue_port import Unseal
from tacit.flows.erase_worker import half_context
from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.records.errors import FolderThereError, RefusedError, TamperedError, UnknownThingError
from tacit.records.hold import Hold, HoldOpening
from tacit.records.oneline import require_one_line
from tacit.seal.keyfile import OpenKey

_CHUNK_BYTES = 1 << 20
ROWS = "rows.json"


def open_hold(shop: Shop, account: str, steward_id: str, key: OpenKey, reason: str, target: Path) -> HoldOpening:
    """Write what a hold keeps into a new folder, after it was put down who opened it, when and why.

    Args:
        account: Of whoever left.
        key: The steward's own key file, opened.
        reason: Why; whoever left reads it with their certificate.
        target: A folder that is not there yet. What is written into it is plaintext.

    Raises:
        UnknownThingError: There is no hold for this account.
        RefusedError: Its time is over, or the key is not one that a half was written to.
        FolderThereError: There is something at the target.
    """
    require_one_line("reason", reason)
    hold = require_hold(shop, account)
    now = shop.clock.now()
    if hold.destroyed_at is not None or hold.until <= now:
        raise RefusedError("R5", f"the hold of {account} ended on {hold.until.date()}; nothing opens it any more.")
    if not reason.strip():
        raise RefusedError("R9", "a hold is opened for a reason, and none was given. Say it with --reason.")
    unseal = shop.keys.join_halves(account, _open_half(hold, steward_id, key))
    if target.exists():
        raise FolderThereError(str(target))
    opening = HoldOpening(account, steward_id, now, reason)
    with shop.catalogue.transaction():
        shop.catalogue.add_hold_opening(opening)
        log_decision(shop, "hold-opened", account, now)
    _write_all(shop, account, unseal, target)
    return opening


def require_hold(shop: Shop, account: str) -> Hold:
    """The hold of an account.

    Raises:
        UnknownThingError: There is none.
    """
    hold = shop.catalogue.find_hold(account)
    if hold is None:
        raise UnknownThingError("hold", account, "List them with `tacit hold list`.")
    return hold


def _open_half(hold: Hold, steward_id: str, key: OpenKey) -> bytes:
    box = hold.halves.get(steward_id)
    if box is None:
        held_by = ", ".join(sorted(hold.halves))
        raise RefusedError(
            "R5", f"the steward {steward_id} has no half of the key of this hold; these have: {held_by}."
        )
    try:
        return key.open_box(bytes.fromhex(box), half_context(hold.worker_uid))
    except TamperedError as error:
        why = f"this key file does not open the half that was written to the steward {steward_id}."
        raise RefusedError("R5", why) from error


def _write_all(shop: Shop, account: str, unseal: Unseal, target: Path) -> None:
    """All of it or nothing: into a folder beside the target, which takes its name at the end."""
    beside = f".{target.name}.tacit-open-"
    for rest in target.parent.glob(f"{glob.escape(beside)}*"):  # in the clear, of an opening that was killed
        shutil.rmtree(rest, ignore_errors=True)
    draft = target.with_name(f"{beside}{secrets.token_hex(4)}")
    draft.mkdir(mode=0o700, parents=True)
    try:
        rows = shop.catalogue.held_rows(account, unseal)
        _write(draft / ROWS, json.dumps(rows, ensure_ascii=False, indent=2).encode())
        for name in shop.vault.list_held(account):
            place = draft / "objects" / name
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with shop.vault.open_held(account, name, unseal) as source:
                _write(place, b"")
                with place.open("ab") as sink:
                    while chunk := source.read(_CHUNK_BYTES):
                        sink.write(chunk)
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
