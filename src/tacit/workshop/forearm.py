"""The forearm from the wrist to the elbow: bare skin, a sleeve, or a sleeve rolled up on bare skin."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tacit.workshop.hand_mesh import SKINS, Skin
from tacit.workshop.render import Solid

Float64 = NDArray[np.float64]
Float32 = NDArray[np.float32]

SleeveLength = Literal["none", "rolled", "long"]
_SLEEVE_START_M: dict[SleeveLength, float] = {"none": 1.0, "rolled": 0.150, "long": 0.060}
"""How far from the wrist a sleeve begins."""

_SKIN_START_M = 0.060  # the hand's own mesh reaches a little farther
_AROUND = 40


@dataclass(frozen=True)
class Clothes:
    """What a worker wears on the arms.

    length: of the sleeve. colour: of the sleeve, sRGB from 0 to 1. skin: tone of the arm.
    """

    length: SleeveLength
    colour: tuple[float, float, float]
    skin: Skin


@dataclass(frozen=True)
class Forearm:
    """Where a forearm is.

    wrist: (3,) metres, world of a right hand. turn: (3, 3) rotation; its second column points from elbow to wrist.
    reach_m: from wrist to elbow. mirror: (3,) signs that make it the left or the right one.
    """

    wrist: Float64
    turn: Float64
    reach_m: float
    mirror: Float64


def forearm(at: Forearm, clothes: Clothes) -> tuple[Solid, ...]:
    """What is drawn between hand and elbow."""
    start_m = _SLEEVE_START_M[clothes.length]
    parts = []
    if start_m > _SKIN_START_M:
        parts.append(_skin(at, min(start_m + 0.03, at.reach_m), clothes.skin))
    if start_m < at.reach_m:
        parts.append(_sleeve(at, start_m, clothes.colour))
    return tuple(parts)


@cache
def _tube(n_along: int) -> tuple[Float64, Float64, NDArray[np.int32]]:
    """Angles and rows of a tube's points (v,), and its faces (f, 3)."""
    angle, row = np.meshgrid(np.linspace(0, 2 * np.pi, _AROUND, endpoint=False), np.arange(n_along))
    a = np.arange(n_along * _AROUND).reshape(n_along, _AROUND)
    p, q = a[:-1], np.roll(a, -1, 1)[:-1]
    r, s = np.roll(a, -1, 1)[1:], a[1:]
    faces = np.concatenate([np.stack([p, q, r], -1).reshape(-1, 3), np.stack([p, r, s], -1).reshape(-1, 3)])
    return angle.ravel(), row.ravel().astype(float), faces.astype(np.int32)


def _skin(at: Forearm, end_m: float, skin: Skin) -> Solid:
    """Bare skin from under the end of the hand's mesh to so far below the wrist."""
    n_along = 40
    angle, row, _ = _tube(n_along)
    y = -_SKIN_START_M - row / (n_along - 1) * (end_m - _SKIN_START_M)
    share = np.clip((-y - 0.05) / 0.20, 0, 1)
    girth = 0.0255 + 0.0175 * share**0.8  # widest near the elbow, where the muscles are
    rest = np.stack([np.cos(angle) * girth, y, np.sin(angle) * girth * (0.77 + 0.13 * share) - 0.002], 1)
    albedo = np.tile(np.array(SKINS[skin]) ** 2.2, (len(rest), 1))
    return _solid(at, rest, n_along, albedo, 0.12, True, 0.045)


def _sleeve(at: Forearm, start_m: float, colour: tuple[float, float, float]) -> Solid:
    """A sleeve with folds, from so far below the wrist to the elbow; its first rows turn in to close the cuff."""
    n_along = 40
    angle, row, _ = _tube(n_along)
    share = np.clip((row - 2) / (n_along - 3), 0, 1)
    y = -start_m - share * max(at.reach_m - start_m, 0.05) + np.where(row == 0, -0.012, 0)
    folds = 0.0016 * np.sin(y * 210 + 2.0 * np.sin(angle)) + 0.0012 * np.sin(3 * angle + 60 * y)
    wide = 0.034 + 0.016 * np.clip((-y - 0.060) / 0.24, 0, 1)
    girth = wide + folds * np.clip(row - 2, 0, 1) - np.where(row == 0, 0.006, 0)
    hem = np.exp(-(((y + start_m + 0.014) / 0.003) ** 2)) * 0.0012
    rest = np.stack([np.cos(angle) * (girth - hem), y, np.sin(angle) * (girth - hem) * 0.86 - 0.002], 1)
    dark = np.where(row < 1, 0.35, 1 - 0.25 * hem / 0.0012)[:, None]
    return _solid(at, rest, n_along, np.array(colour) ** 2.2 * dark, 0.0, False, 0.09)


def _solid(at: Forearm, rest: Float64, n_along: int, albedo: Float64, gloss: float, skin: bool, grain: float) -> Solid:
    """A tube around the forearm, at rest in the frame of the hand, brought to where the forearm is."""
    _, _, faces = _tube(n_along)
    grid = rest.reshape(n_along, _AROUND, 3)
    around = np.roll(grid, -1, 1) - np.roll(grid, 1, 1)
    outward = np.cross(around, np.gradient(grid, axis=0)).reshape(-1, 3)
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-12)
    return Solid(
        np.asarray((rest @ at.turn.T + at.wrist) * at.mirror, np.float32),
        np.asarray((outward @ at.turn.T) * at.mirror, np.float32),
        faces if at.mirror[0] > 0 else faces[:, ::-1],
        rest.astype(np.float32),
        np.asarray(albedo, np.float32),
        np.full(len(rest), gloss, np.float32),
        np.ones(len(rest), np.float32),
        skin=skin,
        grain=grain,
    )
