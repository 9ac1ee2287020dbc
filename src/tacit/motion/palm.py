"""Finds palms anywhere in a picture.

In: a frame. Out: palms with the region in which to read their landmarks. One run costs as much as reading one
hand's landmarks, so the tracker does not call it for every frame.
Source: the model's anchors, box coding and thresholds as in modules/palm_detection of mediapipe 0.10.21.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tacit.models.inference import Network
from tacit.motion.regions import Region, compute_region_of_palm
from tacit.motion.sampling import Sampler, Tint
from tacit.records.frames import I420
from tacit.records.hands import Float32

SIDE = 192
"""Pixels of the square picture that the model takes."""

_WRIST, _MIDDLE_ROOT = 0, 2  # of the palm's seven key points
_GRIDS = ((8, 2), (16, 6))  # stride in pixels, anchors per cell


@dataclass(frozen=True)
class PalmOptions:
    """How palms are chosen.

    score_min: palms below it are dropped; mediapipe takes 0.5. It may be low, as a palm counts only once its landmarks
        were read. With 0.3 instead of 0.5, of 20 hands of our workshop each, 0.80 instead of 0.60 are found in dim
        light, 1.00 instead of 0.80 in white gloves, and none in 315 pictures of a walk without hands.
    overlap_max: boxes that overlap more (IoU) are one palm.
    """

    score_min: float = 0.25
    overlap_max: float = 0.3


class Palm(NamedTuple):
    """A palm: centre (x, y) and longer side of its box in pixels, the region of its hand, and how sure, 0 to 1."""

    x: float
    y: float
    size: float
    region: Region
    score: float


class PalmDetector:
    """Finds palms with a network that takes pictures (1, 192, 192, 3) in uint8."""

    def __init__(self, network: Network, options: PalmOptions) -> None:
        self._network = network
        self._options = options
        self._anchors = _compute_anchors()
        self._sampler = Sampler(SIDE)

    def find(self, i420: I420, part: float = 1.0, tint: Tint = Tint.AS_FILMED) -> list[Palm]:
        """Find the palms of a frame (height * 3 // 2, width), surest first.

        part: how much of the square's side the picture takes. Below 1 it gets a black margin, in which palms are
            found that are too near, or half outside the picture, and small ones are missed.
        """
        picture, (scale, left, top) = self._sampler.shrink(i420, part, tint)
        coded, logits = self._network(picture)
        limit = np.log(self._options.score_min / (1 - self._options.score_min))
        (chosen,) = np.nonzero(logits[0, :, 0] > limit)
        if not len(chosen):
            return []
        scores = 1 / (1 + np.exp(-logits[0, chosen, 0]))
        boxes, points = _decode(coded[0, chosen], self._anchors[chosen])
        palms = []
        for box, key_points, score in _merge(boxes, points, scores, self._options.overlap_max):
            corners = (box.reshape(2, 2) - (left, top)) / scale
            key_points = (key_points - (left, top)) / scale
            region = compute_region_of_palm(corners[0], corners[1], key_points[_WRIST], key_points[_MIDDLE_ROOT])
            x, y = corners.mean(0)
            palms.append(Palm(float(x), float(y), float((corners[1] - corners[0]).max()), region, score))
        return palms


def _compute_anchors() -> Float32:
    """Centres (2016, 2) of the anchors in pixels of the square, in the order of the model's rows."""
    grids = []
    for stride, per_cell in _GRIDS:
        places = np.arange(stride / 2, SIDE, stride, dtype=np.float32)
        y, x = np.meshgrid(places, places, indexing="ij")
        grids.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), per_cell, axis=0))
    return np.concatenate(grids)


def _decode(coded: Float32, anchors: Float32) -> tuple[Float32, Float32]:
    """Boxes (k, 4) as corners and key points (k, 7, 2), in pixels of the square, from the model's rows (k, 18)."""
    centres = coded[:, :2] + anchors
    halves = coded[:, 2:4] / 2
    points = coded[:, 4:].reshape(-1, 7, 2) + anchors[:, None]
    return np.concatenate([centres - halves, centres + halves], axis=1), points


def _merge(
    boxes: Float32, points: Float32, scores: Float32, overlap_max: float
) -> list[tuple[Float32, Float32, float]]:
    """Melt boxes that overlap the surest of them into one, weighted by score; surest first."""
    merged = []
    order = np.argsort(-scores, kind="stable")
    while len(order):
        same = _overlap(boxes[order[0]], boxes[order]) > overlap_max
        same[0] = True
        group = order[same]
        weights = scores[group] / scores[group].sum()
        box = np.tensordot(weights, boxes[group], 1)
        merged.append((box, np.tensordot(weights, points[group], 1), float(scores[order[0]])))
        order = order[~same]
    return merged


def _overlap(box: Float32, boxes: Float32) -> Float32:
    """Area of the intersection over that of the union, of one box (4,) with others (k, 4)."""
    sides = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    shared = np.clip(sides, 0, None).prod(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    overlap: Float32 = shared / ((box[2:] - box[:2]).prod() + areas - shared)
    return overlap
