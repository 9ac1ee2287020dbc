"""Processing: what is committed is not done again, a bad file is a row with a reason, and nothing halfway stays."""

import io
from contextlib import contextmanager
from dataclasses import replace

import av
import numpy as np
import pytest

from tacit.flows.audit_video import audit_recording
from tacit.flows.contract import Contract, contract_bytes
from tacit.flows.ingest import ingest
from tacit.flows.list_recordings import list_recordings
from tacit.flows.mark_recording import Box, mark_recording
from tacit.flows.ports import JobEnd
from tacit.flows.process import process
from tacit.flows.process_unit import Inputs, compute_unit_id, process_unit
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.footage.audit import AuditOptions, audit_video
from tacit.footage.clean import count_frames
from tacit.footage.maskfile import load_masks
from tacit.models.manifest import FACE_DETECTION
from tacit.models.store import ModelStore
from tacit.motion.quality import QualityOptions
from tacit.motion.trackfile import load_track, save_track
from tacit.records.errors import (
    DamageError,
    ErasedError,
    FootageChangedError,
    ModelMissingError,
    ObjectStoreError,
    UnverifiedOutputError,
)
from tacit.records.hands import HandTrack
from tacit.workshop.film import FilmOptions, film

from .conftest import FPS, HEIGHT, RESEARCH, TRAINING, WIDTH, make_job


def test_committed_work_is_not_done_again(bench):
    recordings = bench.fill("asha", "meena")
    assert bench.engine.worked == [recording.recording_id for recording in recordings.values()]
    ends = bench.process()
    assert not any(end.is_new for end in ends)
    assert len(bench.engine.worked) == 2
    assert [end.outcome for end in ends] == [bench.catalogue.find_outcome(end.recording.recording_id) for end in ends]


def test_recording_named_twice_is_processed_once(bench):
    bench.agree()
    bench.enrol("asha")
    recording = bench.take_in("asha", "a.mp4")
    ends = process(bench.shop, bench.engine, bench.contract, make_job, TRAINING, [recording, recording], bench.progress)
    assert bench.engine.worked == [recording.recording_id]
    assert ends[0].is_new
    assert ends[0] == ends[1]
    assert ends[0].outcome.usable


def test_consent_that_was_withdrawn_meanwhile_is_a_refusal_and_no_job(bench):
    bench.agree()
    bench.enrol("asha", purposes=[RESEARCH])
    bench.say_yes("asha", purposes=[TRAINING])
    recording = bench.take_in("asha", "a.mp4")
    (end,) = bench.process(RESEARCH)
    assert end.refusal is None
    bench.contract = replace(bench.contract, fps=15)
    withdraw_consent(bench.shop, bench.contract, "asha", [TRAINING], bench.progress)
    (end,) = bench.process()
    assert (end.outcome, end.refusal.rule) == (None, "R1")
    assert bench.engine.worked == [recording.recording_id]


def test_every_parameter_that_changes_output_changes_the_unit_and_nothing_else_does(bench):
    bench.agree()
    bench.enrol("asha")
    recording = bench.take_in("asha", "a.mp4")
    unit = compute_unit_id(bench.shop, bench.contract, recording)
    others = [
        Contract(FPS, WIDTH, HEIGHT + 2),
        Contract(25, WIDTH, HEIGHT),
        Contract(FPS, WIDTH, HEIGHT, quality=QualityOptions(gap_s_max=1.5)),
    ]
    assert len({unit, *(compute_unit_id(bench.shop, other, recording) for other in others)}) == 4
    moved = replace(recording, source_path="/elsewhere/a.mp4", position=7, task="another")
    assert contract_bytes(bench.contract, moved) == contract_bytes(bench.contract, recording)


def test_one_bad_job_takes_no_other_with_it(bench):
    bench.agree()
    bench.enrol("asha")
    names = ["a", "b", "c", "d"]
    recordings = {name: bench.take_in("asha", f"{name}.mp4") for name in names}
    errors = {
        "a": FootageChangedError("a.mp4"),
        "b": ZeroDivisionError("secret words of a file"),
        "c": ErasedError("w-1"),
    }

    def work(recording, permit):
        name = next(name for name in names if recordings[name] == recording)
        if name in errors:
            raise errors[name]
        return bench.put_down(recording, permit)

    bench.engine.work = work
    a, b, c, d = bench.process()
    assert "was changed since it was taken in" in a.problem
    assert b.problem == "Processing broke on this file (ZeroDivisionError); that is a defect of tacit."
    assert c.refusal.rule == "R5"
    assert d.outcome.usable


def test_machine_in_the_way_is_raised_after_all_others_are_done_and_kept(bench):
    bench.agree()
    bench.enrol("asha")
    first, second = bench.take_in("asha", "a.mp4"), bench.take_in("asha", "b.mp4")

    def work(recording, permit):
        if recording == first:
            raise ObjectStoreError("write", "No space left on device")
        return bench.put_down(recording, permit)

    bench.engine.work = work
    with pytest.raises(ObjectStoreError):
        bench.process()
    assert bench.catalogue.find_outcome(first.recording_id) is None
    assert bench.catalogue.find_outcome(second.recording_id).usable
    bench.engine.work = bench.put_down
    assert all(end.outcome.usable for end in bench.process())
    assert bench.engine.worked == [first.recording_id, second.recording_id, first.recording_id]


def test_job_that_was_lost_every_time_is_a_row_with_the_reason(bench):
    bench.agree()
    bench.enrol("asha")
    bench.take_in("asha", "a.mp4")

    class Losing:
        def run(self, jobs, _progress):
            for job in jobs:
                yield JobEnd(job, None, None, "its process ended with -9")

    bench.engine = Losing()
    (end,) = bench.process()
    assert end.outcome is None
    assert "its process ended with -9" in end.problem


def test_what_killed_attempts_left_is_swept_once_the_unit_is_committed(bench, objects):
    bench.agree()
    bench.enrol("asha")
    recording = bench.take_in("asha", "a.mp4")
    unit = compute_unit_id(bench.shop, bench.contract, recording)
    with bench.shop.vault.create(bench.permit("asha"), f"{unit}/try-killed/video.mp4") as sink:
        sink.write(b"half a video")
    bench.process()
    assert [name.split("/")[2:] for name in objects.list(bench.uid("asha"))] == [
        ["commit"],
        ["try-1", "masks"],
        ["try-1", "track"],
        ["try-1", "video.mp4"],
    ]


@pytest.fixture(scope="session")
def filmed(tmp_path_factory):
    """A second and a half of synthetic work: small, and hands are found in it."""
    path = tmp_path_factory.mktemp("film") / "work.mp4"
    film(path, FilmOptions(seconds=1.5, width=320, height=240, seed=7))
    return path


@pytest.fixture
def real(bench, models, filmed):
    """A shop whose engine works with the real networks, and a recording of that film."""
    bench.contract = Contract(30, 320, 240)
    reports = []

    def work(recording, permit):
        return process_unit(bench.shop, Inputs(recording, permit, bench.contract, models), reports.append)

    bench.engine.work, bench.reports = work, reports
    bench.agree()
    bench.enrol("asha")
    path = bench.folder / "asha.mp4"
    path.write_bytes(filmed.read_bytes())
    return bench, path


def test_real_unit_of_work_ends_in_sealed_video_and_track_that_read_back(real, objects):
    bench, path = real
    recording = ingest(bench.shop, bench.source(path, "asha"))
    (end,) = bench.process()
    outcome = end.outcome
    assert (outcome.readable, outcome.usable, outcome.n_frames, outcome.reason) == (True, True, 45, "")
    assert outcome.hands_fraction > 0.9
    assert outcome.faces_frames == 0
    assert outcome.cpu_ms > 0
    assert bench.reports == pytest.approx([(k + 1) / 30 for k in range(45)])
    with bench.shop.vault.open(bench.permit("asha"), outcome.video_key) as video:
        assert count_frames(video) == 45
    with bench.shop.vault.open(bench.permit("asha"), outcome.track_key) as file:
        assert load_track(file).n_frames == 45
    with bench.shop.vault.open(bench.permit("asha"), outcome.masks_key) as file:
        masks = load_masks(file)
    assert (masks.width, masks.height, masks.n_frames) == (320, 240, 45)
    assert outcome.covered_share == masks.shares().mean() == 0
    assert not [name for name in objects.list() if b"ftyp" in objects.find(name)[:64]]  # nothing lies in the clear
    inputs = Inputs(recording, bench.permit("asha"), bench.contract, None)  # no model is needed for what is done
    assert process_unit(bench.shop, inputs, bench.reports.append) == outcome


def test_file_that_changed_since_ingest_is_not_processed(real):
    bench, path = real
    ingest(bench.shop, bench.source(path, "asha"))
    path.write_bytes(bench.video)
    (end,) = bench.process()
    assert end.outcome is None
    assert "was changed since it was taken in" in end.problem
    path.unlink()
    (end,) = bench.process()
    assert "is gone" in end.problem


def test_file_that_breaks_off_is_a_committed_row_with_its_reason(real, filmed):
    bench, path = real
    whole = filmed.read_bytes()
    at = whole.index(b"mdat") + 8000
    path.write_bytes(whole[:at] + b"\xff" * 40_000 + whole[at + 40_000 :])  # damaged inside, its index is whole
    ingest(bench.shop, bench.source(path, "asha"))
    (end,) = bench.process()
    assert (end.outcome.readable, end.outcome.usable) == (False, False)
    assert end.outcome.reason.startswith("The video cannot be read: ")
    assert "Copy it from the camera once more, or film the work again" in end.outcome.reason
    bench.process()
    assert len(bench.engine.worked) == 1


def test_readable_part_is_taken_when_asked_for_and_the_row_says_so(real, filmed):
    bench, path = real
    whole = filmed.read_bytes()
    at = whole.index(b"mdat") + (len(whole) - whole.index(b"mdat")) // 2
    path.write_bytes(whole[:at] + bytes(2000) + whole[at + 2000 :])
    refused = ingest(bench.shop, bench.source(path, "asha"))
    (end,) = bench.process()
    assert not end.outcome.readable
    assert "--readable-part" in end.outcome.reason
    taken = ingest(bench.shop, replace(bench.source(path, "asha"), readable_part=True))
    assert taken.recording_id == refused.recording_id
    (end,) = bench.process()
    assert end.outcome.readable
    assert 10 < end.outcome.n_frames < 45
    assert end.outcome.filmed_ms == end.outcome.n_frames * 1000 // 30
    read_s = end.outcome.n_frames / 30
    assert end.outcome.reason.startswith(f"Only its first {read_s:.1f} s could be read and were taken in, as asked: ")
    (listed,) = list_recordings(bench.shop)
    assert listed.outcome == end.outcome
    mark_recording(bench.shop, taken.recording_id, TRAINING, Box(read_s - 0.01, 20.0, 20.0, 48.0, 32.0))
    (marked,) = bench.process()
    assert (marked.outcome.readable, marked.outcome.n_frames) == (True, end.outcome.n_frames)


def test_bars_beside_an_upright_picture_do_not_make_it_dark(real):
    bench, path = real
    dim = np.full((240 * 3 // 2, 64), 128, np.uint8)
    dim[:240] = 40
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 240, "yuv420p"
        for _ in range(36):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(dim, format="yuv420p")))
        container.mux(stream.encode())
    ingest(bench.shop, bench.source(path, "asha"))
    (end,) = bench.process()
    assert end.outcome.reason == "No hands of the worker were found in it."


def test_what_a_reviewer_marked_is_covered_in_every_frame_of_the_next_unit(real, models):
    bench, path = real
    recording = ingest(bench.shop, bench.source(path, "asha"))
    bench.process()
    mark_recording(bench.shop, recording.recording_id, TRAINING, Box(0.5, 20.0, 20.0, 48.0, 32.0))
    (end,) = bench.process()
    assert (end.is_new, end.outcome.faces_frames, len(end.outcome.marks)) == (True, 45, 1)
    assert end.outcome.covered_share > 48 * 32 / (320 * 240)
    found = audit_recording(
        bench.shop, models, recording.recording_id, TRAINING, AuditOptions(every=15), bench.progress
    )
    assert found.from_masks
    assert found.covered_share == pytest.approx(end.outcome.covered_share)
    with bench.shop.vault.open(bench.permit("asha"), end.outcome.video_key) as video:
        looks = list(audit_video(video, models.path(FACE_DETECTION), AuditOptions(every=22)))
    assert all(look.filled_share > 0.01 for look in looks)  # and the pixels say so too


def test_missing_model_stops_with_what_to_do_and_commits_nothing(real, objects, tmp_path):
    bench, path = real
    recording = ingest(bench.shop, bench.source(path, "asha"))
    empty = ModelStore(tmp_path / "no-models")
    inputs = Inputs(recording, bench.permit("asha"), bench.contract, empty)
    with pytest.raises(ModelMissingError, match="tacit models fetch"):
        process_unit(bench.shop, inputs, bench.reports.append)
    assert objects.list() == []


class SpoilingVault:
    """A vault in which what a unit of work wrote is spoilt as soon as it is written: `spoil` gets each object's name.

    shorter: bytes that take the place of every hand track, where there are any.
    """

    def __init__(self, vault, spoil, shorter=b""):
        self._vault, self._spoil, self._shorter = vault, spoil, shorter

    def __getattr__(self, name):
        return getattr(self._vault, name)

    @contextmanager
    def create(self, permit, name):
        with self._vault.create(permit, name) as sink:
            if self._shorter and name.endswith("/track"):
                yield io.BytesIO()
                sink.write(self._shorter)
            else:
                yield sink
        self._spoil(f"{permit.worker_uid}/{name}")


def spoiling(bench, spoil=lambda _name: None, shorter=b""):
    """The inputs of a unit of work, and a shop whose vault spoils what it writes."""
    return replace(bench.shop, vault=SpoilingVault(bench.shop.vault, spoil, shorter))


@pytest.mark.parametrize("spoilt", ["video.mp4", "track", "masks"])
def test_output_that_was_damaged_on_its_way_is_not_committed(real, objects, models, spoilt):
    bench, path = real
    recording = ingest(bench.shop, bench.source(path, "asha"))

    def flip_last_bit(name):
        if name.endswith(f"/{spoilt}"):
            content = objects.find(name)
            objects.delete(name)
            objects.create(name, content[:-1] + bytes([content[-1] ^ 1]))

    inputs = Inputs(recording, bench.permit("asha"), bench.contract, models)
    with pytest.raises(DamageError):
        process_unit(spoiling(bench, flip_last_bit), inputs, bench.reports.append)
    assert list(bench.shop.vault.committed()) == []


def test_output_that_lost_frames_is_not_committed(real, models):
    bench, path = real
    recording = ingest(bench.shop, bench.source(path, "asha"))
    whole = load_track(io.BytesIO(bench.made[1]))
    arrays = (whole.px, whole.xyz, whole.seen, whole.sigma_m, whole.n_hands)
    short = HandTrack(whole.fps, *(array[:44] for array in arrays))
    sink = io.BytesIO()
    save_track(short, sink)
    inputs = Inputs(recording, bench.permit("asha"), bench.contract, models)
    with pytest.raises(UnverifiedOutputError, match="44"):
        process_unit(spoiling(bench, shorter=sink.getvalue()), inputs, bench.reports.append)
    assert list(bench.shop.vault.committed()) == []
