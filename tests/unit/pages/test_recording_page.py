from dataclasses import replace

import numpy as np
import pytest

from tacit.pages.recording_page import RecordingView, render_recording
from tacit.records.marks import Mark
from tacit.records.recording import Outcome, Status, Stretch

N_FRAMES = 300


@pytest.fixture
def view(key_frame):
    seen = np.zeros((N_FRAMES, 2), np.float32)
    seen[30:270, 0] = 1
    seen[100:110, 0] = 0.5
    outcome = Outcome(
        recording_id="rec-1",
        unit_id="u-1",
        usable=True,
        readable=True,
        reason="",
        video_key="video",
        track_key="track",
        width=160,
        height=120,
        fps=30,
        n_frames=N_FRAMES,
        hands_fraction=0.768,
        two_hands_fraction=0.004,
        faces_frames=1,
        stretches=(Stretch(30, 150), Stretch(150, 270)),
        accepted_ms=8000,
        payable_ms=8500,
        filmed_ms=10_000,
        cpu_ms=1,
    )
    return RecordingView("rec-1", "pour", Status.HELD, "R4", "", outcome, seen, (key_frame, key_frame), np.zeros(0))


def test_the_page_stands_alone_and_tells_the_figures(view, read_page):
    page = read_page(render_recording(view))
    for figure in ("10.0 s", "300 frames, 30 a second", "77 %", "under 1 %", "8.0 s", "8.5 s count for pay"):
        assert figure in page.text
    assert "seen in 77 % of frames" in page.text


def test_the_hands_are_drawn_on_every_picture(view, read_page):
    page = read_page(render_recording(view))
    pictures = page.of("image")
    assert len(pictures) == 2
    assert {picture["width"] for picture in pictures} == {"160"}
    joints = [attrs for attrs in page.of("circle") if attrs.get("class") == "joint left"]
    assert len(joints) == 2 * 21 + 1  # and one in the legend


def test_left_and_right_are_told_apart_by_shape_and_not_by_colour_alone(view, read_page):
    right = replace(view.key_frames[0], px=view.key_frames[0].px[::-1])
    page = read_page(render_recording(replace(view, key_frames=(right,))))
    assert len([attrs for attrs in page.of("rect") if attrs.get("class") == "joint right"]) == 21 + 1
    assert len([attrs for attrs in page.of("circle") if attrs.get("class") == "joint left"]) == 1


def test_bridged_moments_are_drawn_lower_than_seen_ones(view, read_page):
    runs = [attrs for attrs in read_page(render_recording(view)).of("rect") if attrs.get("height") == "0.8"]
    assert [(run["x"], run["width"]) for run in runs] == [("100", "10")]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (Status.ACCEPTED, "Released by its worker"),
        (Status.HELD, "has not released it"),
        (Status.REFUSED, "was not opened"),
        (Status.REJECTED, "nothing in it can be used"),
        (Status.FAILED, "could not be read"),
        (Status.NEW, "not processed yet"),
    ],
)
def test_every_status_says_what_it_means(view, read_page, status, sentence):
    page = read_page(render_recording(replace(view, status=status)))
    assert sentence in page.text
    assert status in page.text


def test_a_refused_recording_has_a_page_with_nothing_of_its_contents(view, read_page):
    refused = replace(
        view,
        status=Status.REFUSED,
        rule="R1",
        outcome=None,
        seen=np.zeros((0, 2), np.float32),
        key_frames=(),
    )
    page = read_page(render_recording(refused))
    assert page.of("svg") == []
    assert "rule R1" in page.text


def test_a_recording_without_a_track_leaves_the_rows_of_the_hands_out(view, read_page):
    bare = replace(view, seen=np.zeros((0, 2), np.float32))
    text = read_page(render_recording(bare)).text
    assert "Left hand" not in text
    assert "Episodes" in text


def test_the_covered_share_is_told_with_its_worst_moment_where_it_was_kept(view, read_page):
    assert "Covered" not in read_page(render_recording(view)).text
    covered = np.zeros(N_FRAMES)
    covered[150:165] = 0.4
    page = read_page(render_recording(replace(view, covered=covered)))
    assert "2 % of the picture, 40 % at worst" in page.text
    runs = [(attrs["x"], attrs["width"]) for attrs in page.of("rect") if attrs.get("class") == "s1"]
    assert ("150", "15") in runs


def test_what_a_reviewer_marked_is_named_beside_faces(view, read_page):
    assert "reviewer" not in read_page(render_recording(view)).text
    marked = replace(view.outcome, marks=(Mark("mark-1", 3, 0.0, 0.0, 8.0, 8.0),))
    assert read_page(render_recording(replace(view, outcome=marked))).text.count("what a reviewer marked") == 2


def test_a_file_that_could_not_be_read_shows_no_figures(view, read_page):
    unread = replace(view.outcome, readable=False, n_frames=0, filmed_ms=0, stretches=())
    failed = replace(view, status=Status.FAILED, reason="No video in it.", outcome=unread, key_frames=())
    text = read_page(render_recording(failed)).text
    assert "No video in it." in text
    assert "filmed" not in text


def test_what_people_typed_cannot_become_part_of_the_page(view, read_page):
    typed = '<script>alert(1)</script>"><img src=http://x.example/>'
    page = read_page(render_recording(replace(view, label=typed, task=typed, reason=typed)))
    assert "<script>alert(1)</script>" in page.text


def test_a_long_recording_does_not_make_a_long_page(view):
    n_frames = 200_000
    flicker = np.random.default_rng(1).integers(0, 3, (n_frames, 2)).astype(np.float32) / 2
    outcome = replace(view.outcome, n_frames=n_frames, filmed_ms=n_frames * 1000 // 30)
    page = render_recording(replace(view, outcome=outcome, seen=flicker))
    assert len(page) < 300_000
