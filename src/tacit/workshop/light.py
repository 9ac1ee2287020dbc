"""How the bench is lit and how the camera takes it: one far light, a sky above, an exposure and a noisy sensor."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tacit.workshop.shadow import TO_LIGHT

LightName = Literal["plain", "dim", "warm", "side", "over"]


@dataclass(frozen=True, eq=False)
class Light:
    """A kind of light.

    to_light: (3,) unit vector from the bench to the light, world. direct, sky, shadow: how strong each is, 1 for plain.
    exposure: red, green and blue of the linear picture are multiplied by it, then cut at white.
    noise_sigma: of the sensor, in grey levels of 255.
    """

    to_light: NDArray[np.float64]
    direct: float
    sky: float
    shadow: float
    exposure: tuple[float, float, float]
    noise_sigma: float


def _towards(x: float, y: float, z: float) -> NDArray[np.float64]:
    direction = np.array([x, y, z])
    return np.asarray(direction / np.linalg.norm(direction))


LIGHTS: dict[LightName, Light] = {
    "plain": Light(TO_LIGHT, 1.0, 1.0, 1.0, (1.0, 1.0, 1.0), 2.0),
    "dim": Light(TO_LIGHT, 1.0, 1.0, 1.0, (0.10, 0.10, 0.11), 5.0),
    "warm": Light(TO_LIGHT, 1.0, 1.0, 1.0, (1.0, 0.62, 0.30), 2.5),
    "side": Light(_towards(-0.88, 0.12, 0.46), 1.5, 0.40, 1.35, (1.0, 1.0, 1.0), 2.0),
    "over": Light(TO_LIGHT, 1.0, 1.0, 1.0, (3.0, 3.0, 3.0), 2.0),
}
"""A ceiling lamp; a tenth of its light; a filament lamp that the camera does not correct for; a window at the left; and
an exposure three times too long."""
