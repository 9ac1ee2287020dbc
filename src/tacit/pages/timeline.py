"""What happened when in a recording: values per frame, drawn together into few columns and runs of one state."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tacit.records.recording import Stretch

N_COLUMNS_MAX = 800  # ours: more columns than that nobody can tell apart on a page

_TICK_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_N_TICKS_MAX = 7


@dataclass(frozen=True)
class Run:
    """Columns [start, start + length) in one state, 1 or higher; state 0 is not drawn."""

    start: int
    length: int
    state: int


@dataclass(frozen=True)
class Strip:
    """One row of the timeline over `n_columns` columns."""

    n_columns: int
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Tick:
    """A mark on the time axis: where, in percent of the width, and what it says."""

    left_percent: str
    label: str


def draw_states(states: NDArray[np.uint8], n_states: int) -> Strip:
    """Draw one state per frame; a column shows the state that most of its frames are in, the higher in a tie.

    Args:
        states: (n_frames,) uint8, each below `n_states`; 0 is drawn as nothing.
        n_states: Number of states.
    """
    n_columns = min(len(states), N_COLUMNS_MAX)
    if n_columns == 0:
        return Strip(1, ())
    starts = np.arange(n_columns) * len(states) // n_columns
    counts = np.stack([np.add.reduceat(states == state, starts, dtype=np.int64) for state in range(n_states)])
    columns = n_states - 1 - np.argmax(counts[::-1], axis=0)  # (n_columns,)
    return Strip(n_columns, _find_runs(columns))


def draw_stretches(stretches: Sequence[Stretch], n_frames: int) -> Strip:
    """Draw stretches side by side in turns of state 1 and 2, so that neighbours that touch are told apart."""
    n_frames = max(n_frames, 1)
    runs = (
        Run(stretch.start_frame, stretch.end_frame - stretch.start_frame, 1 + number % 2)
        for number, stretch in enumerate(stretches)
    )
    return Strip(n_frames, tuple(runs))


def draw_ticks(duration_s: float) -> tuple[Tick, ...]:
    """Choose up to seven round moments of a recording for its time axis."""
    if duration_s <= 0:
        return ()
    step_s = next((step for step in _TICK_S if duration_s / step < _N_TICKS_MAX), _TICK_S[-1])
    moments = range(0, int(duration_s) + 1, step_s)
    return tuple(Tick(f"{100 * moment / duration_s:.2f}", write_moment(moment)) for moment in moments)


def write_moment(moment_s: int) -> str:
    """Write a moment on an axis: "45 s" below a minute, "2:05" from there on."""
    minutes, seconds = divmod(moment_s, 60)
    return f"{minutes}:{seconds:02d}" if minutes else f"{seconds} s"


def _find_runs(columns: NDArray[np.int64]) -> tuple[Run, ...]:
    """Join neighbouring columns of one state; state 0 is left out."""
    edges = np.flatnonzero(np.diff(columns)) + 1
    starts = np.concatenate(([0], edges))
    ends = np.concatenate((edges, [len(columns)]))
    return tuple(
        Run(int(start), int(end - start), int(columns[start]))
        for start, end in zip(starts, ends, strict=True)
        if columns[start]
    )
