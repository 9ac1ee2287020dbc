import io
from typing import Any, BinaryIO, cast

import av
import numpy as np
import pytest

from tacit.footage.encode import KEY_INTERVAL_FRAMES, CleanVideoWriter
from tacit.records.frames import CleanFrame


class Sequential:
    """A sink that can only be written from front to back."""

    def __init__(self) -> None:
        self.content = b""

    def write(self, data: bytes) -> int:
        self.content += data
        return len(data)

    def tell(self) -> int:
        return len(self.content)


class Full:
    """A sink whose disk fills up."""

    def __init__(self, room_bytes: int) -> None:
        self.room_bytes = room_bytes

    def write(self, data: bytes) -> int:
        self.room_bytes -= len(data)
        if self.room_bytes < 0:
            raise OSError(28, "No space left on device")
        return len(data)


def test_the_same_frames_give_the_same_bytes(numbers: Any) -> None:
    assert numbers.video(50).getvalue() == numbers.video(50).getvalue()


def test_every_third_frame_and_no_other_begins_a_group(numbers: Any) -> None:
    with av.open(numbers.video(100)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    keys = [i for i, packet in enumerate(packets) if packet.is_keyframe]
    assert keys == list(range(0, 100, KEY_INTERVAL_FRAMES))
    assert all(packet.pts == packet.dts for packet in packets)


def test_each_group_decodes_without_the_others(numbers: Any) -> None:
    content = numbers.video(60).getvalue()
    with av.open(io.BytesIO(content)) as container:
        whole = [frame.to_ndarray() for frame in container.decode(video=0)]
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        alone = av.CodecContext.create("h264", "r")
        alone.extradata = stream.codec_context.extradata
        frames = [frame for packet in packets[30:45] for frame in alone.decode(packet)] + alone.decode(None)
    assert len(frames) == 15
    for k, frame in enumerate(frames):
        np.testing.assert_array_equal(frame.to_ndarray(), whole[30 + k])


def test_r3_nothing_tells_when_or_with_what_it_was_made(numbers: Any) -> None:
    content = numbers.video(40).getvalue()
    assert b"x264" not in content
    assert b"Lavf" not in content
    assert b"Lavc" not in content
    header = content.find(b"mvhd")
    assert content[header + 8 : header + 16] == bytes(8), "times of creation and change"
    with av.open(io.BytesIO(content)) as container:
        assert "creation_time" not in container.metadata | container.streams.video[0].metadata


def test_colours_are_named(numbers: Any) -> None:
    with av.open(numbers.video(2)) as container:
        context = container.streams.video[0].codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)


def test_bytes_leave_while_frames_come(numbers: Any) -> None:
    sink = Sequential()
    writer = CleanVideoWriter(cast(BinaryIO, sink), 96, 64, 30)
    sizes = []
    for number in range(200):
        noise = np.random.default_rng(number).integers(0, 256, (96, 96), np.uint8)
        writer.write(CleanFrame(number, noise, False, numbers.no_faces))
        sizes.append(sink.tell())
    writer.close()
    assert sizes[100] > 0.3 * len(sink.content)


def test_a_full_disk_is_told_as_such(numbers: Any) -> None:
    def write_until_full() -> None:
        with CleanVideoWriter(cast(BinaryIO, Full(20_000)), 96, 64, 30) as writer:
            for number in range(200):
                noise = np.random.default_rng(number).integers(0, 256, (96, 96), np.uint8)
                writer.write(CleanFrame(number, noise, False, numbers.no_faces))

    with pytest.raises(OSError, match="No space left"):
        write_until_full()
