"""Films as they were handed in: plaintext outside the shop, which it knows of and destroys on request (rule D5)."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from tacit.flows.add_agreement import require_bound
from tacit.flows.gate import ask_each
from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.records.permit import Action, Permit
from tacit.records.purposes import Purpose
from tacit.records.recording import Recording

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Original:
    """A film that is still where it was handed in.

    filmed_at: its age counts from then. days_max: how long the agreement lets the plant keep it.
    """

    recording_id: str
    worker_uid: str
    path: str
    filmed_at: datetime
    days_max: int

    def days_old(self, at: datetime) -> int:
        """Whole days since it was filmed."""
        return max((at - self.filmed_at).days, 0)

    def is_over(self, at: datetime) -> bool:
        """True where it lies there for longer than the agreement allows."""
        return self.days_old(at) > self.days_max


def find_originals(shop: Shop, worker_uid: str = "") -> list[Original]:
    """Every film that is still in its place, of one worker or of all; none is opened."""
    days: dict[tuple[str, str], int] = {}
    found = []
    for recording in shop.catalogue.recordings(worker_uid):
        if not Path(recording.source_path).is_file():
            continue
        bound = (recording.agreement_id, recording.agreement_digest)
        if bound not in days:
            days[bound] = require_bound(shop, *bound).raw_retention_days
        found.append(
            Original(
                recording_id=recording.recording_id,
                worker_uid=recording.worker_uid,
                path=recording.source_path,
                filmed_at=recording.started_at,
                days_max=days[bound],
            )
        )
    return found


def find_changed(shop: Shop, films: Iterable[Original]) -> frozenset[str]:
    """Ids of the recordings whose file is another one by now; every file is read to its end."""
    changed = set()
    for film, recording in _permitted(shop, films):
        try:
            with Path(film.path).open("rb") as file:
                fits = _content_mac(shop, file) == recording.content_mac
        except OSError:
            fits = False
        if not fits:
            changed.add(film.recording_id)
    return frozenset(changed)


def destroy_originals(shop: Shop, films: Iterable[Original]) -> list[Original]:
    """Overwrite and remove films, where they still are what was handed in; returns those that are gone.

    A file with another content is somebody else's and is left alone, as is one that may not be written. Media that
    write elsewhere than they are told (flash, copy-on-write) may keep the old bytes for a while.
    """
    gone = []
    for film, recording in _permitted(shop, films):
        if _destroy(shop, Path(film.path), recording.content_mac):
            log_decision(shop, "original-destroyed", film.recording_id)
            gone.append(film)
    return gone


def _permitted(shop: Shop, films: Iterable[Original]) -> list[tuple[Original, Recording]]:
    """Those whose file may be opened: whoever was filmed with their yes may have their own films seen to."""
    known = [(film, shop.catalogue.find_recording(film.recording_id)) for film in films]
    there = [(film, recording) for film, recording in known if recording is not None]
    answers = ask_each(shop, Action.REVIEW, Purpose.WORKER_OWN_USE, [recording for _, recording in there])
    return [pair for pair, answer in zip(there, answers, strict=True) if isinstance(answer, Permit)]


def _destroy(shop: Shop, path: Path, content_mac: str) -> bool:
    try:
        film = path.resolve(strict=True)
        with film.open("r+b") as file:
            if _content_mac(shop, file) != content_mac:
                return False
            _overwrite(file)
        film.unlink()
        if path.is_symlink():
            path.unlink()
        _flush_folder(film.parent)
    except OSError:
        return False
    return True


def _content_mac(shop: Shop, file: BinaryIO) -> str:
    """As a recording's `content_mac` is computed when it is taken in."""
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
    return shop.keys.mac("content", digest.digest()).hex()


def _overwrite(file: BinaryIO) -> None:
    left = file.seek(0, os.SEEK_END)
    file.seek(0)
    while left > 0:
        left -= file.write(secrets.token_bytes(min(left, _CHUNK_BYTES)))
    file.flush()
    os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
