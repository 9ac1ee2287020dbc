"""The contract of a unit of work: everything besides the footage itself that changes what comes out (rule D1)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tacit.footage.anonymise import AnonymiseOptions
from tacit.footage.encode import EncodeOptions
from tacit.models.manifest import MANIFEST
from tacit.motion.assemble import AssembleOptions
from tacit.motion.quality import QualityOptions
from tacit.motion.tracker import TrackerOptions
from tacit.records.marks import Mark
from tacit.records.recording import Recording
from tacit.seal.canonical import canonical_json

# Raised by hand whenever code changes what a unit of work puts out.
CONTRACT_VERSION = 2


@dataclass(frozen=True)
class Contract:
    """How footage is processed in one shop; equal contracts give equal outputs."""

    fps: int
    width: int
    height: int
    anonymise: AnonymiseOptions = field(default_factory=AnonymiseOptions)
    encode: EncodeOptions = field(default_factory=EncodeOptions)
    tracker: TrackerOptions = field(default_factory=TrackerOptions)
    assemble: AssembleOptions = field(default_factory=AssembleOptions)
    quality: QualityOptions = field(default_factory=QualityOptions)


def contract_bytes(contract: Contract, recording: Recording, marks: Sequence[Mark] = ()) -> bytes:
    """What the id of a unit of work is made from, under the shop's key. Worker counts and retries are not in it."""
    return canonical_json(
        {
            "version": CONTRACT_VERSION,
            "recording": recording.recording_id,
            "content": recording.content_mac,
            "readable_part": recording.readable_part,
            "models": {entry.name: entry.sha256 for entry in MANIFEST},
            "parameters": _exact(asdict(contract)),
            "marks": _exact([asdict(mark) for mark in marks]),
        }
    )


def _exact(value: Any) -> Any:
    """Floats as their shortest exact text, since canonical JSON knows no floats."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {key: _exact(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(part) for part in value]
    return value
