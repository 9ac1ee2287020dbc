"""The hand-made labels: whole, in order, and inside the pictures that they speak of."""

import hashlib
import json
import os
from pathlib import Path

import pytest

LABELS = Path(__file__).parents[2] / "benchmarks" / "labels"
FOOTAGE = os.environ.get("TACIT_TEST_FOOTAGE")
KINDS = {"hands": LABELS / "hands.json", "faces": LABELS / "faces.json"}
WORDS = {
    "side": {"left", "right", "unknown"},
    "whose": {"wearer", "other", "unknown"},
    "hidden": {"none", "part", "most"},
    "ignore": {True, False},
    "view": {"front", "three-quarter", "profile"},
}
FIELDS = {"hands": {"box", "side", "whose", "hidden", "ignore"}, "faces": {"box", "view"}}


def load(kind):
    return json.loads(KINDS[kind].read_text(encoding="utf-8"))


def labels(kind):
    """Every label with its clip."""
    return [(clip, label) for clip in load(kind)["clips"] for frame in clip["frames"] for label in frame[kind]]


@pytest.mark.parametrize("kind", KINDS)
def test_two_hundred_frames_are_labelled_each_once_and_in_order(kind):
    frames = [[frame["frame_index"] for frame in clip["frames"]] for clip in load(kind)["clips"]]
    assert sum(map(len, frames)) == 200
    assert all(indices == sorted(set(indices)) for indices in frames)


def test_hands_and_faces_are_labelled_in_the_same_frames():
    places = [
        [(clip["sha256"], frame["frame_index"]) for clip in load(kind)["clips"] for frame in clip["frames"]]
        for kind in KINDS
    ]
    assert places[0] == places[1]


@pytest.mark.parametrize("kind", KINDS)
def test_every_box_lies_inside_its_picture(kind):
    for clip, label in labels(kind):
        x, y, width, height = label["box"]
        assert min(x, y) >= 0
        assert min(width, height) > 0
        assert x + width <= clip["width"]
        assert y + height <= clip["height"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_label_has_its_fields_and_known_words(kind):
    for _, label in labels(kind):
        assert set(label) == FIELDS[kind]
        assert all(label[field] in WORDS[field] for field in FIELDS[kind] - {"box"})


def test_no_hand_is_labelled_twice():
    for clip in load("hands")["clips"]:
        for frame in clip["frames"]:
            boxes = [tuple(hand["box"]) for hand in frame["hands"]]
            assert len(boxes) == len(set(boxes))


@pytest.mark.parametrize("kind", KINDS)
def test_the_labels_say_how_they_were_made(kind):
    assert (LABELS / load(kind)["how"]).is_file()


@pytest.mark.footage
@pytest.mark.skipif(not FOOTAGE, reason="TACIT_TEST_FOOTAGE is not set")
@pytest.mark.parametrize("kind", KINDS)
def test_the_labelled_clips_are_the_shared_ones(kind):
    for clip in load(kind)["clips"]:
        content = (Path(FOOTAGE) / clip["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == clip["sha256"]
