"""A recording as a file for the Rerun viewer: video, landmarks, gaps, covered boxes and quality on one timeline.

In: what a flow read from the shop, frame by frame. Out: bytes of an .rrd file, from front to back; memory does not
grow with length. The package rerun-sdk is loaded only here and only when needed (the extra `view`). Writing asks
nothing of the network. The only word about a person is the id of the recording.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from tacit.pages.keyframe import CHAINS
from tacit.records.errors import MissingViewerError
from tacit.records.hands import HandTrack
from tacit.records.recording import Stretch

if TYPE_CHECKING:
    from rerun import RecordingStream
    from rerun.blueprint import Blueprint

_SIDES = (("left", (42, 120, 214)), ("right", (235, 104, 52)))
_COVER = (240, 200, 60)
_FLUSH_FRAMES = 30
_PART_BYTES = 1 << 16


@dataclass(frozen=True)
class TimelineView:
    """What is known of a whole recording.

    covered_share: (n_frames,) float64; part of the picture that is covered; no rows where nobody kept it.
    stretches: hands at work.
    """

    recording_id: str
    track: HandTrack
    covered_share: NDArray[np.float64]
    stretches: Sequence[Stretch]


@dataclass(frozen=True)
class Moment:
    """One frame: the anonymised picture as JPEG, and the boxes that are covered in it, (k, 4) in its pixels."""

    frame_index: int
    jpeg: bytes
    covered: NDArray[np.float32]


def require_rerun() -> None:
    """Check that the package is there, before long work.

    Raises:
        MissingViewerError: It is not installed.
    """
    try:
        import rerun  # noqa: F401 - to see whether it is there
    except ImportError as error:
        raise MissingViewerError from error


def write_timeline(view: TimelineView, moments: Iterable[Moment], sink: BinaryIO) -> None:
    """Write a recording as an .rrd file.

    Raises:
        MissingViewerError: rerun-sdk is not installed.
        OSError: The sink takes no more.
    """
    require_rerun()
    import rerun

    stream = rerun.RecordingStream("tacit", recording_id=view.recording_id, send_properties=False)
    with _written_into(sink, stream) as flush:
        stream.send_blueprint(_blueprint())
        for side, color in _SIDES:
            stream.log(f"seen/{side}", rerun.SeriesLines(colors=[color], names=[f"{side} hand"]), static=True)
        _send_figures(stream, view)
        for count, moment in enumerate(moments):
            stream.set_time("frame", sequence=moment.frame_index)
            stream.set_time("time", duration=moment.frame_index / view.track.fps)
            stream.log("video", rerun.EncodedImage(contents=moment.jpeg, media_type="image/jpeg"))
            boxes = rerun.Boxes2D(array=moment.covered, array_format=rerun.Box2DFormat.XYWH, colors=[_COVER])
            stream.log("video/covered", boxes)
            _log_hands(stream, view.track, moment.frame_index)
            if count % _FLUSH_FRAMES == _FLUSH_FRAMES - 1:
                flush()


@contextmanager
def _written_into(sink: BinaryIO, stream: "RecordingStream") -> Iterator[Callable[[], None]]:
    """Have a sink take what is sent to a stream, as one file; yields what waits until it has all that was sent so far.

    Rerun closes a file with a list of all that is in it. Bytes that are read from its memory are a file of their own
    each time, so it is made to write to a path, which is one end of a pipe.

    Raises:
        OSError: The sink takes no more.
    """
    read_end, write_end = os.pipe()
    failures: list[OSError] = []

    def hand_on() -> None:
        with os.fdopen(read_end, "rb", buffering=0) as pipe:
            while part := pipe.read(_PART_BYTES):  # to the end, also after a failure, or the writer would wait forever
                if not failures:
                    try:
                        sink.write(part)
                    except OSError as error:
                        failures.append(error)

    def flush() -> None:
        stream.flush()
        if failures:
            raise failures[0]

    reader = Thread(target=hand_on, name="rerun file")
    reader.start()
    try:
        stream.save(f"/dev/fd/{write_end}")
        yield flush
    finally:
        stream.disconnect()
        os.close(write_end)
        reader.join()
    if failures:
        raise failures[0]


def _log_hands(stream: "RecordingStream", track: HandTrack, frame_index: int) -> None:
    """Both hands of one frame; one that is not seen is empty, so that the viewer does not hold the last one."""
    import rerun

    for index, (side, color) in enumerate(_SIDES):
        px = track.px[frame_index, index]
        is_seen = track.seen[frame_index, index] > 0 and bool(np.isfinite(px).all())
        lines = [px[list(chain)] for chain in CHAINS] if is_seen else []
        stream.log(f"video/{side}", rerun.Points2D(px if is_seen else np.zeros((0, 2)), colors=[color], radii=2.5))
        stream.log(f"video/{side}/bones", rerun.LineStrips2D(lines, colors=[color], radii=1.0))


def _send_figures(stream: "RecordingStream", view: TimelineView) -> None:
    """Figures that every frame has, as whole columns."""
    import rerun

    track = view.track
    in_episode = np.zeros(track.n_frames)
    for stretch in view.stretches:
        in_episode[stretch.start_frame : stretch.end_frame] = 1
    columns: dict[str, NDArray[Any]] = {
        "seen/left": track.seen[:, 0],
        "seen/right": track.seen[:, 1],
        "quality/hands_of_anyone": track.n_hands,
        "quality/in_an_episode": in_episode,
        "wrist_sigma_m/left": track.sigma_m[:, 0],
        "wrist_sigma_m/right": track.sigma_m[:, 1],
        "covered_share": view.covered_share,
    }
    for name, values in columns.items():
        frames = np.flatnonzero(np.isfinite(values))
        if len(frames):
            indexes = [
                rerun.TimeColumn("frame", sequence=frames),
                rerun.TimeColumn("time", duration=frames / track.fps),
            ]
            scalars = rerun.Scalars.columns(scalars=values[frames].astype(np.float64))
            stream.send_columns(name, indexes, scalars)


def _blueprint() -> "Blueprint":
    """The pictures on one side, the figures under each other on the other."""
    from rerun import blueprint

    rows = ("seen", "quality", "wrist_sigma_m", "covered_share")
    plots = [blueprint.TimeSeriesView(origin=row, name=row) for row in rows]
    picture = blueprint.Spatial2DView(origin="video", name="Clean video")
    return blueprint.Blueprint(blueprint.Horizontal(picture, blueprint.Vertical(*plots), column_shares=[3, 2]))
