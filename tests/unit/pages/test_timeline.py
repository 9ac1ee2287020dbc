import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tacit.pages.timeline import (
    N_COLUMNS_MAX,
    Run,
    draw_states,
    draw_stretches,
    draw_ticks,
    write_moment,
)
from tacit.records.recording import Stretch

STATES = hnp.arrays(np.uint8, st.integers(0, N_COLUMNS_MAX), elements=st.integers(0, 2))


def undraw(strip, n_columns):
    columns = np.zeros(n_columns, np.uint8)
    for run in strip.runs:
        assert not columns[run.start : run.start + run.length].any()
        columns[run.start : run.start + run.length] = run.state
    return columns


@given(STATES)
def test_a_short_recording_is_drawn_frame_by_frame(states):
    assert np.array_equal(undraw(draw_states(states, 3), len(states)), states)


def test_a_column_shows_what_most_of_its_frames_are():
    states = np.tile(np.array([2, 2, 0], np.uint8), N_COLUMNS_MAX)
    assert draw_states(states, 3).runs == (Run(0, N_COLUMNS_MAX, 2),)


def test_in_a_tie_the_higher_state_is_shown():
    states = np.tile(np.array([0, 1], np.uint8), N_COLUMNS_MAX)
    assert draw_states(states, 3).runs == (Run(0, N_COLUMNS_MAX, 1),)


def test_stretches_that_touch_take_turns():
    strip = draw_stretches((Stretch(0, 30), Stretch(30, 90), Stretch(100, 110)), 120)
    assert strip.runs == (Run(0, 30, 1), Run(30, 60, 2), Run(100, 10, 1))
    assert strip.n_columns == 120


@given(st.floats(0.01, 100_000))
def test_there_are_a_few_ticks_inside_the_recording(duration_s):
    ticks = draw_ticks(duration_s)
    assert 1 <= len(ticks) <= 14
    assert all(0 <= float(tick.left_percent) <= 100 for tick in ticks)
    assert ticks[0].label == "0 s"


def test_nothing_filmed_has_no_axis():
    assert draw_ticks(0) == ()


@pytest.mark.parametrize(("moment_s", "text"), [(0, "0 s"), (59, "59 s"), (60, "1:00"), (125, "2:05"), (3600, "60:00")])
def test_moments_are_written_for_people(moment_s, text):
    assert write_moment(moment_s) == text
