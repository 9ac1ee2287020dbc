"""What is viewed is clean video, by leave of the kernel."""

import io

import pytest

from tacit.flows.view_recording import view_recording
from tacit.records.errors import NothingToViewError, RefusedError, UnknownThingError

from .conftest import RESEARCH, TRAINING


def view(bench, recording_id, purpose=TRAINING, every=1):
    sink = io.BytesIO()
    view_recording(bench.shop, recording_id, purpose, every, sink, bench.progress)
    return sink.getvalue()


def test_recording_is_written_whole_or_one_picture_in_so_many(bench):
    pytest.importorskip("rerun")
    bench.agree()
    bench.enrol("asha", purposes=[TRAINING])
    recording = bench.take_in("asha", "a.mp4")
    with pytest.raises(NothingToViewError):
        view(bench, recording.recording_id)
    bench.process()
    whole, some = view(bench, recording.recording_id), view(bench, recording.recording_id, every=15)
    assert whole[:4] == some[:4] == b"RRF2"
    assert len(some) < len(whole)
    with pytest.raises(RefusedError, match="R1"):
        view(bench, recording.recording_id, RESEARCH)
    with pytest.raises(UnknownThingError):
        view(bench, "rec-none")
