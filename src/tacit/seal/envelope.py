"""Sealed bytes: AES-256-GCM for small values, and a stream of sealed chunks for objects of any size.

Every sealed thing is bound to a context, the name of the place it belongs to, so that it cannot be moved elsewhere.

A stream has a key of its own, which travels in the header, wrapped by whoever owns it:

    header   "TACITOBJ"  version (1 byte)  length of the wrapped key (2 bytes, big-endian)  wrapped key
    chunks   256 KiB of content each, sealed to 256 KiB + 16 bytes; the last one may be shorter

The nonce of a chunk is its number (11 bytes, big-endian) and a byte that is 1 for the last chunk and 0 for all others.
A stream's key is used for this stream alone, so no nonce repeats. Changing, cutting, lengthening, reordering or mixing
streams therefore fails to open. Header and context are bound to every chunk.
Source: the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizar, "Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance", CRYPTO 2015, section 7; the layout of the nonce is that of the age file format; the
rest is ours.
"""

import io
import secrets
from collections.abc import Callable
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tacit.records.errors import TamperedError
from tacit.seal.derive import KEY_BYTES

Wrap = Callable[[bytes, str], bytes]
"""Seals or opens a small value for a context; `functools.partial(seal_bytes, key)` is one."""

CHUNK_BYTES = 256 * 1024

_MAGIC = b"TACITOBJ"
_VERSION = b"\x01"
_NONCE_BYTES = 12
_TAG_BYTES = 16
_SEALED_CHUNK_BYTES = CHUNK_BYTES + _TAG_BYTES
_FIXED_HEADER_BYTES = len(_MAGIC) + len(_VERSION) + 2


class Sink(Protocol):
    """Where sealed bytes go, front to back."""

    def write(self, data: bytes, /) -> int | None:
        """Take all of the bytes."""


def seal_bytes(key: bytes, plaintext: bytes, context: str) -> bytes:
    """Encrypt a small value under a 32-byte key: version, random nonce, ciphertext with its tag (29 bytes more).

    Source: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce: good for 2**32 values under one key.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plaintext, _VERSION + context.encode())


def open_bytes(key: bytes, sealed: bytes, context: str) -> bytes:
    """Decrypt what `seal_bytes` made for the same context.

    Raises:
        TamperedError: The bytes, the key or the context differ from when it was sealed.
    """
    if sealed[:1] != _VERSION or len(sealed) < 1 + _NONCE_BYTES + _TAG_BYTES:
        raise TamperedError(context)
    try:
        return AESGCM(key).decrypt(
            sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], _VERSION + context.encode()
        )
    except InvalidTag as error:
        raise TamperedError(context) from error


class SealedWriter(io.RawIOBase):
    """Writes a sealed stream into a sink, front to back, a chunk at a time.

    Only `close` writes the last chunk, and without it a stream does not open. So after a failure call `abandon` (being
    forgotten does the same); the sink is never closed here.

    Args:
        sink: Anything with `write`.
        wrap: Seals the stream's own key for the context.
        context: The name of the place this stream belongs to.
    """

    def __init__(self, sink: Sink, wrap: Wrap, context: str) -> None:
        self._sink = sink
        key = secrets.token_bytes(KEY_BYTES)
        wrapped = wrap(key, context)
        header = _MAGIC + _VERSION + len(wrapped).to_bytes(2, "big") + wrapped
        self._cipher = AESGCM(key)
        self._bound = header + context.encode()
        self._pending = bytearray()
        self._chunk_index = 0
        sink.write(header)

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        # typeshed asks for any Buffer, which Python 3.11 cannot name
        """Take all of the bytes; what fills a chunk goes to the sink at once."""
        self._check_open()
        view = memoryview(data).cast("B")
        self._pending += view
        # A full chunk waits for the first byte behind it, because the last chunk is sealed as such.
        n_ready = max(0, (len(self._pending) - 1) // CHUNK_BYTES)
        if n_ready:
            with memoryview(self._pending) as pending:
                for start in range(0, n_ready * CHUNK_BYTES, CHUNK_BYTES):
                    self._seal_chunk(pending[start : start + CHUNK_BYTES], is_last=False)
            del self._pending[: n_ready * CHUNK_BYTES]
        return len(view)

    def tell(self) -> int:
        """Bytes of content taken so far."""
        return self._chunk_index * CHUNK_BYTES + len(self._pending)

    def writable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """False: chunks are sealed as they come."""
        return False

    def close(self) -> None:
        """Write the last chunk, once; the stream is whole after that."""
        if not self.closed:
            self._seal_chunk(self._pending, is_last=True)
            super().close()

    def abandon(self) -> None:
        """Give up: nothing more is written, and what was written does not open. Harmless after `close`."""
        super().close()

    def __del__(self) -> None:
        self.abandon()

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("write to a closed stream")

    def _seal_chunk(self, content: "bytearray | memoryview", *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_chunk_nonce(self._chunk_index, is_last), content, self._bound)
        self._sink.write(sealed)
        self._chunk_index += 1


class SealedReader(io.RawIOBase):
    """Reads a sealed stream from anywhere in it, one chunk in memory.

    The last chunk is opened first, which proves the length before any byte is handed out. Closing closes the source.

    Args:
        source: Seekable, holding exactly the stream.
        unwrap: Opens the stream's own key for the context.
        context: The name of the place this stream belongs to.

    Raises:
        TamperedError: On opening or reading, where anything differs from what was sealed.
    """

    def __init__(self, source: BinaryIO, unwrap: Wrap, context: str) -> None:
        self._source = source
        self._context = context
        sealed_bytes = source.seek(0, io.SEEK_END)
        source.seek(0)
        header = self._read_header()
        self._cipher = AESGCM(unwrap(header[_FIXED_HEADER_BYTES:], context))
        self._bound = header + context.encode()
        self._body_start = len(header)
        self._n_chunks, rest = divmod(sealed_bytes - len(header) + _SEALED_CHUNK_BYTES - 1, _SEALED_CHUNK_BYTES)
        last_bytes = rest + 1 - _TAG_BYTES  # of content, in the last chunk
        # Only an empty stream ends with an empty chunk; so every length has one form.
        if last_bytes < (1 if self._n_chunks > 1 else 0) or self._n_chunks < 1:
            raise TamperedError(context)
        self._size = (self._n_chunks - 1) * CHUNK_BYTES + last_bytes
        self._position = 0
        self._chunk_index, self._chunk = -1, b""
        self._load_chunk(self._n_chunks - 1)

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]
        # typeshed asks for any Buffer, which Python 3.11 cannot name
        """Fill as much of the buffer as one chunk can; 0 at the end."""
        view = memoryview(buffer).cast("B")
        chunk_index, start = divmod(self._position, CHUNK_BYTES)
        if self._position >= self._size or not view:
            return 0
        self._load_chunk(chunk_index)
        part = memoryview(self._chunk)[start : start + len(view)]
        view[: len(part)] = part
        self._position += len(part)
        return len(part)

    def read(self, size: int | None = -1, /) -> bytes:
        """Read this many bytes, fewer only at the end; all the rest for -1 or None."""
        rest = max(0, self._size - self._position)
        wanted = rest if size is None or size < 0 else min(size, rest)
        content = bytearray(wanted)
        with memoryview(content) as view:
            filled = 0
            while filled < wanted:
                filled += self.readinto(view[filled:])
        return bytes(content)

    def readall(self) -> bytes:
        """Read all the rest."""
        return self.read(-1)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place in the content and return it; a place beyond the end reads as empty."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if origin + offset < 0:
            raise ValueError(f"seek to {origin + offset}, before the start")
        self._position = origin + offset
        return self._position

    def tell(self) -> int:
        """The place in the content that is read next."""
        return self._position

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def close(self) -> None:
        """Close the stream and its source."""
        if not self.closed:
            self._source.close()
            super().close()

    def _read_header(self) -> bytes:
        fixed = self._source.read(_FIXED_HEADER_BYTES)
        if len(fixed) < _FIXED_HEADER_BYTES or fixed[:-2] != _MAGIC + _VERSION:
            raise TamperedError(self._context)
        wrapped = self._source.read(int.from_bytes(fixed[-2:], "big"))
        return bytes(fixed) + bytes(wrapped)

    def _load_chunk(self, chunk_index: int) -> None:
        """Open a chunk and keep it; does nothing where it is the one we have."""
        if chunk_index == self._chunk_index:
            return
        place = self._body_start + chunk_index * _SEALED_CHUNK_BYTES
        if self._source.tell() != place:
            self._source.seek(place)
        sealed = self._source.read(_SEALED_CHUNK_BYTES)
        nonce = _chunk_nonce(chunk_index, chunk_index == self._n_chunks - 1)
        try:
            self._chunk = self._cipher.decrypt(nonce, sealed, self._bound)
        except InvalidTag as error:
            raise TamperedError(self._context) from error
        self._chunk_index = chunk_index


def _chunk_nonce(chunk_index: int, is_last: bool) -> bytes:
    return chunk_index.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")
