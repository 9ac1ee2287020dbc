"""Reads the two notes that some phones leave beside the video and that players obey: its turn, and its true speed.

In: the text notes of an open container and of its video track. Out: quarter turns, and by how much it was slowed down.
No other note is ever read: they hold places, names and serial numbers (R3).

Source: Android's MediaRecorder.setCaptureRate (the note `com.android.capture.fps`) and the mkv files of HTC phones, as
ExoPlayer's MatroskaExtractor reads them; read November 2026.
"""

import math
from collections.abc import Mapping
from fractions import Fraction

from tacit.records.errors import UnreadableVideoError

_CAPTURE_NOTE = "com.android.capture.fps"
_HTC_TURNS = {f"htc_video_rotA-{90 * turns:03d}": turns for turns in range(4)}
_SLOW_MIN = Fraction(3, 2)
"""A film captured this many times as fast as it is shown was slowed down; below it clocks are merely uneven."""
_SLOW_MAX = 64
_WHOLE = Fraction(1, 20)
"""Rates in headers are off by some per cent, so a slowness this near to a whole number is that number ("ours")."""


def read_quarter_turns(track_notes: Mapping[str, str]) -> int:
    """Quarter turns to the right that the title of an mkv track asks for; 0 where it asks for none."""
    return _HTC_TURNS.get(track_notes.get("title", ""), 0)


def read_slowness(notes: Mapping[str, str], shown_rate: Fraction | None) -> Fraction:
    """How many times slower than life the time stamps run; 1 for all but slow motion.

    Args:
        shown_rate: Mean pictures per second by the time stamps; None where it is not known.

    Raises:
        UnreadableVideoError: It is a time lapse, which leaves most of the work out.
    """
    try:
        captured = float(notes.get(_CAPTURE_NOTE, ""))
    except ValueError:
        return Fraction(1)
    if shown_rate is None or not math.isfinite(captured) or captured <= 0:
        return Fraction(1)
    slowness = Fraction(captured) / shown_rate
    if slowness < 1 / _SLOW_MIN:
        raise UnreadableVideoError(
            f"it is a time lapse ({captured:g} pictures a second, shown as {float(shown_rate):.0f}), "
            "so most of the work is not in it",
            None,
        )
    if not _SLOW_MIN <= slowness <= _SLOW_MAX:
        return Fraction(1)
    whole = round(slowness)
    return Fraction(whole) if abs(slowness - whole) <= _WHOLE * whole else slowness
