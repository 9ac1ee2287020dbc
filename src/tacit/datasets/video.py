"""What the mp4 of an episode holds: its packets, whether they keep the promises of the format, and its pictures.

Only the mp4 of a dataset is read here, which is anonymised already. Nothing is written.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
from numpy.typing import NDArray

from tacit.datasets.features import DatasetSpec
from tacit.records.errors import UnreadableDatasetError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

# Pictures that the statistics of one episode look at: how many at most, how often at most, and how coarsely. Ours:
# LeRobot takes 100 or more, thinned to about 150 pixels a side.
_SAMPLES_MAX = 100
_SAMPLE_EVERY_FRAMES = 15
_SAMPLE_PITCH_PX = 4

# What an mp4 may say about itself. Anything else, such as a place or a time of recording, has no business there.
_HARMLESS_TAGS = {"major_brand", "minor_version", "compatible_brands", "encoder", "language", "handler_name"}
_HARMLESS_TAGS |= {"vendor_id"}

_C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


@contextmanager
def _opened(path: Path) -> "Iterator[tuple[InputContainer, VideoStream]]":
    """Open an mp4 and find its video; every complaint of the decoder becomes an error that names the file."""
    name = _name(path)
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            if not container.streams.video:
                raise UnreadableDatasetError(name, "it has no video track")
            stream = container.streams.video[0]
            if stream.codec_context is None:
                raise UnreadableDatasetError(name, "its codec is not known")
            stream.codec_context.thread_count = 1
            yield container, stream
    except (av.error.FFmpegError, OSError) as error:
        raise UnreadableDatasetError(name, f"it cannot be read ({error.strerror or error})") from error


def _name(path: Path) -> str:
    return "/".join(path.parts[-4:])  # as in VIDEO_PATH


def read_video_bytes(path: Path, fps: int) -> Iterator[bytes]:
    """What the decoder gets, independent of the container: its parameter sets, then each packet after its frame number.

    The frame number takes eight bytes; -1 stands for a time stamp off the grid.
    """
    with _opened(path) as (container, stream):
        yield bytes(stream.codec_context.extradata or b"")
        for packet in container.demux(stream):
            if packet.size:
                frame = _frame_number(packet, fps)
                yield (-1 if frame is None else frame).to_bytes(8, "big", signed=True) + bytes(packet)


def _frame_number(packet: "Packet[VideoStream]", fps: int) -> int | None:
    """The place of a packet on the grid of the frame rate; None where its time stamp lies off the grid."""
    if packet.pts is None or packet.time_base is None:
        return None
    at, rest = divmod(packet.pts * packet.time_base.numerator * fps, packet.time_base.denominator)
    return at if rest == 0 and abs(at) < 2**63 else None


def find_video_faults(path: Path, spec: DatasetSpec, n_frames: int) -> list[str]:
    """Every way in which an mp4 differs from what its episode promises, one sentence each."""
    with _opened(path) as (container, stream):
        faults = _find_header_faults(container, stream, spec)
        packets = [
            (_frame_number(packet, spec.fps), packet.pts == packet.dts, packet.is_keyframe)
            for packet in container.demux(stream)
            if packet.size
        ]
    frames = [frame for frame, _, _ in packets]
    if len(frames) != n_frames:
        faults.append(f"it holds {len(frames)} frames; the episode has {n_frames}")
    if packets and not packets[0][2]:
        faults.append("its first frame is not a key frame")
    if not all(in_order for _, in_order, _ in packets):
        faults.append("frames are stored in another order than shown (B frames); encode with none")
    elif frames != list(range(len(frames))):
        faults.append(f"its time stamps are not k/{spec.fps} s for k = 0, 1, 2, ...")
    return faults


def _find_header_faults(container: "InputContainer", stream: "VideoStream", spec: DatasetSpec) -> list[str]:
    faults = []
    if len(container.streams) != 1:
        faults.append(f"it has {len(container.streams)} tracks; one video track is all it may have")
    codec, pix_fmt = stream.codec_context.name, stream.codec_context.pix_fmt
    if (codec, pix_fmt) != ("h264", "yuv420p"):
        faults.append(f"it is {codec} in {pix_fmt}; h264 in yuv420p is expected")
    if (stream.width, stream.height) != (spec.width, spec.height):
        faults.append(f"it is {stream.width}x{stream.height}; the dataset is {spec.width}x{spec.height} pixels")
    if stream.average_rate != Fraction(spec.fps):
        faults.append(f"it has {stream.average_rate} frames a second; the dataset has {spec.fps}")
    tags = {*container.metadata, *stream.metadata} - _HARMLESS_TAGS
    faults += [f'it carries the tag "{tag}", which may tell of a person or place; strip it' for tag in sorted(tags)]
    return faults


def has_manifest(path: Path) -> bool:
    """True where an mp4 carries a C2PA manifest, whatever it says and whether or not its signature holds.

    Source: ISO/IEC 14496-12 for boxes; C2PA Technical Specification 2.4, appendix on embedding, for the user type.
    """
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        start = 0
        while start + 8 <= end:
            file.seek(start)
            size, kind = struct.unpack(">I4s", file.read(8))
            if size == 1:  # the size did not fit and follows in 8 bytes
                size = int.from_bytes(file.read(8), "big")
            if kind == b"uuid" and file.read(16) == _C2PA_BOX:
                return True
            start += max(size, 8) if size else end - start  # 0: up to the end of the file
    return False


def sample_images(path: Path) -> Iterator[NDArray[np.uint8]]:
    """A few pictures of an episode, thinned, for its statistics: key frames evenly spread over its length.

    Key frames need no other frame, so the cost does not depend on how long the episode is.

    Returns:
        (h, w, 3) uint8 RGB each; every fourth pixel of every fourth row.

    Raises:
        UnreadableDatasetError: The mp4 cannot be read, or no picture comes out of it.
    """
    n_found = 0
    with _opened(path) as (container, stream):
        packets = [packet.is_keyframe for packet in container.demux(stream) if packet.size]
        n_keys = sum(packets)
        n_samples = min(n_keys, _SAMPLES_MAX, -(-len(packets) // _SAMPLE_EVERY_FRAMES))
        wanted = {round(k * (n_keys - 1) / max(n_samples - 1, 1)) for k in range(n_samples)}
        container.seek(0)
        for picture in _decode_keys(container, stream, wanted):
            n_found += 1
            rgb = np.asarray(picture.to_ndarray(format="rgb24"), dtype=np.uint8)
            yield rgb[::_SAMPLE_PITCH_PX, ::_SAMPLE_PITCH_PX]
    if not n_found:
        raise UnreadableDatasetError(_name(path), "no picture in it can be decoded")


def _decode_keys(container: "InputContainer", stream: "VideoStream", wanted: set[int]) -> "Iterator[av.VideoFrame]":
    """Decode the key frames with these numbers, counted from 0, and nothing else."""
    number = -1
    for packet in container.demux(stream):
        number += packet.is_keyframe
        if not packet.size or (packet.is_keyframe and number in wanted):
            yield from packet.decode()


def decode_images(path: Path) -> Iterator[NDArray[np.uint8]]:
    """Every picture of an episode in order: (h, w, 3) uint8 RGB each."""
    with _opened(path) as (container, stream):
        for picture in container.decode(stream):
            yield np.asarray(picture.to_ndarray(format="rgb24"), dtype=np.uint8)
