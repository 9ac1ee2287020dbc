import ast
import io
import sys
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from tacit.footage import anonymise, audit
from tacit.footage.audit import AuditOptions, audit_video, estimate_frames
from tacit.footage.encode import CleanVideoWriter
from tacit.footage.faces import DetectOptions, FaceDetector
from tacit.footage.source import open_source
from tacit.records.errors import DamagedCleanVideoError
from tacit.records.frames import CleanFrame

WIDTH, HEIGHT = 320, 180


def encode(pictures: list[np.ndarray]) -> io.BytesIO:
    sink = io.BytesIO()
    height, width = pictures[0].shape[0] * 2 // 3, pictures[0].shape[1]
    with CleanVideoWriter(sink, width, height, 30) as writer:
        for index, picture in enumerate(pictures):
            writer.write(CleanFrame(index, picture, False, np.zeros((0, 4), np.float32)))
    sink.seek(0)
    return sink


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(90, 170, (HEIGHT * 3 // 2, WIDTH)).astype(np.uint8)


def test_audit_loads_no_code_that_covers_faces() -> None:
    tree = ast.parse(Path(audit.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert {name for name in imported if name.startswith("tacit")} == {"tacit.models.inference", "tacit.records.errors"}
    assert {name.split(".")[0] for name in imported} <= {*sys.stdlib_module_names, "av", "numpy", "tacit"}


def test_audit_knows_the_constant_that_faces_are_replaced_with() -> None:
    assert audit._FILL == (anonymise._FILL_Y, anonymise._FILL_UV, anonymise._FILL_UV)


def test_every_frame_is_looked_at_or_one_in_so_many(face_model: Path) -> None:
    video = encode([noise(seed) for seed in range(7)])
    assert [look.frame_index for look in audit_video(video, face_model, AuditOptions())] == list(range(7))
    video.seek(0)
    looks = list(audit_video(video, face_model, AuditOptions(every=3)))
    assert [look.frame_index for look in looks] == [0, 3, 6]
    assert all(look.sightings == () for look in looks)
    video.seek(0)
    assert estimate_frames(video) in (0, 7)


def test_filled_share_is_what_was_covered_and_survives_encoding(face_model: Path) -> None:
    covered = noise(1)
    covered[:64, :160] = 64
    covered[HEIGHT : HEIGHT + 45].reshape(90, 160)[:32, :80] = 128
    covered[HEIGHT + 45 :].reshape(90, 160)[:32, :80] = 128
    (plain, filled) = audit_video(encode([noise(1), covered]), face_model, AuditOptions())
    assert plain.filled_share == 0
    whole = 64 * 160 / (WIDTH * HEIGHT)
    assert 0.8 * whole <= filled.filled_share <= whole * 1.03  # in noise, the worst case, blocks at the edges are lost


@pytest.mark.parametrize("content", [b"", b"no video at all", b"\0" * 4096])
def test_what_cannot_be_decoded_is_told_and_never_called_clean(face_model: Path, content: bytes) -> None:
    with pytest.raises(DamagedCleanVideoError):
        list(audit_video(io.BytesIO(content), face_model, AuditOptions()))
    assert estimate_frames(io.BytesIO(content)) == 0


def test_play_list_of_another_file_is_no_video(face_model: Path, make_clip: Callable[..., Path]) -> None:
    path = make_clip("clip.mp4", stamps=[0]).with_name("list.mp4")
    path.write_text("ffconcat version 1.0\nfile clip.mp4\n", encoding="utf-8")
    with pytest.raises(DamagedCleanVideoError):
        list(audit_video(path, face_model, AuditOptions()))


@pytest.mark.parametrize("turn", ["quarter right", "half", "quarter left", "mirrored", "upside down", "transposed"])
def test_pictures_are_turned_as_a_player_turns_them(make_clip: Callable[..., Path], turn: str) -> None:
    one = 1 << 16
    (a, b, c, d), expect = {
        "quarter right": ((0, one, -one, 0), lambda p: np.rot90(p, -1)),
        "half": ((-one, 0, 0, -one), lambda p: np.rot90(p, 2)),
        "quarter left": ((0, -one, one, 0), lambda p: np.rot90(p, 1)),
        "mirrored": ((-one, 0, 0, one), lambda p: p[:, ::-1]),
        "upside down": ((one, 0, 0, -one), lambda p: p[::-1]),
        "transposed": ((0, one, one, 0), lambda p: p.swapaxes(0, 1)),
    }[turn]
    looked = []
    for name, matrix in (("plain.mp4", None), ("turned.mp4", (a, b, 0, c, d, 0, 0, 0, 1 << 30))):
        with av.open(str(make_clip(name, stamps=[0], matrix=matrix))) as container:
            picture = next(container.decode(video=0))
            looked.append((audit._upright(picture, "rgb24"), audit._upright(picture, "yuv444p").transpose(1, 2, 0)))
    for plain, turned in zip(*looked, strict=True):
        np.testing.assert_array_equal(turned, expect(plain))


def test_video_without_a_picture_is_told(face_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44_100)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), format="fltp", layout="mono")
        sound.sample_rate = 44_100
        container.mux(stream.encode(sound))
        container.mux(stream.encode())
    with pytest.raises(DamagedCleanVideoError, match="no video track"):
        list(audit_video(path, face_model, AuditOptions()))


def test_peaks_become_boxes_where_the_maps_say() -> None:
    score = np.zeros((8, 10), np.float32)
    score[3, 4], score[3, 5], score[6, 8] = 0.9, 0.6, 0.3  # the second is on the slope of the first
    size = np.full((2, 8, 10), np.log(2), np.float32)
    size[0, 3, 4] = np.log(3)
    offset = np.zeros((2, 8, 10), np.float32)
    offset[0, 3, 4], offset[1, 3, 4] = 0.25, -0.25
    faces = audit._read_peaks(score, size, offset, 0.2)
    # height 3 cells and width 2 cells of 4 px; centre at row 3.75 and column 4.25 of them
    np.testing.assert_allclose(faces, [[13, 9, 8, 12, 0.9], [30, 22, 8, 8, 0.3]], atol=1e-5)
    assert audit._read_peaks(score, size, offset, 0.95).shape == (0, 5)


def test_boxes_that_overlap_are_one_face() -> None:
    score = np.zeros((8, 10), np.float32)
    score[3, 2], score[3, 4], score[3, 8] = 0.5, 0.8, 0.4
    size, offset = np.full((2, 8, 10), np.log(3), np.float32), np.zeros((2, 8, 10), np.float32)
    assert audit._read_peaks(score, size, offset, 0.2)[:, 4].tolist() == pytest.approx([0.8, 0.4])


@pytest.mark.footage
def test_both_faces_of_the_meal_are_found_where_other_code_finds_them(face_model: Path, real_footage: Path) -> None:
    with open_source(real_footage / "meal_two_faces_2560.mp4", 10) as source:
        picture = next(source.frames()).i420
    half = picture[: picture.shape[0] * 2 // 3].reshape(960, 2, 1280, 2)[:, 0, :, 0]
    planes = [plane[::2, ::2] for plane in picture[1920:].reshape(2, 960, 1280)]
    small = np.concatenate([half, *(plane.reshape(-1, 1280) for plane in planes)]).astype(np.uint8)
    (look,) = audit_video(encode([small]), face_model, AuditOptions())
    others = FaceDetector(face_model, 1280, 960, DetectOptions(score_min=0.5, bfloat16=False)).find(small)
    left = [one for one in look.sightings if one.score >= 0.5]
    assert len(left) == len(others) == 2
    np.testing.assert_allclose([one.box for one in left], others[:, :4], atol=6)  # encoding may move a peak by a cell
