"""A reviewer's box: from the moment it is drawn, nothing that shows what it marks goes any further."""

from dataclasses import replace
from pathlib import Path

import pytest

from tacit.flows.find_marks import find_marks
from tacit.flows.list_recordings import list_recordings
from tacit.flows.mark_recording import Box, list_marks, mark_recording, unmark_recording
from tacit.flows.process_unit import compute_unit_id, process_unit
from tacit.flows.recover import recover
from tacit.flows.show_recording import show_recording
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.records.errors import (
    BadMarkError,
    BuildOvertakenError,
    ControlCharacterError,
    MarkedDatasetError,
    NothingToMarkError,
    RefusedError,
    UnknownThingError,
)
from tacit.records.recording import Status

from .conftest import RESEARCH, TRAINING
from .test_process import Inputs
from .test_recover import back_up, on_disk, put_back  # noqa: F401 - a fixture

BADGE = Box(0.5, 8.0, 4.0, 16.0, 10.0)


def draw(bench, recording, box=BADGE, note=""):
    return mark_recording(bench.shop, recording.recording_id, TRAINING, box, note)


def status(bench):
    return [one.status for one in list_recordings(bench.shop)]


def units(bench, objects, label="asha"):
    return {name.split("/")[1] for name in objects.list(bench.uid(label))}


@pytest.fixture
def filled(bench):
    """Two workers, a released recording of each, and a dataset of both."""
    return bench, bench.fill("asha", "meena")


def test_marked_recording_goes_into_no_dataset_until_it_was_processed_anew(filled):
    bench, recordings = filled
    marked = draw(bench, recordings["asha"])
    assert status(bench) == [Status.NEW, Status.ACCEPTED]
    assert [one.path for one in marked.datasets] == [str(bench.dataset)]
    built = bench.build().version
    assert {line.recording_id for line in built.episodes} == {recordings["meena"].recording_id}
    bench.process()
    assert status(bench) == [Status.ACCEPTED, Status.ACCEPTED]  # the release stood all the while
    assert len({line.recording_id for line in bench.build().version.episodes}) == 2
    assert bench.catalogue.find_outcome(recordings["asha"].recording_id).marks == (marked.marking.mark,)


def test_unit_that_a_mark_replaced_is_destroyed_with_all_it_made(filled, objects):
    bench, recordings = filled
    (before,) = units(bench, objects)
    with bench.shop.vault.create(bench.permit("asha"), "unit-of-a-killed-process/try-1/video.mp4") as sink:
        sink.write(b"half a video with the badge in it")
    draw(bench, recordings["asha"])
    assert before in units(bench, objects)
    bench.process()
    assert units(bench, objects) == {compute_unit_id(bench.shop, bench.contract, recordings["asha"])} != {before}
    assert len(objects.list(bench.uid("asha"))) == 4
    assert len(objects.list(bench.uid("meena"))) == 4


def test_box_that_was_taken_away_leads_back_to_the_same_unit(filled):
    bench, recordings = filled
    asha = recordings["asha"]
    before = compute_unit_id(bench.shop, bench.contract, asha)
    first, second = draw(bench, asha), draw(bench, asha, replace(BADGE, x=20.0), "a screen")
    assert [one.note for one in list_marks(bench.shop, asha.recording_id)] == ["", "a screen"]
    assert compute_unit_id(bench.shop, bench.contract, asha) != before
    for done in (first, second):
        unmark_recording(bench.shop, asha.recording_id, TRAINING, done.marking.mark.mark_id)
    assert compute_unit_id(bench.shop, bench.contract, asha) == before
    assert status(bench) == [Status.ACCEPTED, Status.ACCEPTED]
    with pytest.raises(UnknownThingError, match="anonymise marks"):
        unmark_recording(bench.shop, asha.recording_id, TRAINING, first.marking.mark.mark_id)


def test_too_much_covered_is_no_reason_to_keep_a_recording_back(filled):
    bench, recordings = filled
    marked = draw(bench, recordings["asha"])
    bench.process()
    unmark_recording(bench.shop, recordings["asha"].recording_id, TRAINING, marked.marking.mark.mark_id)
    assert status(bench)[0] is Status.ACCEPTED
    bench.process()
    assert bench.catalogue.find_outcome(recordings["asha"].recording_id).marks == ()


def test_seconds_become_the_frame_that_a_player_shows_then(filled):
    bench, recordings = filled
    frames = {
        at_s: draw(bench, recordings["asha"], replace(BADGE, at_s=at_s)).marking.mark.at_frame
        for at_s in (0.0, 0.033, 0.5, 1.24, 1.5)
    }
    assert frames == {0.0: 0, 0.033: 1, 0.5: 15, 1.24: 37, 1.5: 44}  # the recording ends at 1.5 s


@pytest.mark.parametrize(
    "box",
    [
        replace(BADGE, at_s=-0.1),
        replace(BADGE, at_s=1.6),
        replace(BADGE, x=-1.0),
        replace(BADGE, x=60.0),
        replace(BADGE, y=40.0),
        replace(BADGE, width=0.0),
        replace(BADGE, height=-4.0),
    ],
)
def test_box_outside_the_video_is_told_with_what_was_expected(filled, box):
    bench, recordings = filled
    with pytest.raises(BadMarkError, match=r"within 64x48|from 0 to 1\.50 s"):
        draw(bench, recordings["asha"], box)
    assert list_marks(bench.shop, recordings["asha"].recording_id) == []


def test_what_cannot_be_marked_says_why(bench):
    bench.agree()
    bench.enrol("asha")
    recording = bench.take_in("asha", "a.mp4")
    with pytest.raises(NothingToMarkError, match="Run `tacit process`"):
        draw(bench, recording)
    bench.process()
    with pytest.raises(ControlCharacterError):
        draw(bench, recording, note="two\nlines")
    for act in (lambda: list_marks(bench.shop, "rec-none"), lambda: draw(bench, replace(recording, recording_id="x"))):
        with pytest.raises(UnknownThingError):
            act()


def test_boxes_are_drawn_and_taken_away_by_leave_of_the_kernel_only(filled):
    bench, _ = filled
    bench.enrol("kofi", purposes=[TRAINING])
    recording = bench.take_in("kofi", "kofi.mp4")
    bench.process()
    marked = draw(bench, recording)
    with pytest.raises(RefusedError, match="R1"):
        mark_recording(bench.shop, recording.recording_id, RESEARCH, BADGE)
    with pytest.raises(RefusedError, match="R1"):
        unmark_recording(bench.shop, recording.recording_id, RESEARCH, marked.marking.mark.mark_id)
    withdraw_consent(bench.shop, bench.contract, "kofi", [], bench.progress)
    assert bench.catalogue.markings(recording.recording_id) == []
    with pytest.raises(UnknownThingError):
        draw(bench, recording)


def test_release_of_what_was_covered_is_none_of_what_a_box_taken_away_shows(bench):
    bench.agree()
    bench.enrol("asha", purposes=[TRAINING])
    recording = bench.take_in("asha", "a.mp4")
    bench.process()
    first, second = draw(bench, recording), draw(bench, recording)
    bench.process()
    bench.release(recording)
    marks = [done.marking.mark.mark_id for done in (first, second)]
    assert unmark_recording(bench.shop, recording.recording_id, TRAINING, marks[0]).release_ended
    assert status(bench) == [Status.HELD]
    bench.release(recording)
    assert unmark_recording(bench.shop, recording.recording_id, TRAINING, marks[1]).release_ended
    bench.process()
    assert status(bench) == [Status.HELD]
    bench.release(recording)
    assert not draw(bench, recording).release_ended
    bench.process()
    assert status(bench) == [Status.ACCEPTED]


def test_decision_is_in_the_log_without_a_word_about_anybody(filled):
    bench, recordings = filled
    marked = draw(bench, recordings["asha"], note="the badge of Meena")
    unmark_recording(bench.shop, recordings["asha"].recording_id, TRAINING, marked.marking.mark.mark_id)
    entries = [entry for entry in bench.catalogue.log_entries() if entry["kind"] in ("mark", "unmark")]
    assert [entry["kind"] for entry in entries] == ["mark", "unmark"]
    assert all(entry.keys() == {"kind", "at", "subject"} for entry in entries)
    assert recordings["asha"].recording_id not in str(entries)


def test_recording_whose_film_is_gone_stays_out_and_says_what_to_do(filled):
    bench, recordings = filled
    Path(recordings["asha"].source_path).unlink()
    assert draw(bench, recordings["asha"]).missing_original == "asha.mp4"

    def work(recording, permit):
        inputs = Inputs(recording, permit, bench.contract, None)
        return process_unit(bench.shop, inputs, lambda _done: None)

    bench.engine.work = work
    problems = [end.problem for end in bench.process() if end.problem]
    assert problems == ["asha.mp4 is gone or was changed since it was taken in. Put the file back, or ingest it anew."]
    assert status(bench)[0] is Status.NEW
    assert len(bench.build().version.episodes) == 1
    assert "Taken in" in show_recording(bench.shop, recordings["asha"].recording_id, TRAINING)  # it is not lost


def test_box_that_is_drawn_while_a_dataset_is_built_keeps_it_from_being_published(filled):
    bench, _ = filled
    bench.enrol("kofi")
    kofi = bench.take_in("kofi", "kofi.mp4")
    bench.process()
    bench.release(kofi)
    vault = bench.shop.vault

    class Meanwhile:
        n_drawn = 0

        def __getattr__(self, name):
            return getattr(vault, name)

        def open(self, permit, name):
            if permit.worker_uid == kofi.worker_uid and name.endswith("/track") and self.n_drawn < 1:
                self.n_drawn += 1
                draw(bench, kofi)
            return vault.open(permit, name)

    bench.shop = replace(bench.shop, vault=Meanwhile())
    built = bench.build().version
    assert kofi.recording_id not in {line.recording_id for line in built.episodes}
    assert len(built.episodes) == 2


def test_recording_that_is_processed_anew_while_a_dataset_is_built_is_built_from_anew(filled):
    bench, recordings = filled
    vault, done = bench.shop.vault, []
    bench.enrol("kofi")
    bench.release(bench.take_in("kofi", "kofi.mp4"))
    bench.process()

    class Meanwhile:
        def __getattr__(self, name):
            return getattr(vault, name)

        def open(self, permit, name):
            if not done:
                done.append(draw(bench, recordings["asha"]))
                bench.process()
            return vault.open(permit, name)

    bench.shop = replace(bench.shop, vault=Meanwhile())
    assert len(bench.build().version.episodes) == 3
    assert len(done) == 1


def test_build_that_boxes_keep_overtaking_gives_up_with_a_sentence(filled):
    bench, recordings = filled
    vault = bench.shop.vault
    bench.enrol("kofi")
    bench.release(bench.take_in("kofi", "kofi.mp4"))
    bench.process()

    class Always:
        def __getattr__(self, name):
            return getattr(vault, name)

        def open(self, permit, name):
            if name.endswith("/track"):
                draw(bench, recordings["asha"])
                bench.shop = replace(bench.shop, vault=vault)
                bench.process()
                bench.shop = replace(bench.shop, vault=self)
            return vault.open(permit, name)

    bench.shop = replace(bench.shop, vault=Always())
    with pytest.raises(BuildOvertakenError):
        bench.build()


def test_dataset_from_before_a_box_was_drawn_is_licensed_to_nobody(bench):
    recordings = bench.fill("asha", "meena", pin="4711")
    draw(bench, recordings["asha"])
    for _ in range(2):  # with the recording as it was, and with it processed anew but not built in
        with pytest.raises(MarkedDatasetError, match="On a recording"):
            bench.license()
        bench.process()
    assert bench.build().version is not None
    assert bench.license().license.version == 1


def test_old_catalogue_that_forgot_a_box_gets_it_back_from_the_commit_record(on_disk):  # noqa: F811 - the fixture
    bench = on_disk
    recordings = bench.fill("asha", "meena")
    backup = back_up(bench)
    marked = draw(bench, recordings["asha"], note="badge")
    bench.process()
    put_back(bench, backup)
    assert find_marks(bench.shop, recordings["asha"].recording_id) == ()
    assert recover(bench.shop) == 1
    assert find_marks(bench.shop, recordings["asha"].recording_id) == (marked.marking.mark,)
    assert bench.catalogue.find_outcome(recordings["asha"].recording_id).marks == (marked.marking.mark,)
    n_worked = len(bench.engine.worked)
    bench.process()
    assert len(bench.engine.worked) == n_worked  # it is the very unit that is there
    assert recover(bench.shop) == 0
