"""Work gloves: what they are made of, and the hand's skin turned into one of them.

A glove covers the hand down to a cuff below the wrist. It has no nails, no creases and no redness of its own, is
thicker than skin, and light does not creep around it. Source of all colours and thicknesses: ours, after common kinds.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tacit.workshop.surface import Float32, Mesh

Glove = Literal["orange", "white", "grey", "black", "blue"]


@dataclass(frozen=True)
class Fabric:
    """What a glove is made of.

    colour: sRGB from 0 to 1. bulk_mm: how far its surface lies outside the skin. gloss: 0 dull to 1 wet.
    grain: how rough it looks, 0 smooth.
    """

    colour: tuple[float, float, float]
    bulk_mm: float
    gloss: float
    grain: float


GLOVES: dict[Glove, Fabric] = {
    "orange": Fabric((0.92, 0.41, 0.10), 1.0, 0.20, 0.11),
    "white": Fabric((0.88, 0.87, 0.84), 1.1, 0.02, 0.09),
    "grey": Fabric((0.50, 0.51, 0.53), 0.9, 0.08, 0.10),
    "black": Fabric((0.085, 0.085, 0.095), 0.5, 0.38, 0.05),
    "blue": Fabric((0.14, 0.36, 0.70), 0.3, 0.42, 0.035),
}
"""Dipped rubber, cotton, knitted nylon, thick nitrile and thin blue nitrile."""

_CUFF_MM = (-56.0, -54.0)


def put_on(
    glove: Glove, skin: Mesh, albedo: Float32, gloss: Float32, openness: Float32
) -> tuple[Mesh, Float32, Float32]:
    """The surface, albedo (v, 3, linear) and gloss (v,) of a hand (metres, hand frame) that wears a glove."""
    fabric = GLOVES[glove]
    y_mm = skin.vertices[:, 1] * 1000
    on = np.clip((y_mm - _CUFF_MM[0]) / (_CUFF_MM[1] - _CUFF_MM[0]), 0, 1)[:, None].astype(np.float32)
    rim = np.exp(-(((y_mm - _CUFF_MM[1] - 2) / 2.5) ** 2))
    bulk_m = np.float32(fabric.bulk_mm / 1000) * on[:, 0] * (1 + rim).astype(np.float32)
    vertices = skin.vertices + skin.normals * bulk_m[:, None]
    cloth = np.array(fabric.colour, np.float32) * (0.45 + 0.55 * openness)[:, None] * (1 - 0.15 * rim)[:, None]
    colour = albedo + on * (cloth**2.2 - albedo)
    shine = gloss + on[:, 0] * (np.float32(fabric.gloss) - gloss)
    return Mesh(vertices, skin.faces, skin.normals), np.asarray(colour, np.float32), np.asarray(shine, np.float32)
