import base64
import re
from dataclasses import replace

import numpy as np

from tacit.pages.keyframe import draw_frame


def test_a_hand_that_was_not_seen_is_not_drawn(key_frame):
    drawn = draw_frame(key_frame)
    assert [hand.side for hand in drawn.hands] == ["left"]
    assert drawn.description == "Frame at 1.2 s with the left hand drawn on it"


def test_the_joints_are_the_landmarks(key_frame):
    (hand,) = draw_frame(key_frame).hands
    assert len(hand.joints) == 21
    assert hand.joints[0] == ("0.0", "0.0")
    assert hand.joints[20] == ("80.0", "60.0")


def test_the_bones_join_every_landmark(key_frame):
    (hand,) = draw_frame(key_frame).hands
    drawn = set(re.findall(r"(\d+\.\d) (\d+\.\d)", hand.bones))
    assert drawn == set(hand.joints)
    assert hand.bones.count("M") == 6


def test_the_picture_lies_inside_the_page(key_frame):
    uri = draw_frame(key_frame).uri
    assert base64.b64decode(uri.removeprefix("data:image/jpeg;base64,")) == key_frame.jpeg


def test_both_hands_and_none_are_described(key_frame):
    both = replace(key_frame, px=np.zeros((2, 21, 2), np.float32))
    none = replace(key_frame, px=np.full((2, 21, 2), np.nan, np.float32))
    assert "the left hand and the right hand drawn" in draw_frame(both).description
    assert "no hand drawn" in draw_frame(none).description
