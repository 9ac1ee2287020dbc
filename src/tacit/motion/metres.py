"""From pixels to metres in the camera's frame (x right, y down, z forward), and how far to trust them.

In: landmarks in pixels and the model's own metric guess of the hand's shape. Out: the 21 points in metres, and the
standard error of the wrist. The palm is taken as a flat, stiff piece of known size. How it looks in the picture gives
its slant and its distance in closed form: along the axis of its slant a flat piece is not shortened, square to it the
shortening is the cosine. The fingers are then bent as the model guesses, and every point is put on the ray through
its own pixel, so the points project exactly onto what was seen.

What it cannot know: how large this hand is, the lens, and how the fingers reach in depth. So sigma is wide: with an
unknown camera about a quarter of the distance. Depth inside a hand, and the grip aperture that rests on it, are rough.
Why not the model's metric guess alone: it hardly sees slants (a palm tilted by 50 degrees comes out at 10).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tacit.records.hands import Float32

Float64 = NDArray[np.float64]

_PALM = np.array([0, 5, 9, 13, 17])
# A flat palm: wrist and finger roots, metres; left or right, back or front make no difference here.
# Source: ours; an adult hand of 183 mm, women and men averaged, its joints placed by anatomy and rounded.
_PALM_M = np.array([[0, 0], [-26, 87], [-4, 90], [16, 85], [32, 75]]) / 1000
_PALM_LENGTH_M = 0.09
# Slope in depth along the palm from which on its sign is trusted fully (ours).
_SURE_SLOPE = 0.15
_PERSPECTIVE_ROUNDS = 4
_BLOCK = 4096
# Error of the distance, as a part of it, however well the palm fits: landmarks are off by a few pixels (ours).
_FIT_ERROR_MIN = 0.1


@dataclass(frozen=True)
class MetresOptions:
    """What is assumed of a camera and of hands that nobody measured (all ours).

    horizontal_field_deg: field of view of the whole picture; 69 suits common wide cameras.
    focal_error: standard error of the focal length, as a part of it; 0 where the lens is known.
    palm_scale: size of the palm against an average adult's.
    palm_error: standard error of that, as a part; 0.08 is about how adults differ.
    """

    horizontal_field_deg: float = 69.0
    focal_error: float = 0.2
    palm_scale: float = 1.0
    palm_error: float = 0.08


def assumed_intrinsics(width: int, height: int, options: MetresOptions) -> dict[str, float]:
    """The camera that metres rest on: focal lengths fx and fy and principal point cx and cy, in pixels."""
    focal_px = width / 2 / math.tan(math.radians(options.horizontal_field_deg) / 2)
    return {"fx": focal_px, "fy": focal_px, "cx": width / 2, "cy": height / 2}


def compute_metres(
    px: Float32, world_m: NDArray[np.floating], width: int, height: int, options: MetresOptions
) -> tuple[Float32, Float32]:
    """Put hands into the camera's frame, each sighting by itself.

    Args:
        px: (n, 21, 3) landmarks in pixels, with the model's relative depth.
        world_m: (n, 21, 3) the model's metric guess, centred anywhere.
        width, height: Of the picture.
        options: What is assumed.

    Returns:
        xyz (n, 21, 3) float32, metres, and sigma (n,) float32, standard error of the wrist position in metres.
    """
    camera = assumed_intrinsics(width, height, options)
    xyz = np.empty((len(px), 21, 3), np.float32)
    sigma = np.empty(len(px), np.float32)
    for start in range(0, len(px), _BLOCK):  # so that an hour takes no more memory than its results
        block = slice(start, start + _BLOCK)
        xyz[block], sigma[block] = _measure(px[block], world_m[block], camera, options)
    return xyz, sigma


def _measure(
    px: Float32, world_m: NDArray[np.floating], camera: dict[str, float], options: MetresOptions
) -> tuple[Float64, Float64]:
    """What `compute_metres` says, for a block of hands."""
    flat_palm = (_PALM_M - _PALM_M.mean(axis=0)) * options.palm_scale
    rays = _compute_rays(px, camera)
    to_camera = _turns_to_rays(rays)
    ahead = np.einsum("nji,nkj->nki", to_camera, rays)  # as if the hand were straight ahead
    palm = _pose_palm(ahead[:, _PALM, :2] / ahead[:, _PALM, 2:], px[:, _PALM, 2] / np.float32(camera["fx"]), flat_palm)
    shape = _bend_fingers(world_m.astype(np.float64), palm)
    shape, palm = (np.einsum("nij,nkj->nki", to_camera, points) for points in (shape, palm))
    offset, residual_m = _fit_offset(palm, rays[:, _PALM])
    # A bad fit can put a hand behind the camera; nothing is nearer than 5 cm or further than 10 m.
    depth = np.clip(shape[..., 2] + offset[:, None, 2], 0.05, 10.0)
    xyz = rays * depth[..., None]
    fit_error = np.hypot(_FIT_ERROR_MIN, residual_m / (_PALM_LENGTH_M * options.palm_scale))
    return xyz, _compute_sigma(xyz[:, 0], fit_error, options)


def _compute_rays(px: Float32, camera: dict[str, float]) -> Float64:
    """Directions (n, 21, 3) with z = 1 through pixels."""
    rays = np.ones((*px.shape[:2], 3))
    rays[..., 0] = (px[..., 0] - camera["cx"]) / camera["fx"]
    rays[..., 1] = (px[..., 1] - camera["cy"]) / camera["fy"]
    return rays


def _turns_to_rays(rays: Float64) -> Float64:
    """The smallest turns (n, 3, 3) that take the camera's axis to the middle of each palm."""
    towards = rays[:, _PALM].mean(axis=1)
    towards /= np.linalg.norm(towards, axis=-1, keepdims=True)
    x, y, z = towards[:, 0], towards[:, 1], towards[:, 2]
    k = 1 / (1 + z)
    return np.stack(
        [
            np.stack([1 - k * x * x, -k * x * y, x], axis=-1),
            np.stack([-k * x * y, 1 - k * y * y, y], axis=-1),
            np.stack([-x, -y, z], axis=-1),
        ],
        axis=1,
    )


def _pose_palm(seen: Float64, depth: Float32, flat_palm: Float64) -> Float64:
    """Turn the flat palm so that it looks like the one seen.

    Points of the palm that are nearer look larger. So the palm is posed as if seen from afar first, then what was
    seen is corrected by the depths found, and so on.

    Args:
        seen: (n, 5, 2) palm points on the plane at depth 1. depth: (n, 5) the model's relative depth in the same unit.
        flat_palm: (5, 2) metres, centred.

    Returns:
        Palms (n, 5, 3), metres, centred, x and y as in the picture.
    """
    inverse = np.linalg.pinv(flat_palm)  # (2, 5)
    slope = np.einsum("ik,nk->ni", inverse, depth - depth.mean(axis=1, keepdims=True))
    nearness = np.ones(seen.shape[:2])
    for _ in range(_PERSPECTIVE_ROUNDS):
        flat_seen = seen * nearness[..., None]
        look = np.einsum("ik,nkj->nji", inverse, flat_seen - flat_seen.mean(axis=1, keepdims=True))  # (n, 2, 2)
        in_picture, lengths, in_palm = np.linalg.svd(look)
        stretch = np.maximum(lengths[:, 0], 1e-9)  # of the unshortened axis: one over the distance
        cosine = np.maximum(lengths[:, 1] / stretch, 1e-6)
        # The palm's second axis runs into depth. Forwards or backwards look the same, so the model's depth decides
        # which; where it is undecided the palm is taken for less slanted rather than flipped from frame to frame.
        slope_along = (slope * in_palm[:, 1]).sum(axis=-1) / stretch
        sine = np.clip(slope_along / _SURE_SLOPE, -1, 1) * np.sqrt(1 - np.minimum(cosine, 1) ** 2)
        first = np.concatenate([in_picture[:, :, 0], np.zeros((len(seen), 1))], axis=1)
        second = np.concatenate([in_picture[:, :, 1] * cosine[:, None], sine[:, None]], axis=1)
        second /= np.linalg.norm(second, axis=-1, keepdims=True)
        along = np.einsum("nij,kj->nki", in_palm, flat_palm)  # the palm's points along its own two axes
        palm: Float64 = along[..., :1] * first[:, None] + along[..., 1:] * second[:, None]
        nearness = 1 + np.clip(palm[..., 2] * stretch[:, None], -0.5, 0.5)
    return palm


def _bend_fingers(world: Float64, palm: Float64) -> Float64:
    """Turn, move and scale the model's guess (n, 21, 3) so that its palm lies on the posed palm (n, 5, 3)."""
    own = world[:, _PALM]
    middle = own.mean(axis=1, keepdims=True)
    u, lengths, vt = np.linalg.svd(np.einsum("nki,nkj->nij", own - middle, palm))
    mirrored = np.linalg.det(u @ vt) < 0
    u[mirrored, :, 2] *= -1
    lengths[mirrored, 2] *= -1
    scale = lengths.sum(axis=-1) / np.maximum(((own - middle) ** 2).sum(axis=(1, 2)), 1e-9)
    bent: Float64 = (world - middle) @ (u @ vt) * scale[:, None, None]
    return bent


def _fit_offset(palm: Float64, rays: Float64) -> tuple[Float64, Float64]:
    """Where each palm (n, 5, 3) has to stand to look like what was seen along the rays (n, 5, 3).

    Least squares of (x + tx) - rx (z + tz) = 0, and likewise for y, over the points.

    Returns:
        Offsets (n, 3) in metres, and the root mean square of what is left, (n,) metres.
    """
    rx, ry = rays[..., 0], rays[..., 1]
    bx, by = rx * palm[..., 2] - palm[..., 0], ry * palm[..., 2] - palm[..., 1]
    normal = np.zeros((len(palm), 3, 3))
    normal[:, 0, 0] = normal[:, 1, 1] = palm.shape[1]
    normal[:, 0, 2] = normal[:, 2, 0] = -rx.sum(axis=-1)
    normal[:, 1, 2] = normal[:, 2, 1] = -ry.sum(axis=-1)
    normal[:, 2, 2] = (rx * rx + ry * ry).sum(axis=-1) + 1e-9
    right = np.stack([bx.sum(-1), by.sum(-1), -(rx * bx + ry * by).sum(-1)], axis=-1)
    offset: Float64 = np.linalg.solve(normal, right[..., None])[..., 0]
    left_x = offset[:, None, 0] - rx * offset[:, None, 2] - bx
    left_y = offset[:, None, 1] - ry * offset[:, None, 2] - by
    return offset, np.sqrt((left_x**2 + left_y**2).mean(axis=-1))


def _compute_sigma(wrist: Float64, fit_error: Float64, options: MetresOptions) -> Float64:
    """Standard error of the wrist: hand size and fit move it along its ray, the lens along the camera's axis."""
    along_ray = np.linalg.norm(wrist, axis=-1) * np.hypot(options.palm_error, fit_error)
    sigma: Float64 = np.hypot(along_ray, wrist[:, 2] * options.focal_error)
    return sigma
