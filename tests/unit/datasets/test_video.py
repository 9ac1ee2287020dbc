"""Whether an mp4 carries a C2PA manifest, told from its boxes alone; and which pictures its statistics look at."""

import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tacit.datasets.video import decode_images, has_manifest, sample_images

# Source: C2PA Technical Specification, the user type of the box that holds a manifest.
C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def box(kind, content, long=False):
    if long:
        return struct.pack(">I4sQ", 1, kind, 16 + len(content)) + content
    return struct.pack(">I4s", 8 + len(content), kind) + content


MANIFEST = box(b"uuid", C2PA + b"jumb")
LAST = struct.pack(">I4s", 0, b"mdat") + b"up to the end"


@pytest.mark.parametrize(
    ("boxes", "expected"),
    [
        ([], False),
        ([box(b"ftyp", b"isom"), box(b"moov", b"...."), box(b"mdat", b"....")], False),
        ([box(b"ftyp", b"isom"), MANIFEST, box(b"mdat", b"....")], True),
        ([box(b"ftyp", b"isom"), box(b"mdat", b"....", long=True), MANIFEST], True),
        ([box(b"ftyp", b"isom"), box(b"uuid", C2PA + b"jumb", long=True)], True),
        ([box(b"ftyp", b"isom"), box(b"uuid", bytes(16)), LAST], False),
        ([box(b"mdat", MANIFEST)], False),  # inside the pictures it is no box
        ([LAST, MANIFEST], False),
        ([MANIFEST[:20]], False),
    ],
)
def test_manifest_is_a_box_of_its_own_kind_at_the_top(tmp_path, boxes, expected):
    video = tmp_path / "video.mp4"
    video.write_bytes(b"".join(boxes))
    assert has_manifest(video) is expected


@given(head=st.binary(max_size=60), size=st.integers(0, 2**64 - 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_looking_ends_whatever_the_boxes_say(tmp_path, head, size):
    video = tmp_path / "video.mp4"
    video.write_bytes(struct.pack(">I4sQ", 1, b"free", size) + head)
    assert has_manifest(video) in (True, False)


@pytest.mark.parametrize(
    ("gop", "n_frames", "expected"),
    [(3, 45, [0, 21, 42]), (15, 45, [0, 15, 30]), (3, 2, [0]), (3, 46, [0, 15, 30, 45]), (45, 46, [0, 45])],
)
def test_statistics_look_at_key_frames_far_apart_whatever_their_distance(tmp_path, kit, gop, n_frames, expected):
    kit.write_video(tmp_path / "episode.mp4", n_frames, 1, gop=gop)
    pictures = list(decode_images(tmp_path / "episode.mp4"))
    samples = list(sample_images(tmp_path / "episode.mp4"))
    assert len(samples) == len(expected)
    for sample, number in zip(samples, expected, strict=True):
        np.testing.assert_array_equal(sample, pictures[number][::4, ::4])
