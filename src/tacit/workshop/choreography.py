"""What the hands do: pick a block, carry it, put it down, again and again, each time a little differently.

Motion is written as keys for the point where a hand grips, its turn and its pose; between keys everything moves along
a minimum-jerk curve, so it is smooth and starts and stops at rest. Deterministic for a seed. All numbers: ours.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tacit.workshop.hand_rig import OPEN, PINCH, READY, RELAXED, Pose

Float64 = NDArray[np.float64]

BLOCK_M = (0.028, 0.028, 0.046)
"""Width, depth and height of a block."""

_PICK_ONE, _PLACE_ONE = (-0.045, 0.145), (0.105, 0.115)
_PICK_TWO, _PLACE_TWO = (0.150, 0.150), (0.025, 0.120)
_HOME_RIGHT, _HOME_LEFT = (0.125, 0.075, 0.060), (-0.135, 0.090, 0.050)
_AWAY_M = 0.55  # blocks come and go along y, this far


@dataclass(frozen=True)
class Key:
    """Where a hand is at a moment.

    at_s: seconds. grip: (3,) metres, world, the point where the hand grips. turn_deg: yaw (to the
    left, on top of what follows from the elbow), pitch
    (fingers up) and roll (thumb up), for a right hand; a left hand's are given as if it were a mirrored right one.
    """

    at_s: float
    grip: tuple[float, float, float]
    turn_deg: tuple[float, float, float]
    pose: Pose


@dataclass(frozen=True)
class HandMoment:
    """A hand at one moment: grip point (3,), turn (3,) degrees and pose (5, 4), as in Key."""

    grip: Float64
    turn_deg: Float64
    pose: Pose


@dataclass(frozen=True)
class Cycle:
    """One pick, move and place: it starts when the hand sets out and ends when it is back.

    pick, place: (x, y) metres where the block stands before and after. grasp_s, release_s: it is held between them.
    """

    start_s: float
    grasp_s: float
    release_s: float
    end_s: float
    pick: tuple[float, float]
    place: tuple[float, float]


@dataclass(frozen=True)
class Choreography:
    """The whole film's motion: the cycles and each hand's keys in time order. Empty keys: the hand is not there."""

    cycles: tuple[Cycle, ...]
    right: tuple[Key, ...]
    left: tuple[Key, ...]


def choreograph(seconds: float, both: bool, rng: np.random.Generator) -> Choreography:
    """Make up cycles until the film is filled; the last one may run over its end."""
    cycles: list[Cycle] = []
    home = Key(0.0, _HOME_RIGHT, (0, -8, 8), RELAXED)
    right, left = [home], [Key(0.0, _HOME_LEFT, (0, -6, 6), OPEN)]
    now_s = float(rng.uniform(0.3, 0.6))
    while now_s < seconds:
        pick = _near(_PICK_TWO if both else _PICK_ONE, rng)
        place = _near(_PLACE_TWO if both else _PLACE_ONE, rng)
        keys, cycle = _pick_and_place(now_s, pick, place, rng)
        right += keys
        left += _steady(cycle, rng)
        cycles.append(cycle)
        now_s = cycle.end_s + float(rng.uniform(0.15, 0.40))
        right.append(Key(now_s, keys[-1].grip, keys[-1].turn_deg, keys[-1].pose))
    return Choreography(tuple(cycles), tuple(right), tuple(left) if both else ())


def cross_over(seconds: float, rng: np.random.Generator) -> Choreography:
    """Both hands reach for the other side at once, one over the other, and come back, until the film is filled."""
    right, left = [Key(0.0, _HOME_RIGHT, (0, -8, 8), RELAXED)], [Key(0.0, _HOME_LEFT, (0, -6, 6), OPEN)]
    now_s = float(rng.uniform(0.1, 0.3))
    while now_s < seconds:
        there_s, back_s = now_s + np.array([0.75, 1.55]) * float(rng.uniform(0.9, 1.1))
        (near_x, near_y), (far_x, far_y) = _near((0.125, 0.070), rng), _near((-0.120, 0.175), rng)
        for keys, home, place, pose in (
            (right, _HOME_RIGHT, (far_x, far_y, 0.040), READY),
            (left, _HOME_LEFT, (near_x, near_y, 0.115), OPEN),
        ):
            keys.append(Key(now_s, home, keys[-1].turn_deg, keys[-1].pose))
            keys.append(Key(float(there_s), place, (8, -8, 10), pose))
            keys.append(Key(float(back_s), home, (0, -8, 8), RELAXED))
        now_s = float(back_s) + float(rng.uniform(0.1, 0.2))
    return Choreography((), tuple(right), tuple(left))


def _near(spot: tuple[float, float], rng: np.random.Generator) -> tuple[float, float]:
    """A spot within about a centimetre."""
    x, y = np.array(spot) + rng.uniform(-0.010, 0.010, 2)
    return float(x), float(y)


def _pick_and_place(
    start_s: float, pick: tuple[float, float], place: tuple[float, float], rng: np.random.Generator
) -> tuple[list[Key], Cycle]:
    """Keys of the right hand for one cycle."""
    pace = float(rng.uniform(0.88, 1.14))
    spans_s = np.array([0.85, 0.30, 0.25, 0.55, 0.50, 0.30, 0.25, 0.80]) * pace * rng.uniform(0.93, 1.07, 8)
    times_s = start_s + np.cumsum(spans_s)
    over, grip_z = BLOCK_M[2] + 0.045, BLOCK_M[2] * 0.72
    lift = float(rng.uniform(0.11, 0.14))
    wobble = rng.normal(0, 2.5, (8, 3))
    between = (0.55 * pick[0] + 0.45 * place[0], 0.5 * (pick[1] + place[1]))
    plan: list[tuple[tuple[float, float, float], tuple[float, float, float], Pose]] = [
        ((*pick, over), (4, -8, 14), READY),
        ((*pick, grip_z), (4, -16, 14), READY),
        ((*pick, grip_z), (4, -16, 14), PINCH),
        ((*between, lift), (2, -8, 16), PINCH),
        ((*place, over), (2, -10, 14), PINCH),
        ((*place, grip_z), (2, -16, 14), PINCH),
        ((*place, grip_z), (2, -16, 14), READY),
        (_HOME_RIGHT, (0, -8, 8), RELAXED),
    ]
    keys = []
    for at_s, (grip, angles, pose), shift in zip(times_s, plan, wobble, strict=True):
        yaw, pitch, roll = np.array(angles) + shift
        keys.append(Key(float(at_s), grip, (float(yaw), float(pitch), float(roll)), pose))
    return keys, Cycle(start_s, float(times_s[2]), float(times_s[5]), float(times_s[7]), pick, place)


def _steady(cycle: Cycle, rng: np.random.Generator) -> list[Key]:
    """Keys of the left hand: it comes up to where the block will stand, waits there, and goes home."""
    x, y = cycle.place
    beside = (x - float(rng.uniform(0.070, 0.085)), y + 0.005, 0.030)
    middle_s = 0.5 * (cycle.grasp_s + cycle.release_s)
    return [
        Key(cycle.start_s + 0.2, _HOME_LEFT, (0, -6, 6), OPEN),
        Key(middle_s, beside, (0, -6, 10), READY),
        Key(cycle.release_s + 0.1, beside, (0, -6, 10), READY),
        Key(cycle.end_s, _HOME_LEFT, (0, -6, 6), RELAXED),
    ]


def moment(keys: tuple[Key, ...], at_s: float) -> HandMoment:
    """Where a hand is between its keys; before the first and after the last it stays."""
    after = next((i for i, key in enumerate(keys) if key.at_s > at_s), len(keys))
    if after in (0, len(keys)):
        only = keys[0] if after == 0 else keys[-1]
        return HandMoment(np.array(only.grip), np.array(only.turn_deg, float), only.pose)
    a, b = keys[after - 1], keys[after]
    share = minimum_jerk((at_s - a.at_s) / (b.at_s - a.at_s))
    return HandMoment(
        np.array(a.grip) * (1 - share) + np.array(b.grip) * share,
        np.array(a.turn_deg) * (1 - share) + np.array(b.turn_deg) * share,
        a.pose * (1 - share) + b.pose * share,
    )


def minimum_jerk(share: float) -> float:
    """Progress of a smooth movement from 0 to 1. Source: Flash and Hogan, J. Neurosci. 5(7), 1985."""
    return share**3 * (10 - 15 * share + 6 * share**2)


def block_places(cycles: tuple[Cycle, ...], at_s: float) -> list[tuple[int, tuple[float, float]]]:
    """Blocks that stand or slide on the bench: (index of their cycle, (x, y) metres). A held block is not among them.

    A block slides in from the far side before its cycle and away again after it, as on a chute.
    """
    places = []
    for index, cycle in enumerate(cycles):
        if at_s <= cycle.grasp_s:
            wait_s = cycle.start_s - 0.1 - at_s
            far = _AWAY_M * minimum_jerk(min(max(wait_s / 1.2, 0), 1)) if index else 0.0
            if far < _AWAY_M:
                places.append((index, (cycle.pick[0], cycle.pick[1] + far)))
        elif at_s >= cycle.release_s:
            gone_s = at_s - cycle.end_s
            far = _AWAY_M * minimum_jerk(min(max(gone_s / 1.2, 0), 1))
            if far < _AWAY_M:
                places.append((index, (cycle.place[0], cycle.place[1] + far)))
    return places
