"""Signed notes: checkpoints of the log in the form that transparency logs share, so that others' tools read them.

A note is a text and, after an empty line, signatures. A checkpoint is a note whose text says which log, how many
entries and which root. The log signs the text itself (type 1); a steward signs the text with a moment before it
(type 4, cosignature/v1), which says that this was the largest consistent log the steward had seen by then.

Source: C2SP signed-note, tlog-checkpoint, tlog-cosignature and tlog-proof, https://c2sp.org, read 2026-11-21.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tacit.records.errors import BadNoteError
from tacit.seal.document import Sign
from tacit.seal.signatures import is_valid

BY_LOG, BY_STEWARD = 1, 4  # signature types of the specification

_HASH_BYTES = 32
_ID_BYTES = 4
_SIGNATURE_BYTES = 64
_MOMENT_BYTES = 8
_SIGNATURES_MAX = 64  # of one note; the specification asks for 16 at least
_LINE = re.compile(r"— ([^\s+]+) (\S+)")
_PROOF_FORM = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Checkpoint:
    """What a log was at one moment. origin: names the log. root: hash over the first `size` entries."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


@dataclass(frozen=True)
class NoteSignature:
    """One signature line: who, the four bytes that tell the key, and what was signed with."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """As it stands in a note."""
        return f"— {self.name} {_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint and every signature under it, checked or not."""

    checkpoint: Checkpoint
    signatures: tuple[NoteSignature, ...]

    def text(self) -> str:
        """The whole note."""
        return self.checkpoint.text() + "\n" + "".join(signature.line() for signature in self.signatures)


def key_id(name: str, kind: int, public_key: str) -> bytes:
    """The four bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + bytes.fromhex(public_key)).digest()[:_ID_BYTES]


def verifier_key(name: str, kind: int, public_key: str) -> str:
    """A public key as tools of transparency logs take it ("vkey")."""
    material = bytes([kind]) + bytes.fromhex(public_key)
    return f"{name}+{key_id(name, kind, public_key).hex()}+{_base64(material)}"


def sign_checkpoint(checkpoint: Checkpoint, public_key: str, sign: Sign) -> NoteSignature:
    """The log's own signature; its name is the origin."""
    name = checkpoint.origin
    raw = bytes.fromhex(sign(checkpoint.text().encode()))
    return NoteSignature(name, key_id(name, BY_LOG, public_key), raw)


def cosign_checkpoint(checkpoint: Checkpoint, name: str, public_key: str, sign: Sign, at_s: int) -> NoteSignature:
    """The signature of somebody who saw this checkpoint. at_s: seconds since 1970, UTC."""
    raw = bytes.fromhex(sign(_cosigned(checkpoint, at_s)))
    return NoteSignature(name, key_id(name, BY_STEWARD, public_key), at_s.to_bytes(_MOMENT_BYTES, "big") + raw)


def is_signed(note: SignedCheckpoint, public_key: str) -> bool:
    """True where the log of this public key signed the checkpoint."""
    name, text = note.checkpoint.origin, note.checkpoint.text().encode()
    wanted = (name, key_id(name, BY_LOG, public_key))
    found = [one for one in note.signatures if (one.name, one.key_id) == wanted]
    return bool(found) and all(is_valid(public_key, text, one.signature.hex()) for one in found)


def find_cosignature(note: SignedCheckpoint, name: str, public_key: str) -> int | None:
    """When somebody countersigned (seconds since 1970); None where they did not.

    Raises:
        BadNoteError: There is a signature under their name and key, and it does not fit.
    """
    wanted = (name, key_id(name, BY_STEWARD, public_key))
    moments = []
    for one in note.signatures:
        if (one.name, one.key_id) == wanted:
            at_s = int.from_bytes(one.signature[:_MOMENT_BYTES], "big")
            if not is_valid(public_key, _cosigned(note.checkpoint, at_s), one.signature[_MOMENT_BYTES:].hex()):
                raise BadNoteError("The checkpoint", f"the signature of {name} does not fit")
            moments.append(at_s)
    return max(moments, default=None)


def parse_checkpoint(content: bytes | str, name: str) -> SignedCheckpoint:
    """Read a signed checkpoint; its signatures are not checked yet.

    Args:
        content: The note.
        name: What to call it in a sentence, such as a path.

    Raises:
        BadNoteError: It has another form.
    """
    try:
        text = content.decode() if isinstance(content, bytes) else content
    except UnicodeDecodeError as error:
        raise BadNoteError(name, "it is no text in UTF-8") from error
    body, gap, tail = text.rpartition("\n\n")
    found = re.fullmatch(r"([^\x00-\x1f]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)", body)
    lines = tail.split("\n")
    if not gap or found is None or lines[-1] != "" or not 1 < len(lines) <= _SIGNATURES_MAX + 1:
        raise BadNoteError(name, "it is no signed checkpoint of a log")
    checkpoint = Checkpoint(found[1], int(found[2]), _raw(found[3], name))
    note = SignedCheckpoint(checkpoint, tuple(_read_line(line, name) for line in lines[:-1]))
    if note.text() != text:  # such as stray bits at the end of a base64 text: one note has one form
        raise BadNoteError(name, "it is no signed checkpoint of a log")
    return note


def proof_text(entry: bytes, index: int, hashes: Sequence[bytes], note: SignedCheckpoint) -> str:
    """A file that shows an entry to be in the log: the entry, the way to the root, and the checkpoint."""
    lines = [_PROOF_FORM, f"extra {_base64(entry)}", f"index {index}", *map(_base64, hashes)]
    return "\n".join(lines) + "\n\n" + note.text()


def _cosigned(checkpoint: Checkpoint, at_s: int) -> bytes:
    return f"cosignature/v1\ntime {at_s}\n{checkpoint.text()}".encode()


def _read_line(line: str, name: str) -> NoteSignature:
    found = _LINE.fullmatch(line)
    raw = _raw(found[2], name) if found else b""
    if found is None or len(raw) < _ID_BYTES + _SIGNATURE_BYTES:
        raise BadNoteError(name, "a line under it is no signature")
    return NoteSignature(found[1], raw[:_ID_BYTES], raw[_ID_BYTES:])


def _raw(text: str, name: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNoteError(name, "a hash or signature in it is not in base64") from error


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
