"""Draws a frame: bench and wall behind, then solids with soft skin-like shading, shadows, a little blur and noise.

One light, a sky above and a bench that throws some of it back. Colours are linear inside and sRGB
outside. Deterministic for a seed. Source: standard shading terms; all constants are ours, chosen by eye.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tacit.workshop.backdrop import Backdrop, hidden_by_bench
from tacit.workshop.camera import Camera
from tacit.workshop.light import LIGHTS, Light
from tacit.workshop.raster import corner_shares, rasterise
from tacit.workshop.shadow import ShadowMap

Float32 = NDArray[np.float32]
Image = NDArray[np.uint8]

_LIGHT_COLOUR = np.array([[0.98], [0.94], [0.88]], np.float32)
_SKY = np.array([[0.50], [0.53], [0.58]], np.float32)
_GROUND = np.array([[0.27], [0.25], [0.23]], np.float32)
_SKIN_WRAP = np.array([[0.34], [0.18], [0.12]], np.float32)  # light creeps around skin, red the farthest
_GRAIN_CELLS, _GRAIN_MM = 32, 0.7
_SHARP_SIGMA_PX = 0.62
"""How soft the lens is in focus."""


@dataclass(frozen=True)
class Solid:
    """Something to draw in this frame, in the world.

    vertices, normals: (v, 3). faces: (f, 3), counter-clockwise from outside. rest: (v, 3) metres, where each point is
    when the thing is at rest; carries the grain. albedo: (v, 3) linear. gloss, openness: (v,). skin: light creeps
    around it. grain: how rough it looks, 0 smooth.
    """

    vertices: Float32
    normals: Float32
    faces: NDArray[np.int32]
    rest: Float32
    albedo: Float32
    gloss: Float32
    openness: Float32
    skin: bool
    grain: float


@dataclass(frozen=True)
class Picture:
    """A drawn frame: rgb (height, width, 3) and which solid each pixel shows (height, width), -1 for none."""

    rgb: Image
    solid: NDArray[np.int16]


@dataclass(frozen=True)
class _Joined:
    """All solids of a frame as one mesh; each attribute stacked over the solids."""

    vertices: Float32
    faces: NDArray[np.int32]
    attributes: Float32  # (v, 12): normal, rest, albedo, gloss, openness, grain
    solid_of_face: NDArray[np.int16]


def _join(solids: Sequence[Solid]) -> _Joined:
    """Put all solids into one mesh."""
    starts = np.cumsum([0] + [len(s.vertices) for s in solids[:-1]])
    rows = [
        np.concatenate(
            [s.normals, s.rest, s.albedo, s.gloss[:, None], s.openness[:, None], np.full((len(s.gloss), 1), s.grain)], 1
        )
        for s in solids
    ]
    return _Joined(
        np.concatenate([s.vertices for s in solids]).astype(np.float32),
        np.concatenate([s.faces + np.int32(start) for s, start in zip(solids, starts, strict=True)]),
        np.concatenate(rows).astype(np.float32),
        np.repeat(np.arange(len(solids), dtype=np.int16), [len(s.faces) for s in solids]),
    )


class Renderer:
    """Draws frames of one size; holds what does not change from frame to frame.

    seed: of the bench's wear and of the camera noise. light: see there. blur_sigma_px: how soft the lens draws.
    textured: the bench top has a coarse pattern.
    """

    def __init__(
        self,
        width: int,
        height: int,
        seed: int,
        light: Light = LIGHTS["plain"],
        blur_sigma_px: float = _SHARP_SIGMA_PX,
        textured: bool = False,
    ) -> None:
        self.width, self.height = width, height
        self._light = light
        self._blur_sigma_px = blur_sigma_px
        rng = np.random.default_rng(seed)
        self._backdrop = Backdrop(rng, textured)
        self._noise = rng.normal(0, light.noise_sigma, (height + 64, width + 64, 3)).astype(np.int8)
        self._bumps = _grain_volume(rng)
        self._gamma = (np.linspace(0, 1, 4096) ** (1 / 2.2) * 255).astype(np.uint8)
        self._linear = (np.arange(256, dtype=np.float32) / 255) ** np.float32(2.2)

    def draw(self, camera: Camera, solids: Sequence[Solid]) -> Picture:
        """Draw the solids on the bench as the camera would see them, were it perfect."""
        joined = _join(solids)
        shadow = ShadowMap(joined.vertices, self._light.to_light)
        rgb = self._backdrop.draw(camera, shadow, self._light.shadow)
        points = camera.to_camera(joined.vertices.astype(np.float64))
        ahead = points[:, 2] > 0.02
        depth = np.where(ahead, 1 / np.where(ahead, points[:, 2], 1), -1).astype(np.float32)
        points[~ahead, 2] = 1
        flat = camera.project(points).astype(np.float32)
        hits = rasterise(flat, depth, joined.faces, self.width, self.height)
        shares = corner_shares(flat, depth, joined.faces, hits, self.width)
        corner = joined.faces.take(hits.face, axis=0)
        table = np.concatenate([joined.vertices, joined.attributes], 1)
        seen = table.take(corner[:, 0], axis=0) * shares[:, :1]
        for i in (1, 2):
            seen += table.take(corner[:, i], axis=0) * shares[:, i : i + 1]
        shown = ~hidden_by_bench(camera, seen[:, :3])
        pixel, solid = hits.pixel[shown], joined.solid_of_face[hits.face[shown]]
        skin = np.array([s.skin for s in solids])[solid]
        colour = self._shade(np.ascontiguousarray(seen[shown].T), skin, camera, shadow)
        rgb.reshape(-1, 3)[pixel] = self._gamma[(np.clip(colour, 0, 1) * 4095).astype(np.int16)]
        owner = np.full(self.width * self.height, -1, np.int16)
        owner[pixel] = solid
        return Picture(rgb, owner.reshape(self.height, self.width))

    def expose(self, moments: Sequence[Image], frame_index: int) -> Image:
        """What a small camera makes of the moments while its shutter is open, one if nothing smears.

        Their light adds up; the lens is soft and the sensor noisy.
        """
        rgb = moments[0]
        if len(moments) > 1 or self._light.exposure != (1.0, 1.0, 1.0):
            total = sum((self._linear[moment] for moment in moments[1:]), self._linear[rgb])
            total *= np.array(self._light.exposure, np.float32) / len(moments)
            rgb = self._gamma[(np.minimum(total, 1) * 4095).astype(np.int16)]
        size = 2 * int(np.ceil(1.5 * self._blur_sigma_px)) + 1
        soft = cv2.GaussianBlur(rgb, (size, size), self._blur_sigma_px)
        down, right = (frame_index * 37) % 64, (frame_index * 23) % 64
        noise = self._noise[down : down + self.height, right : right + self.width]
        return np.asarray(cv2.add(soft, noise, dtype=cv2.CV_8U), np.uint8)

    def _shade(self, seen: Float32, skin: NDArray[np.bool_], camera: Camera, shadow: ShadowMap) -> Float32:
        """Light of each visible point as linear RGB (n, 3).

        seen: (15, n): place, normal, rest, albedo (three each), gloss, openness, grain. Coordinates come first
        because numpy is several times faster on long rows. skin: (n,).
        """
        place, rest, albedo, (gloss, openness, grain) = seen[:3], seen[6:9], seen[9:12], seen[12:]
        cell = (rest * np.float32(1000 / _GRAIN_MM)).astype(np.int32) & (_GRAIN_CELLS - 1)
        flat = (cell[0] * _GRAIN_CELLS + cell[1]) * _GRAIN_CELLS + cell[2]
        normal = _unit(seen[3:6] + self._bumps[:3, flat] * grain)
        to_eye = _unit(camera.eye.astype(np.float32)[:, None] - place)
        light = self._light.to_light.astype(np.float32)[:, None]
        lit = 1 - np.float32(0.8) * shadow.covered(place)
        wrap = _SKIN_WRAP * skin.astype(np.float32)
        diffuse = np.clip((_dot(normal, light) + wrap) / (1 + wrap), 0, 1) * (
            lit * _LIGHT_COLOUR * np.float32(self._light.direct)
        )
        upward = normal[2] * np.float32(0.5) + np.float32(0.5)
        ambient = (_GROUND + upward * (_SKY - _GROUND)) * (openness * np.float32(0.85 * self._light.sky))
        spark = np.clip(_dot(normal, _unit(light + to_eye)), 0, 1) ** (14 + 50 * gloss)
        rim = (1 - np.clip(_dot(normal, to_eye), 0, 1)) ** 4
        shine = spark * (np.float32(0.05) + np.float32(0.34) * gloss) * lit * np.float32(
            self._light.direct
        ) + rim * np.float32(0.035)
        return np.asarray((albedo * (diffuse + ambient) * (1 + self._bumps[3, flat] * grain) + shine).T, np.float32)


def _dot(a: Float32, b: Float32) -> Float32:
    """Dot products of vectors (3, n): (n,)."""
    return np.asarray(a[0] * b[0] + a[1] * b[1] + a[2] * b[2], np.float32)


def _unit(vectors: Float32) -> Float32:
    """Vectors (3, n) at length one."""
    return np.asarray(vectors / np.sqrt(_dot(vectors, vectors)), np.float32)


def _grain_volume(rng: np.random.Generator) -> Float32:
    """Noise in a cube that repeats: its slope in x, y and z and its own value, around zero, (4, cells of the cube)."""
    value = rng.normal(0, 1, (_GRAIN_CELLS,) * 3)
    for axis in range(3):
        value = value + 0.7 * (np.roll(value, 1, axis) + np.roll(value, -1, axis))
    value /= value.std()
    slopes = [np.roll(value, -1, axis) - np.roll(value, 1, axis) for axis in range(3)]
    return np.asarray(np.stack([*slopes, 0.4 * value]).reshape(4, -1) * 0.5, np.float32)
