"""Gloves: over the hand down to the cuff, a little thicker than it, and of their own colour."""

import numpy as np
import pytest

from tacit.workshop.glove import GLOVES
from tacit.workshop.hand_mesh import hand_mesh

BARE = hand_mesh("tan")
ON_HAND = BARE.mesh.vertices[:, 1] > -0.050
BELOW_CUFF = BARE.mesh.vertices[:, 1] < -0.060


@pytest.mark.parametrize("glove", GLOVES)
def test_a_glove_covers_the_hand_and_leaves_the_arm_bare(glove):
    gloved = hand_mesh("tan", glove)
    np.testing.assert_array_equal(gloved.albedo[BELOW_CUFF], BARE.albedo[BELOW_CUFF])
    np.testing.assert_array_equal(gloved.mesh.vertices[BELOW_CUFF], BARE.mesh.vertices[BELOW_CUFF])
    thicker_mm = 1000 * np.linalg.norm(gloved.mesh.vertices - BARE.mesh.vertices, axis=1)[ON_HAND]
    assert thicker_mm.min() > 0.2
    assert thicker_mm.max() < 2.5
    assert not gloved.bare


@pytest.mark.parametrize("glove", GLOVES)
def test_a_glove_has_its_own_colour_whatever_the_skin_under_it(glove):
    light, dark = (hand_mesh(skin, glove).albedo[ON_HAND] for skin in ("fair", "dark"))
    np.testing.assert_allclose(light, dark, atol=1e-6)
    hue = light.mean(0) / light.mean()
    wanted = np.array(GLOVES[glove].colour) ** 2.2
    np.testing.assert_allclose(hue, wanted / wanted.mean(), atol=0.05)
