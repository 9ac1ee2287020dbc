"""A recording as a file for the Rerun viewer, read back with Rerun's own reader."""

import errno
import io
import json
import platform
import subprocess
import sys

import numpy as np
import pytest

from tacit.pages.page_file import RERUN_MARKS, require_page_place
from tacit.pages.rerun_file import Moment, TimelineView, write_timeline
from tacit.records.errors import ForeignPageError, MissingViewerError
from tacit.records.hands import HandTrack
from tacit.records.recording import Stretch

N_FRAMES = 40


@pytest.fixture
def view():
    px = np.full((N_FRAMES, 2, 21, 2), np.nan, np.float32)
    px[10:, 0] = np.arange(21)[:, None] * 3.0
    seen = np.zeros((N_FRAMES, 2), np.float32)
    seen[10:, 0] = 1
    seen[20:22, 0] = 0.5
    sigma_m = np.where(seen > 0, 0.125, np.nan).astype(np.float32)
    track = HandTrack(
        30, px, np.zeros((N_FRAMES, 2, 21, 3), np.float32), seen, sigma_m, (seen > 0).sum(axis=1).astype(np.uint8)
    )
    return TimelineView("rec-1", track, np.linspace(0, 0.5, N_FRAMES), (Stretch(15, 30),))


@pytest.fixture
def moments():
    nothing = np.zeros((0, 4), np.float32)
    box = np.array([[4, 6, 20, 30]], np.float32)
    return [Moment(index, b"\xff\xd8 picture", box if index >= 32 else nothing) for index in range(0, N_FRAMES, 4)]


def read(content, folder):
    """Columns of an .rrd file by name, and the frame of each of their rows."""
    chunk = pytest.importorskip("rerun.chunk")
    path = folder / "recording.rrd"
    path.write_bytes(content)
    rows = {}
    for part in chunk.RrdReader(path).stream():
        batch = part.to_record_batch()
        frames = batch.column("frame").to_pylist() if "frame" in batch.schema.names else None
        for name in batch.schema.names:
            if frames is not None and name != "frame":
                key = f"{part.entity_path}:{name}"
                rows.setdefault(key, {}).update(zip(frames, batch.column(name).to_pylist(), strict=True))
    return rows


def written(view, moments):
    pytest.importorskip("rerun")
    sink = io.BytesIO()
    write_timeline(view, moments, sink)
    return sink.getvalue()


def test_everything_is_on_one_timeline_and_reads_back(view, moments, tmp_path):
    rows = read(written(view, moments), tmp_path)
    pictures = rows["/video:EncodedImage:blob"]
    assert sorted(pictures) == list(range(0, N_FRAMES, 4))
    assert bytes(pictures[0][0]) == b"\xff\xd8 picture"
    boxes = rows["/video/covered:Boxes2D:half_sizes"]
    assert boxes[32] == [[10, 15]]
    assert boxes[28] == []
    joints = rows["/video/left:Points2D:positions"]
    assert len(joints[12]) == 21
    assert joints[8] == []  # not seen, and the viewer must not hold on to the last one
    assert rows["/video/right:Points2D:positions"][12] == []
    seen = rows["/seen/left:Scalars:scalars"]
    assert [seen[index] for index in (9, 10, 20, 39)] == [[0.0], [1.0], [0.5], [1.0]]
    assert sorted(seen) == list(range(N_FRAMES))  # gaps are of every frame, also where pictures are left out
    assert rows["/quality/in_an_episode:Scalars:scalars"][15] == [1.0]
    assert rows["/covered_share:Scalars:scalars"][39] == [0.5]
    assert sorted(rows["/wrist_sigma_m/left:Scalars:scalars"]) == list(range(10, N_FRAMES))


def test_recording_of_any_length_is_one_file_with_every_picture_in_it(view, tmp_path):
    moments = [Moment(index, b"\xff\xd8" + bytes(9000), np.zeros((0, 4), np.float32)) for index in range(100)]
    track = HandTrack(
        **{
            name: np.resize(value, (100, *value.shape[1:])) if isinstance(value, np.ndarray) else value
            for name, value in vars(view.track).items()
        }
    )
    rows = read(written(TimelineView("rec-1", track, np.zeros(100), ()), moments), tmp_path)
    assert sorted(rows["/video:EncodedImage:blob"]) == sorted(rows["/seen/left:Scalars:scalars"]) == list(range(100))


def test_sink_that_takes_no_more_ends_the_writing_with_its_own_error(view, moments):
    pytest.importorskip("rerun")

    class Full(io.BytesIO):
        def write(self, _content):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_timeline(view, moments, Full())


def test_recording_without_masks_or_hands_is_written_too(view, tmp_path):
    bare = TimelineView("rec-1", view.track, np.zeros(0), ())
    rows = read(written(bare, [Moment(0, b"\xff\xd8", np.zeros((0, 4), np.float32))]), tmp_path)
    assert "/covered_share:Scalars:scalars" not in rows
    assert set(map(tuple, rows["/quality/in_an_episode:Scalars:scalars"].values())) == {(0.0,)}


def test_our_own_file_is_replaced_and_no_other(view, moments, tmp_path):
    ours, notes = tmp_path / "ours.rrd", tmp_path / "notes.txt"
    ours.write_bytes(written(view, moments))
    notes.write_text("tacit: what to look at next", encoding="utf-8")
    require_page_place(ours, RERUN_MARKS)
    with pytest.raises(ForeignPageError):
        require_page_place(notes, RERUN_MARKS)
    with pytest.raises(ForeignPageError):
        require_page_place(ours)


def test_without_the_package_it_says_how_to_get_it(view, moments, monkeypatch):
    monkeypatch.setitem(sys.modules, "rerun", None)  # so Python says that it is not installed
    with pytest.raises(MissingViewerError, match=r"tacit\[view\]"):
        write_timeline(view, moments, io.BytesIO())


# As for signed video: the kernel kills whoever opens a socket, also from native code.
OFFLINE = """
import ctypes, json, platform, struct, sys
number = {"x86_64": 41, "aarch64": 198}[platform.machine()]
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x80000000), (0x06, 0, 0, 0x7FFF0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(Filter(len(steps), ctypes.addressof(code))), 0, 0) == 0
if json.load(sys.stdin):
    import socket
    socket.socket()
import io
import numpy as np
from tacit.pages.page_file import RERUN_MARKS, require_page_place
from tacit.pages.rerun_file import Moment, TimelineView, write_timeline
from tacit.records.hands import HandTrack
zeros = np.zeros
track = HandTrack(30, zeros((9, 2, 21, 2), "f4"), zeros((9, 2, 21, 3), "f4"), zeros((9, 2), "f4"),
                  zeros((9, 2), "f4"), zeros(9, "u1"))
sink = io.BytesIO()
write_timeline(TimelineView("rec-1", track, zeros(9), ()), [Moment(0, b"", zeros((0, 4), "f4"))], sink)
print(len(sink.getvalue()))
"""


@pytest.mark.skipif(
    platform.system() != "Linux" or platform.machine() not in ("x86_64", "aarch64"),
    reason="asks the Linux kernel, by the numbers of its system calls",
)
@pytest.mark.parametrize("reach_out", [False, True])
def test_writing_opens_no_socket_and_leaves_nothing_in_the_home(tmp_path, reach_out):
    pytest.importorskip("rerun")
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE],
        input=json.dumps(reach_out),
        capture_output=True,
        text=True,
        env={"HOME": str(tmp_path), "PATH": ""},
    )
    if reach_out:
        assert done.returncode == -31  # SIGSYS: the guard works
    else:
        assert done.returncode == 0, done.stderr
        assert int(done.stdout) > 1000
    assert list(tmp_path.iterdir()) == []
