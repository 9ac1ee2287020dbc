"""The number and the day that a dataset bears where the plant can read them (rule R7).

The shop counts every version. In the dataset's own files that would tell who left: the version after a withdrawal would
bear the next number and a later day. So they bear what they would if the recordings that are in it now had been the
only ones ever: versions that differ only in what is gone count as one. A number is therefore no name of a content;
the digest is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tacit.records.dataset import DatasetVersion, EpisodeLine


@dataclass(frozen=True)
class Edition:
    """Number, from 1 on, and day of what is in a dataset now."""

    number: int
    made_on: date


def find_edition(
    before: Sequence[DatasetVersion], lines: Sequence[EpisodeLine], inputs_mac: str, made_at: datetime
) -> Edition:
    """The edition of a version that is about to be made.

    Args:
        before: All versions of the same dataset so far, in the order made.
        lines: The episodes of the new one. inputs_mac: keyed digest of all that goes into it. made_at: now.
    """
    recordings = {line.recording_id for line in lines}
    steps = [
        (_only(version.episodes, recordings), version.episodes, version.inputs_mac, version.made_at)
        for version in before
    ]
    steps.append((_only(lines, recordings), tuple(lines), inputs_mac, made_at))
    number, since = 0, made_at
    last: tuple[list[tuple[object, ...]], Sequence[EpisodeLine], str] = ([], (), "")
    for kept, whole, mac, at in steps:
        # The same episodes of the same people made in another way are another edition; nobody came or went.
        is_made_anew = list(whole) == list(last[1]) and mac != last[2]
        if kept and (kept != last[0] or is_made_anew):
            number, since = number + 1, at
        last = (kept or last[0], whole, mac)
    return Edition(number, since.date())


def _only(lines: Sequence[EpisodeLine], recordings: set[str]) -> list[tuple[object, ...]]:
    """Episodes of some recordings, without their numbers, which count the others too."""
    return [
        (line.recording_id, line.consent_id, line.start_frame, line.end_frame, line.accepted_ms)
        for line in lines
        if line.recording_id in recordings
    ]
