"""Writes the clean video of a recording as an ordinary film file, for its worker to look at (rule R4)."""

import os
import secrets
import struct
from pathlib import Path

from tacit.flows.apply_cuts import apply_cuts
from tacit.flows.contract import Contract
from tacit.flows.find_cuts import has_open_cuts
from tacit.flows.find_recording import require_recording
from tacit.flows.gate import ask
from tacit.flows.ports import Shop
from tacit.footage.remux import remux_stretch
from tacit.pages.page_file import require_film_place
from tacit.records.errors import NothingToViewError
from tacit.records.permit import Action
from tacit.records.purposes import Purpose

_NOTE = b"tacit preview"
FILM_END = struct.pack(">I4s", 8 + len(_NOTE), b"free") + _NOTE
"""Ends every film that we write to look at: a box that players skip, by which we know our own."""


def preview_recording(shop: Shop, contract: Contract, recording_id: str, target: Path) -> None:
    """Write the anonymised film of a recording, whole or not at all, with what was cut erased and nothing added.

    The worker may always look at their own footage. The file is in the clear, and the shop knows nothing more of it.

    Raises:
        UnknownThingError: There is no such recording.
        RefusedError: It was not filmed with its worker's yes.
        NothingToViewError: It has no clean video.
        ForeignPageError: Something is at the target that we did not make.
        NoPageFolderError: The folder is not there.
    """
    recording = require_recording(shop, recording_id)
    permit = ask(shop, Action.REVIEW, Purpose.WORKER_OWN_USE, recording)
    outcome = shop.catalogue.find_outcome(recording_id)
    if outcome is None or not outcome.video_key:
        raise NothingToViewError(recording_id)
    if has_open_cuts(shop, outcome):
        outcome = apply_cuts(shop, contract, recording)
    require_film_place(target, FILM_END)
    path = target.resolve()
    unfinished = path.with_name(f".{path.name[:200]}.tacit-new-{secrets.token_hex(4)}")
    try:
        unfinished.touch()  # a place where nothing can be written is told as that, and not as damage to the video
        with shop.vault.open(permit, outcome.video_key) as video:
            remux_stretch(video, 0, outcome.n_frames, outcome.fps, unfinished)
        with unfinished.open("ab") as file:
            file.write(FILM_END)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
