"""Sealed values and streams: they come back, and any change to them is found."""

import io
import secrets
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.records.errors import TamperedError
from tacit.seal.envelope import CHUNK_BYTES, SealedReader, SealedWriter, open_bytes, seal_bytes

KEY = bytes(range(32))
WRAP, UNWRAP = partial(seal_bytes, KEY), partial(open_bytes, KEY)
SEALED_CHUNK = CHUNK_BYTES + 16


def seal_stream(content: bytes, context: str = "place", step: int = 100_000) -> bytes:
    sink = io.BytesIO()
    with SealedWriter(sink, WRAP, context) as writer:
        for start in range(0, len(content), step):
            writer.write(content[start : start + step])
    return sink.getvalue()


def open_stream(sealed: bytes, context: str = "place") -> bytes:
    with SealedReader(io.BytesIO(sealed), UNWRAP, context) as reader:
        return reader.read()


# --- small values ----------------------------------------------------------------------------------------------------


@given(st.binary(max_size=200), st.text(max_size=20))
def test_value_comes_back(plaintext: bytes, context: str) -> None:
    assert open_bytes(KEY, seal_bytes(KEY, plaintext, context), context) == plaintext


def test_every_changed_or_missing_byte_of_a_value_is_found() -> None:
    sealed = seal_bytes(KEY, b"a name", "workers/w-1")
    broken = [sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :] for place in range(len(sealed))]
    broken += [sealed[:length] for length in range(len(sealed))] + [sealed + b"\0"]
    for each in broken:
        with pytest.raises(TamperedError, match="workers/w-1"):
            open_bytes(KEY, each, "workers/w-1")


def test_value_opens_with_its_key_and_context_alone() -> None:
    sealed = seal_bytes(KEY, b"a name", "workers/w-1")
    for key, context in ((bytes(32), "workers/w-1"), (KEY, "workers/w-2")):
        with pytest.raises(TamperedError):
            open_bytes(key, sealed, context)


def test_same_value_is_sealed_differently_each_time() -> None:
    assert seal_bytes(KEY, b"a name", "x") != seal_bytes(KEY, b"a name", "x")


# --- streams ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunks", [0, 1, 2])
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_stream_of_any_length_comes_back(chunks: int, more: int) -> None:
    content = secrets.token_bytes(max(0, chunks * CHUNK_BYTES + more))
    assert open_stream(seal_stream(content)) == content


@settings(deadline=None, max_examples=30)
@given(
    st.integers(0, 3 * CHUNK_BYTES),
    st.integers(1, 2 * CHUNK_BYTES),
    st.lists(st.tuples(st.integers(0, 3 * CHUNK_BYTES + 10), st.integers(0, CHUNK_BYTES + 10)), max_size=8),
)
def test_reader_reads_anywhere_like_a_file(n_bytes: int, step: int, reads: list[tuple[int, int]]) -> None:
    content = secrets.token_bytes(n_bytes)
    file = io.BytesIO(content)
    with SealedReader(io.BytesIO(seal_stream(content, step=step)), UNWRAP, "place") as reader:
        for place, length in reads:
            assert reader.seek(place) == file.seek(place)
            assert reader.read(length) == file.read(length)
            assert reader.tell() == file.tell() or place > n_bytes
        assert reader.seek(0, io.SEEK_END) == n_bytes
        assert reader.read() == b""


def test_reader_works_under_a_buffer_and_counts_from_all_ends() -> None:
    content = secrets.token_bytes(CHUNK_BYTES + 1000)
    with io.BufferedReader(SealedReader(io.BytesIO(seal_stream(content)), UNWRAP, "place"), 4096) as reader:
        reader.seek(-10, io.SEEK_END)
        assert reader.read() == content[-10:]
        reader.seek(CHUNK_BYTES - 5)
        assert reader.read(10) == content[CHUNK_BYTES - 5 : CHUNK_BYTES + 5]
        reader.seek(-10, io.SEEK_CUR)
        assert reader.read(1) == content[CHUNK_BYTES - 5 : CHUNK_BYTES - 4]
        with pytest.raises(ValueError, match="before the start"):
            reader.raw.seek(-1)


def test_every_changed_byte_of_header_and_tags_is_found() -> None:
    content = secrets.token_bytes(2 * CHUNK_BYTES + 50)
    sealed = seal_stream(content)
    header = len(sealed) - 2 * SEALED_CHUNK - 66
    boundaries = [header + n * SEALED_CHUNK for n in range(3)]
    places = {*range(header + 2), *(b + off for b in boundaries for off in (-17, -16, -1, 0, 1)), len(sealed) - 1}
    for place in sorted(places):
        changed = bytearray(sealed)
        changed[place] ^= 0x80
        with pytest.raises(TamperedError, match="place"):
            open_stream(bytes(changed))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_changed_byte_is_found(data: st.DataObject) -> None:
    sealed = bytearray(seal_stream(b"x" * (CHUNK_BYTES + 300)))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(TamperedError):
        open_stream(bytes(sealed))


def test_every_cut_of_a_short_stream_is_found() -> None:
    sealed = seal_stream(b"a short one")
    for length in range(len(sealed)):
        with pytest.raises(TamperedError):
            open_stream(sealed[:length])
    with pytest.raises(TamperedError):
        open_stream(sealed + b"\0")


def test_cut_at_a_chunk_is_found_before_anything_is_read() -> None:
    sealed = seal_stream(secrets.token_bytes(3 * CHUNK_BYTES))
    for n_chunks in (0, 1, 2):
        cut = sealed[: len(sealed) - n_chunks * SEALED_CHUNK - SEALED_CHUNK]
        with pytest.raises(TamperedError):
            SealedReader(io.BytesIO(cut), UNWRAP, "place")


def test_chunks_cannot_be_reordered_repeated_or_taken_from_another_stream() -> None:
    content = secrets.token_bytes(3 * CHUNK_BYTES + 10)
    sealed, other = seal_stream(content), seal_stream(content)
    header, first = sealed[: -(3 * SEALED_CHUNK + 26)], len(sealed) - 3 * SEALED_CHUNK - 26
    a, b, c = (sealed[first + n * SEALED_CHUNK : first + (n + 1) * SEALED_CHUNK] for n in range(3))
    last = sealed[-26:]
    foreign = other[first : first + SEALED_CHUNK]
    for chunks in (
        [b, a, c, last],
        [a, a, c, last],
        [a, b, c, c, last],
        [a, b, last],
        [foreign, b, c, last],
        [a, b, c],
    ):
        with pytest.raises(TamperedError):
            open_stream(header + b"".join(chunks))
    with pytest.raises(TamperedError):  # the header of one on the chunks of another
        open_stream(other[:first] + sealed[first:])
    assert open_stream(header + a + b + c + last) == content


def test_stream_opens_in_its_place_alone() -> None:
    with pytest.raises(TamperedError):
        open_stream(seal_stream(b"content", "one place"), "another place")


def test_what_is_no_stream_is_told() -> None:
    for sealed in (b"", b"TACITOBJ", b"an mp4 file that nobody sealed" * 100):
        with pytest.raises(TamperedError):
            open_stream(sealed)


@pytest.mark.parametrize("n_bytes", [0, 10, CHUNK_BYTES + 10])
def test_stream_that_was_given_up_does_not_open(n_bytes: int) -> None:
    sink = io.BytesIO()
    writer = SealedWriter(sink, WRAP, "place")
    writer.write(b"x" * n_bytes)
    writer.abandon()
    writer.close()
    with pytest.raises(TamperedError):
        open_stream(sink.getvalue())


def test_stream_that_was_forgotten_does_not_open() -> None:
    sink = io.BytesIO()
    writer = SealedWriter(sink, WRAP, "place")
    writer.write(b"x" * 10)
    del writer
    with pytest.raises(TamperedError):
        open_stream(sink.getvalue())


def test_closed_writer_takes_nothing_more_and_closing_twice_adds_nothing() -> None:
    sink = io.BytesIO()
    writer = SealedWriter(sink, WRAP, "place")
    writer.write(memoryview(b"content"))
    writer.close()
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.write(b"more")
    assert open_stream(sink.getvalue()) == b"content"


def test_memory_stays_flat_for_one_large_write() -> None:
    class Counting:
        largest = 0

        def write(self, data: bytes) -> int:
            self.largest = max(self.largest, len(data))
            return len(data)

    sink = Counting()
    with SealedWriter(sink, WRAP, "place") as writer:
        writer.write(bytes(5 * CHUNK_BYTES))
    assert sink.largest == SEALED_CHUNK
