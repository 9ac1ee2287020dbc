"""Where the camera on the worker's head is and looks: how far from the work, and how the head moves."""

from typing import Literal

import numpy as np

from tacit.workshop.camera import Camera, look_at
from tacit.workshop.choreography import minimum_jerk

HeadMotion = Literal["still", "walk", "turn"]
"""Never quite still; bobbing and swaying at a walk; or turning fast to either side and back, again and again."""

FOVY_DEG = 62.0
DISTANCE_M = 0.55
"""From the eye to the work, where nothing else is asked for."""

_WORK = np.array([0.0, 0.12, 0.04])
_TO_EYE = np.array([0.0, -0.36, 0.42]) / np.linalg.norm([0.36, 0.42])
_LOOK_DOWN_DEG = 44.0
_STEPS_PER_S = 1.9
_TURN_DEG, _TURN_S, _HOLD_S = 22.0, 0.30, 0.35  # 73 degrees a second on average, 138 at the fastest


def head_camera(
    at_s: float, glance: float, width: int, height: int, distance_m: float = DISTANCE_M, motion: HeadMotion = "still"
) -> Camera:
    """The camera at a moment; glance (0 to 1) lifts it to who walks past."""
    eye = _WORK + distance_m * _TO_EYE
    eye = eye + 0.006 * np.sin(np.array([1.3, 2.1, 1.7]) * at_s + np.array([0.0, 1.0, 2.0]))
    down_deg = _LOOK_DOWN_DEG - 9.0 * glance + 0.8 * np.sin(1.1 * at_s)
    aside_deg = 1.2 * np.sin(0.9 * at_s)
    if motion == "walk":
        phase = np.pi * _STEPS_PER_S * at_s  # the body rises and falls with each step, and sways over every second
        eye = eye + np.array([0.018 * np.sin(phase), 0.010 * np.sin(2 * phase), 0.022 * np.sin(2 * phase + 0.6)])
        down_deg += 1.8 * np.sin(2 * phase + 1.0)
        aside_deg += 1.5 * np.sin(phase + 0.4)
    if motion == "turn":
        aside_deg += _TURN_DEG * _swing(at_s)
    down, aside = np.radians(down_deg), np.radians(aside_deg)
    forward = np.array([np.sin(aside) * np.cos(down), np.cos(aside) * np.cos(down), -np.sin(down)])
    return look_at(eye, eye + forward, FOVY_DEG, width, height)


def _swing(at_s: float) -> float:
    """Where a head looks that turns right, back, left and back, and rests after each: -1 to 1."""
    stops = (0.0, 1.0, 0.0, -1.0)
    turns, rest_s = divmod(at_s, _TURN_S + _HOLD_S)
    here, there = stops[int(turns) % 4], stops[(int(turns) + 1) % 4]
    return here + (there - here) * minimum_jerk(min(rest_s / _TURN_S, 1.0))
