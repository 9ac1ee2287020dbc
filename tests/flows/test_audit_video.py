"""An audit says what it found and where, and what it cannot look at it never calls clean."""

from pathlib import Path

import numpy as np
import pytest

from tacit.flows import audit_video as flow
from tacit.flows.audit_video import audit_path, audit_recording, check_audit
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.footage.audit import AuditOptions, FrameLook, Sighting
from tacit.records.errors import FacesLeftError, NothingToAuditError, RefusedError, UnknownThingError

from .conftest import N_FRAMES, RESEARCH, TRAINING

EVERY = AuditOptions(every=9)


def seen(*scores, frame=0, filled=0.0):
    """A look at a frame in which there are things of these scores."""
    return FrameLook(frame, tuple(Sighting(frame, frame / 30, one, (1.0, 2.0, 3.0, 4.0)) for one in scores), filled)


@pytest.fixture
def looks(monkeypatch):
    """What the audit will see in every video, in the place of a network; the shop and its files are real."""
    frames = []
    monkeypatch.setattr(flow, "audit_video", lambda _source, _model, _options: iter(frames))
    return frames


def test_recording_is_audited_by_leave_of_the_kernel_and_told_by_its_kept_masks(bench, models):
    bench.agree()
    bench.enrol("asha", purposes=[TRAINING])
    recording = bench.take_in("asha", "a.mp4")
    with pytest.raises(NothingToAuditError, match="was processed"):
        audit_recording(bench.shop, models, recording.recording_id, TRAINING, EVERY, bench.progress)
    bench.process()
    found = audit_recording(bench.shop, models, recording.recording_id, TRAINING, EVERY, bench.progress)
    assert (found.n_videos, found.n_frames, found.every) == (1, N_FRAMES // 9, 9)
    assert (found.frames_left, found.boxes_doubt, found.worst, found.first) == (0, 0, None, ())
    assert (found.covered_share, found.covered_share_max, found.from_masks) == (0.25, 0.25, True)
    check_audit(found)
    with pytest.raises(RefusedError, match="R1"):
        audit_recording(bench.shop, models, recording.recording_id, RESEARCH, EVERY, bench.progress)
    withdraw_consent(bench.shop, bench.contract, "asha", [], bench.progress)
    with pytest.raises(UnknownThingError):
        audit_recording(bench.shop, models, recording.recording_id, TRAINING, EVERY, bench.progress)


def test_dataset_is_audited_video_by_video(bench, models):
    bench.fill("asha", "meena")
    found = audit_path(models, bench.dataset, EVERY, bench.progress)
    assert (found.n_videos, found.n_frames, found.from_masks) == (2, 8, False)


def test_counts_are_of_frames_and_boxes_at_both_scores_and_places_name_their_video(bench, models, looks):
    bench.fill("asha", "meena")
    looks += [seen(0.9, 0.3, filled=0.5), seen(frame=1), seen(0.21, 0.22, frame=2), seen(0.5, 0.7, frame=3)]
    found = audit_path(models, bench.dataset, AuditOptions(), bench.progress)
    assert (found.frames_left, found.boxes_left) == (4, 6)
    assert (found.frames_doubt, found.boxes_doubt) == (6, 12)
    assert [place.sighting.score for place in found.first] == [0.9, 0.5, 0.7] * 2
    assert {Path(place.video).suffix for place in found.first} == {".mp4"}
    assert found.worst.sighting.score == 0.9
    assert (found.covered_share, found.covered_share_max) == (0.125, 0.5)
    with pytest.raises(FacesLeftError, match=r"4 frames of 8 .* first at 0\.00 s \(frame 0\) of videos/") as refused:
        check_audit(found)
    assert refused.value.exit_code == 4


def test_doubtful_boxes_alone_are_named_and_no_damage(bench, models, looks):
    path = bench.film("a.mp4")
    looks += [seen(), *(seen(0.2 + n / 100, frame=n) for n in range(1, 15))]
    found = audit_path(models, path, AuditOptions(), bench.progress)
    assert (found.frames_left, found.frames_doubt, len(found.first)) == (0, 14, 10)
    assert found.worst.sighting.score == pytest.approx(0.34)
    check_audit(found)


def test_what_is_no_video_is_told_as_such(bench, models, tmp_path):
    (tmp_path / "text.mp4").write_text("no video")
    for path, sentence in ((tmp_path / "text.mp4", "to its end"), (tmp_path, "a folder with a dataset")):
        with pytest.raises(NothingToAuditError, match=sentence):
            audit_path(models, path, EVERY, bench.progress)


def test_video_that_breaks_off_is_not_called_clean_for_its_beginning(bench, models, tmp_path):
    whole = bench.made[0]
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) * 2 // 3] + bytes(np.arange(200, dtype=np.uint8)) * 3)
    with pytest.raises(NothingToAuditError, match="to its end"):
        audit_path(models, tmp_path / "cut.mp4", AuditOptions(), bench.progress)
