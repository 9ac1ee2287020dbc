"""Cut pictures are gone, kept ones are as they were bit for bit."""

import io
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.footage.blank import blank_frame, blank_spans, find_spans, is_within
from tacit.footage.clean import count_frames, open_clean, read_clean
from tacit.footage.encode import KEY_INTERVAL_FRAMES, CleanVideoWriter, EncodeOptions
from tacit.records.cuts import Cut
from tacit.records.errors import DamagedCleanVideoError
from tacit.records.frames import CleanFrame

N_FRAMES = 63  # the last group is not whole


def blank(source: io.BytesIO, *spans: tuple[int, int]) -> io.BytesIO:
    sink = io.BytesIO()
    blank_spans(source, sink, spans, 30)
    return io.BytesIO(sink.getvalue())


def packets(source: io.BytesIO) -> list[bytes]:
    with open_clean(source) as video:
        return [bytes(packet) for packet in video.container.demux(video.stream) if packet.size]


@pytest.mark.parametrize("spans", [[(15, 35)], [(0, 10)], [(55, 63)], [(0, 63)], [(0, 5), (20, 25), (60, 63)]])
def test_r4_cut_pictures_are_grey_and_all_others_are_the_same_bytes(numbers: Any, spans: list[tuple[int, int]]) -> None:
    source = numbers.video(N_FRAMES)
    cut = blank(source, *spans)
    before, after = packets(source), packets(cut)
    pictures = [frame.i420 for frame in read_clean(cut)]
    assert count_frames(cut) == len(pictures) == N_FRAMES
    for index, picture in enumerate(pictures):
        if is_within(index, spans):
            assert (picture == 128).all()
            assert after[index] != before[index]
        else:
            assert after[index] == before[index]
            assert numbers.read(picture) == index


def test_r4_a_cut_stays_cut_where_more_is_cut(numbers: Any) -> None:
    source = numbers.video(N_FRAMES)
    twice = blank(blank(source, (10, 20)), (40, 50))
    assert packets(twice) == packets(blank(source, (10, 20), (40, 50)))


def test_group_in_the_middle_is_what_the_encoder_itself_would_make_of_grey(numbers: Any) -> None:
    sink = io.BytesIO()
    with CleanVideoWriter(sink, 96, 64, 30) as writer:
        for index in range(N_FRAMES):
            frame = numbers.clean(index)
            writer.write(blank_frame(frame) if 15 <= index < 35 else frame)
    assert packets(io.BytesIO(sink.getvalue())) == packets(blank(numbers.video(N_FRAMES), (15, 35)))


def test_r4_video_of_other_settings_is_encoded_anew_with_the_cut_erased(numbers: Any) -> None:
    sink = io.BytesIO()
    with CleanVideoWriter(sink, 96, 64, 30, EncodeOptions(preset="superfast")) as writer:
        for index in range(N_FRAMES):
            writer.write(numbers.clean(index))
    cut = list(read_clean(blank(io.BytesIO(sink.getvalue()), (15, 35))))
    assert len(cut) == N_FRAMES
    for index, frame in enumerate(cut):
        if 15 <= index < 35:
            assert (frame.i420 == 128).all()
        else:
            assert numbers.read(frame.i420) == index


def test_what_is_no_clean_video_is_told() -> None:
    with pytest.raises(DamagedCleanVideoError):
        blank(io.BytesIO(b"no video at all" * 100), (0, 5))


def test_blank_frame_keeps_its_place_and_nothing_else() -> None:
    covered = np.ones((2, 4), np.float32)
    frame = CleanFrame(7, np.arange(96, dtype=np.uint8).reshape(12, 8), True, covered)
    blanked = blank_frame(frame)
    assert (blanked.i420 == 128).all()
    assert blanked.i420.shape == frame.i420.shape
    assert (blanked.frame_index, blanked.is_repeat, len(blanked.covered)) == (7, True, 0)


def test_ends_of_a_cut_move_outwards_to_whole_groups_and_never_beyond_the_film() -> None:
    cut = Cut("cut-1", 1100, 1300)  # frames 33 to 39 at 30 per second
    assert find_spans([cut], 30, 100) == ((30, 40),)
    assert find_spans([cut], 30, 37) == ((30, 37),)
    assert find_spans([cut], 30, 20) == ()
    assert find_spans([Cut("cut-1", 3000, 6000)], 30, 300) == ((90, 180),)
    assert find_spans([], 30, 100) == ()


cuts = st.lists(
    st.tuples(st.integers(0, 9000), st.integers(1, 3000)).map(lambda at: Cut("cut", at[0], at[0] + at[1])), max_size=6
)


@given(cuts, st.sampled_from([10, 24, 25, 30, 60]), st.integers(1, 400))
def test_spans_hold_every_frame_of_every_cut_are_apart_and_begin_groups(
    given_cuts: list[Cut], fps: int, n_frames: int
) -> None:
    spans = find_spans(given_cuts, fps, n_frames)
    for start, end in spans:
        assert 0 <= start < end <= n_frames
        assert start % KEY_INTERVAL_FRAMES == 0
        assert end % KEY_INTERVAL_FRAMES == 0 or end == n_frames
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    for frame_index in range(n_frames):
        is_shown = [
            cut.start_ms * fps < (frame_index + 1) * 1000 and frame_index * 1000 < cut.end_ms * fps
            for cut in given_cuts
        ]
        if any(is_shown):
            assert is_within(frame_index, spans)
    assert find_spans(list(reversed([replace(cut) for cut in given_cuts])), fps, n_frames) == spans
