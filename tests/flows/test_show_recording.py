"""A recording's page says what became of it, and which rule holds it back."""

import pytest

from tacit.flows.show_recording import show_recording
from tacit.records.errors import RefusedError, UnknownThingError

from .conftest import RESEARCH, TRAINING


@pytest.fixture
def processed(bench):
    bench.agree()
    bench.enrol("asha", purposes=[TRAINING])
    recording = bench.take_in("asha", "a.mp4")
    bench.process()
    return bench, recording


def test_held_recording_names_its_rule_once_until_it_is_released(processed):
    bench, recording = processed
    page = show_recording(bench.shop, recording.recording_id, TRAINING)
    assert page.count("R4") == page.count("rule R4") == 1
    bench.release(recording)
    released = show_recording(bench.shop, recording.recording_id, TRAINING)
    assert "R4" not in released
    assert "Released by its worker" in released


def test_page_is_for_a_purpose_that_the_worker_said_yes_to(processed):
    bench, recording = processed
    with pytest.raises(RefusedError, match="did not consent to research"):
        show_recording(bench.shop, recording.recording_id, RESEARCH)
    with pytest.raises(UnknownThingError):
        show_recording(bench.shop, "rec-none", TRAINING)
