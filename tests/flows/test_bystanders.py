"""Bystanders' hands are followed, and none of them is exported: a real clip of a table at which four people eat."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from tacit.flows.contract import Contract
from tacit.flows.measure_accuracy import watch_film
from tacit.footage.canvas import compute_fit
from tacit.motion.assemble import TrackBuilder
from tacit.motion.tracker import open_tracker

LABELS = Path(__file__).parents[2] / "benchmarks" / "labels" / "hands.json"
CLIP, WIDTH, HEIGHT = "meal_two_faces_2560.mp4", 1280, 720


@pytest.fixture
def clip():
    """The clip, and its labels."""
    if not os.environ.get("TACIT_TEST_FOOTAGE"):
        pytest.skip("TACIT_TEST_FOOTAGE is not set to a folder of real clips")
    labels = json.loads(LABELS.read_text(encoding="utf-8"))["clips"]
    return Path(os.environ["TACIT_TEST_FOOTAGE"]) / CLIP, next(one for one in labels if one["name"] == CLIP)


def boxes_of(frame, whose, fit):
    """Palms of the wearer or of others in a labelled frame, as corners (k, 4) on the canvas."""
    scale, offset = np.tile([fit.scale_x, fit.scale_y], 2), np.tile([fit.offset_x, fit.offset_y], 2)
    boxes = [hand["box"] for hand in frame["hands"] if hand["whose"] == whose]
    return np.array([(x, y, x + w, y + h) for x, y, w, h in boxes]).reshape(-1, 4) * scale + offset


def lies_in_one(landmarks_px, boxes):
    """True where the middle of a hand's palm lies in one of the boxes."""
    middle = landmarks_px[[0, 5, 9, 13, 17], :2].mean(axis=0)
    return bool(((boxes[:, :2] <= middle) & (middle <= boxes[:, 2:])).all(axis=1).any())


@pytest.mark.footage
def test_hands_of_others_at_the_table_are_followed_and_only_the_wearers_are_exported(models, clip):
    path, labels = clip
    contract = Contract(30, WIDTH, HEIGHT)
    tracker = open_tracker(models, contract.tracker)
    builder = TrackBuilder(contract.fps, WIDTH, HEIGHT, contract.assemble)
    everyones = [hands for frame in watch_film(path, contract, models) for hands in tracker.push(frame)]
    everyones += tracker.flush()
    for hands in everyones:
        builder.add(hands)
    track = builder.finish()
    fit = compute_fit(labels["width"], labels["height"], WIDTH, HEIGHT)
    n_others = n_exported = 0
    for frame in labels["frames"]:
        index = frame["frame_index"]
        others, own = (boxes_of(frame, whose, fit) for whose in ("other", "wearer"))
        n_others += sum(lies_in_one(hand.landmarks_px, others) for hand in everyones[index])
        exported = track.px[index][track.seen[index] > 0]
        n_exported += len(exported)
        assert all(lies_in_one(px, own) for px in exported)
    assert n_others >= 5
    assert n_exported >= 3
