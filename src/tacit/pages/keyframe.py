"""A key frame with the hands drawn on it: a picture, and lines and joints in the picture's own pixels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tacit.pages.templating import jpeg_uri
from tacit.records.hands import LEFT, RIGHT

# Chains of landmarks that are drawn as one line each: five fingers from the wrist, and the knuckles.
CHAINS = ((0, 1, 2, 3, 4), (0, 5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 15, 16), (0, 17, 18, 19, 20), (5, 9, 13, 17))


@dataclass(frozen=True)
class KeyFrame:
    """One anonymised frame to look at.

    at_s: seconds from the start of the recording.
    jpeg: the picture. width, height: its pixels.
    px: (2, 21, 2) float32, pixels of this picture, left hand first, NaN where not seen.
    """

    at_s: float
    jpeg: bytes
    width: int
    height: int
    px: NDArray[np.float32]


@dataclass(frozen=True)
class DrawnHand:
    """One hand as SVG: `side` is "left" or "right", `bones` the data of a path, `joints` the places of 21 marks."""

    side: str
    bones: str
    joints: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DrawnFrame:
    """A key frame ready for the template: `unit` is the width of a line in pixels of the picture."""

    at: str
    uri: str
    width: int
    height: int
    unit: float
    hands: tuple[DrawnHand, ...]
    description: str


def draw_frame(frame: KeyFrame) -> DrawnFrame:
    """Draw the hands that were seen in a key frame."""
    hands = tuple(
        _draw_hand(side, frame.px[index])
        for index, side in ((LEFT, "left"), (RIGHT, "right"))
        if bool(np.isfinite(frame.px[index]).all())
    )
    seen = " and ".join(f"the {hand.side} hand" for hand in hands) or "no hand"
    return DrawnFrame(
        at=f"{frame.at_s:.1f} s",
        uri=jpeg_uri(frame.jpeg),
        width=frame.width,
        height=frame.height,
        unit=max(frame.width, frame.height) / 320,
        hands=hands,
        description=f"Frame at {frame.at_s:.1f} s with {seen} drawn on it",
    )


def _draw_hand(side: str, points: NDArray[np.float32]) -> DrawnHand:
    """Turn 21 landmarks into lines and marks, to a tenth of a pixel."""
    joints = tuple((f"{u:.1f}", f"{v:.1f}") for u, v in points)
    bones = "".join("M" + "L".join(f"{joints[index][0]} {joints[index][1]}" for index in chain) for chain in CHAINS)
    return DrawnHand(side, bones, joints)
