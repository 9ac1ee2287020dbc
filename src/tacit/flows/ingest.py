"""Takes a video file into the shop: asks first, opens it only after a yes, and registers it (rules R1, R3, D4)."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tacit.flows.add_agreement import require_agreement
from tacit.flows.add_worker import require_worker
from tacit.flows.gate import ask
from tacit.flows.ports import Shop
from tacit.records.errors import SameFootageError, UnreadableVideoError
from tacit.records.ids import id_from_digest
from tacit.records.oneline import require_one_line
from tacit.records.permit import Action, Permit
from tacit.records.purposes import Purpose
from tacit.records.recording import Recording

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Source:
    """A video file as somebody hands it in: where it lies, whose work it shows, and what, where and when.

    readable_part: if it is damaged, take what comes before the damage.
    """

    path: Path
    label: str
    agreement_id: str
    task: str
    station: str
    started_at: datetime
    purpose: Purpose
    readable_part: bool = False


def ingest(shop: Shop, source: Source) -> Recording:
    """Register a video file; the same file of the same worker again is harmless.

    The file stays where it is: the shop keeps its place and a keyed digest, never a copy with faces in it.

    Raises:
        ControlCharacterError: Task or station is not one plain line.
        RefusedError: No valid consent; the file was not opened.
        UnreadableVideoError: The file is no video that can be read.
        SameFootageError: Another worker handed in the same footage before.
    """
    require_one_line("task", source.task)
    require_one_line("station", source.station)
    worker = require_worker(shop, source.label)
    require_agreement(shop, source.agreement_id)
    unopened = Recording(
        recording_id="",
        worker_uid=worker.worker_uid,
        agreement_id=source.agreement_id,
        source_path=str(source.path.absolute()),
        content_mac="",
        task=source.task,
        station=source.station,
        started_at=source.started_at,
        position=-1,
        readable_part=source.readable_part,
    )
    permit = ask(shop, Action.DERIVE, source.purpose, unopened)
    shop.prober.probe(source.path)
    content_mac = compute_content_mac(shop, permit, source.path)
    digest = shop.keys.mac("recording-id", f"{worker.worker_uid} {content_mac}".encode())
    recording = replace(
        unopened,
        recording_id=id_from_digest("rec", digest),
        content_mac=content_mac,
        agreement_digest=permit.agreement_digest,
    )
    with shop.catalogue.transaction():
        owner = shop.catalogue.find_content_owner(content_mac)  # also of who left: their film is nobody else's now
        if owner is not None and owner != worker.worker_uid:
            raise SameFootageError(source.path.name)
        return shop.catalogue.add_recording(recording)


def compute_content_mac(shop: Shop, permit: Permit, path: Path) -> str:
    """Keyed digest of a file's content (hex); the permit shows that the file may be opened at all.

    Raises:
        UnreadableVideoError: The file cannot be read to its end.
    """
    if permit.action is not Action.DERIVE:
        raise ValueError(permit.action)
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise UnreadableVideoError(f"its bytes cannot be read ({error.strerror})", None) from error
    return shop.keys.mac("content", digest.digest()).hex()
