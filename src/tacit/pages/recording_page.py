"""A recording as a page: what became of it, key frames with the hands drawn on them, and quality over time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tacit.pages.keyframe import KeyFrame, draw_frame
from tacit.pages.templating import render_template
from tacit.pages.timeline import Strip, draw_states, draw_stretches, draw_ticks
from tacit.records.recording import Outcome, Status

_MEANINGS = {
    Status.NEW: "Taken in and not processed yet.",
    Status.ACCEPTED: "Released by its worker, and usable: each stretch of it is an episode of a dataset.",
    Status.HELD: "Processed, and kept inside the shop. Its worker has not released it; saying nothing is no release.",
    Status.REFUSED: "No valid yes of its worker covers it. The file was not opened.",
    Status.REJECTED: "It could be read, but nothing in it can be used.",
    Status.FAILED: "It could not be read.",
}


@dataclass(frozen=True)
class RecordingView:
    """What a recording's page shows. The only word about a person is what the caller puts into `label`.

    label: the heading, such as a recording's id. task: what was done, or "".
    rule, reason: of a status that says no, such as "R4"; "" otherwise.
    outcome: what processing found; None where nothing was processed.
    seen: (n_frames, 2) float32, left hand first; 1 seen, 0.5 bridged, 0 not seen; no rows where there is no track.
    key_frames: a few anonymised frames in the order filmed.
    covered: (n_frames,) float64; part of the picture's area that was covered; no rows where nobody kept it.
    """

    label: str
    task: str
    status: Status
    rule: str
    reason: str
    outcome: Outcome | None
    seen: NDArray[np.float32]
    key_frames: tuple[KeyFrame, ...]
    covered: NDArray[np.float64]


@dataclass(frozen=True)
class _Row:
    """One row of the timeline: its name, its figure, its look (a class of the style sheet) and its strip."""

    name: str
    figure: str
    look: str
    strip: Strip


def render_recording(view: RecordingView) -> str:
    """Write the page of a recording: one HTML file that needs nothing but itself."""
    outcome = view.outcome
    duration_s = outcome.filmed_ms / 1000 if outcome else 0.0
    rows = _rows(view, outcome) if outcome and outcome.n_frames else ()
    return render_template(
        "recording.html",
        view=view,
        outcome=outcome,
        meaning=_MEANINGS[view.status],
        figures=_figures(outcome) if outcome and outcome.readable else (),
        frames=[draw_frame(frame) for frame in view.key_frames],
        rows=rows,
        ticks=draw_ticks(duration_s),
        marks=[f"{100 * frame.at_s / duration_s:.2f}" for frame in view.key_frames] if duration_s else [],
    )


def _figures(outcome: Outcome) -> tuple[tuple[str, str, str], ...]:
    """The plain figures of a recording: value, name, and what it means."""
    covered = f"{outcome.faces_frames:,}"
    what = "faces and what a reviewer marked were covered" if outcome.marks else "every face in them was covered"
    episodes = f"{len(outcome.stretches):,}"
    return (
        (_seconds(outcome.filmed_ms), "filmed", f"{outcome.n_frames:,} frames, {outcome.fps} a second"),
        (_percent(outcome.hands_fraction), "with a hand", "frames in which at least one hand was found, anyone's"),
        (_percent(outcome.two_hands_fraction), "with two hands", "frames in which two or more hands were found"),
        (episodes, "episode" if episodes == "1" else "episodes", "stretches in which the wearer's hands are at work"),
        (
            _seconds(outcome.accepted_ms),
            "accepted",
            f"inside those stretches; {_seconds(outcome.payable_ms)} count for pay",
        ),
        (covered, "frame with a face" if covered == "1" else "frames with a face", what),
    )


def _rows(view: RecordingView, outcome: Outcome) -> tuple[_Row, ...]:
    """The rows of the timeline that there is something known for."""
    rows = []
    for index, name in enumerate(("left", "right")):
        if len(view.seen):
            states = np.round(2 * view.seen[:, index]).astype(np.uint8)  # 0 not seen, 1 bridged, 2 seen
            figure = f"seen in {_percent(float(np.mean(states == 2)))} of frames"
            rows.append(_Row(f"{name.capitalize()} hand", figure, name, draw_states(states, 3)))
    figure = f"{_seconds(outcome.accepted_ms)} of {_seconds(outcome.filmed_ms)}"
    rows.append(_Row("Episodes", figure, "episodes", draw_stretches(outcome.stretches, outcome.n_frames)))
    if len(view.covered):
        figure = (
            f"{_percent(float(view.covered.mean()))} of the picture, {_percent(float(view.covered.max()))} at worst"
        )
        rows.append(_Row("Covered", figure, "covered", draw_states((view.covered > 0).astype(np.uint8), 2)))
    return tuple(rows)


def _seconds(duration_ms: int) -> str:
    """Seconds to a tenth."""
    return f"{duration_ms / 1000:,.1f} s"


def _percent(fraction: float) -> str:
    """A part of the whole in percent; "under 1 %" rather than a nought that is none."""
    if 0 < fraction < 0.01:
        return "under 1 %"
    if 0.99 < fraction < 1:
        return "over 99 %"
    return f"{100 * fraction:.0f} %"
