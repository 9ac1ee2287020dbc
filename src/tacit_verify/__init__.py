"""Checks what a shop of tacit handed out, with public keys and nothing else: no shop, no network, no code of tacit.

In: the bytes of a checkpoint, of a proof that an entry is in the log, of a proof that the log only grew, or of a signed
document (receipt, certificate, manifest). Out: what they prove, in plain words, or `NotProvenError` with the reason.
It is small so that one can read all of it, and imports the standard library and `cryptography` alone.

Source: RFC 6962 section 2.1 (tree and proofs), RFC 8785 (canonical JSON), C2SP signed-note, tlog-checkpoint,
tlog-cosignature and tlog-proof; read 2026-11-21. The form of documents and of proofs of growth is that of tacit.
"""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_BY_LOG, _BY_STEWARD = 1, 4
_PROOF = "c2sp.org/tlog-proof@v1\n"
_GROWTH = "tacit log growth 1"
_NUMBER = r"0|[1-9][0-9]{0,15}"


class NotProvenError(Exception):
    """What was given proves nothing; the text says why."""


@dataclass(frozen=True)
class Key:
    """A public key that is believed. name and kind are None unless it was given with them."""

    raw: bytes
    name: str | None = None
    kind: int | None = None


@dataclass(frozen=True)
class Checkpoint:
    """What a log was at one moment, signed by it. seen: who countersigned, and when in UTC."""

    origin: str
    size: int
    root: bytes
    seen: tuple[tuple[str, datetime], ...]


def read_key(text: str) -> Key:
    """Read a public key: 64 hex digits, or a name, an id and the key as tools of transparency logs write them."""
    if re.fullmatch(r"[0-9a-f]{64}", text):
        return Key(bytes.fromhex(text))
    name, _, rest = text.partition("+")
    key_id, _, material = rest.partition("+")
    raw = _unbase64(material, "The key")
    if len(raw) != 33 or _key_id(name, raw[0], raw[1:]).hex() != key_id:
        raise NotProvenError("The key is neither 64 hex digits nor a name, an id and a key joined by plus signs.")
    return Key(raw[1:], name, raw[0])


def check(content: bytes, key: Key, stewards: Sequence[Key] = (), subject: str = "") -> list[str]:
    """Check a file of any of these kinds.

    Args:
        content: The whole file.
        key: Of whoever has to have signed it: the shop, or the holder of a key file.
        stewards: Keys that each have to stand under the checkpoint in it as well.
        subject: What the entry has to be about, as the log names it; "" for anything.

    Returns:
        What is proven, a sentence each.

    Raises:
        NotProvenError: Nothing is.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise NotProvenError("The file is no text in UTF-8.") from error
    if text.startswith("{"):
        found = _read_json(text)
        if found.get("form") == _GROWTH:
            said = _check_growth(found, key, stewards)
        else:
            return _check_document(found, key, stewards, subject)
    elif text.startswith(_PROOF):
        return _check_entry(text, key, stewards, subject)
    else:
        said = _say(check_checkpoint(text, key, stewards))
    if subject:
        raise NotProvenError("A subject can only be asked for where the file proves one entry.")
    return said


def check_checkpoint(text: str, key: Key, stewards: Sequence[Key] = ()) -> Checkpoint:
    """Check a signed checkpoint: the log's signature, and that of every steward asked for."""
    body, gap, tail = text.rpartition("\n\n")
    found = re.fullmatch(rf"([^\x00-\x1f]+)\n({_NUMBER})\n([A-Za-z0-9+/]{{43}}=)", body)
    lines = [re.fullmatch(r"— ([^\s+]+) (\S+)", line) for line in tail.removesuffix("\n").split("\n")]
    if not gap or found is None or not tail.endswith("\n") or len(lines) > 64:
        raise NotProvenError("It is no signed checkpoint of a log.")
    signatures = []
    for line in lines:
        raw = _unbase64(line[2], "A signature") if line else b""
        if line is None or len(raw) < 4 + 64:
            raise NotProvenError("A line under the checkpoint is no signature.")
        signatures.append((line[1], raw[:4], raw[4:]))
    origin, message = found[1], (body + "\n").encode()
    own = _signed_by(signatures, Key(key.raw, key.name or origin, key.kind), _BY_LOG)
    if not own or own[0][0] != origin or not all(_fits(key.raw, raw, message) for _, raw in own):
        raise NotProvenError("The log's key did not sign this checkpoint.")
    seen = []
    for steward in stewards:
        lines_of_one = _signed_by(signatures, steward, _BY_STEWARD)
        if not lines_of_one:
            raise NotProvenError(f"The steward's key {steward.raw.hex()[:16]}… did not sign this checkpoint.")
        for name, raw in lines_of_one:
            at_s = int.from_bytes(raw[:8], "big")
            if not _fits(steward.raw, raw[8:], f"cosignature/v1\ntime {at_s}\n".encode() + message):
                raise NotProvenError(f"The signature of {name} does not fit.")
            seen.append((name, _moment(at_s)))
    return Checkpoint(origin, int(found[2]), _unbase64(found[3], "The root"), tuple(seen))


def _check_entry(text: str, key: Key, stewards: Sequence[Key], subject: str) -> list[str]:
    """A C2SP tlog-proof whose extra data is the entry itself."""
    head, gap, note = text.partition("\n\n")
    found = re.fullmatch(rf"{re.escape(_PROOF)}extra (\S+)\nindex ({_NUMBER})((?:\n\S+)*)", head)
    if not gap or found is None:
        raise NotProvenError("It is no proof of an entry.")
    entry, index = _unbase64(found[1], "The entry"), int(found[2])
    path = [_unbase64(line, "A hash") for line in found[3].split("\n")[1:]]
    checkpoint = check_checkpoint(note, key, stewards)
    leaf = hashlib.sha256(b"\x00" + entry).digest()
    if index >= checkpoint.size or _climb(leaf, index, checkpoint.size, path) != checkpoint.root:
        raise NotProvenError("The hashes do not lead from this entry to the root that was signed.")
    content = _read_json(entry.decode("utf-8", "replace"))
    if subject and content.get("subject") != subject:
        raise NotProvenError("The entry is in the log, but it is about something else.")
    return [*_say(checkpoint), f"Entry {index} is in it: {entry.decode()}"]


def _check_growth(found: dict[str, Any], key: Key, stewards: Sequence[Key]) -> list[str]:
    hashes = found.get("hashes")
    if set(found) != {"form", "from", "hashes", "to"} or not isinstance(hashes, list):
        raise NotProvenError("It is no proof that a log only grew.")
    old = check_checkpoint(str(found["from"]), key)
    new = check_checkpoint(str(found["to"]), key, stewards)
    path = [_unbase64(str(one), "A hash") for one in hashes]
    if old.origin != new.origin or old.size > new.size:
        raise NotProvenError("The two checkpoints are not of one log that grew.")
    if old.size == 0:
        fits = not path and old.root == hashlib.sha256(b"").digest()
    else:
        fits = _both_roots(old.size, new.size, path, old.root) == (old.root, new.root)
    if not fits:
        raise NotProvenError("The hashes do not lead from the older root to the newer one: the log was rewritten.")
    return [*_say(new), f"It kept all {old.size} entries that it had before, unchanged and in their order."]


def _check_document(found: dict[str, Any], key: Key, stewards: Sequence[Key], subject: str) -> list[str]:
    body, kind = found.get("document"), found.get("kind")
    is_document = set(found) == {"document", "key", "kind", "signature"} and isinstance(body, dict)
    if not is_document or not isinstance(kind, str):
        raise NotProvenError("It is no document of tacit.")
    if stewards or subject:
        raise NotProvenError("A document has one signature and no entry; stewards and subjects are for proofs.")
    if found["key"] != key.raw.hex():
        raise NotProvenError("Another key signed this document.")
    message = kind.encode() + b"\n" + _canonical(body).encode()
    if not re.fullmatch(r"[0-9a-f]{128}", str(found["signature"])) or not _fits(
        key.raw, bytes.fromhex(found["signature"]), message
    ):
        raise NotProvenError("The signature does not fit: the document was changed since it was signed.")
    return [f'It is a "{kind}", as it was signed.', json.dumps(body, ensure_ascii=False, indent=2)]


def _say(checkpoint: Checkpoint) -> list[str]:
    said = [f"The log {checkpoint.origin} had {checkpoint.size} entries; its root was {checkpoint.root.hex()}."]
    return said + [f"{name} countersigned that on {at:%Y-%m-%d at %H:%M:%S} UTC." for name, at in checkpoint.seen]


def _signed_by(lines: Sequence[tuple[str, bytes, bytes]], key: Key, kind: int) -> list[tuple[str, bytes]]:
    """Names and signatures of the lines that say they are by this key."""
    if key.kind not in (None, kind):
        return []
    named = [(name, key_id, raw) for name, key_id, raw in lines if key.name in (None, name)]
    return [(name, raw) for name, key_id, raw in named if key_id == _key_id(name, kind, key.raw)]


def _key_id(name: str, kind: int, raw: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + raw).digest()[:4]


def _fits(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _climb(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a way of hashes leads to; None where the way is too short or too long."""
    if size == 1:
        return None if path else leaf
    if not path:
        return None
    left_size = 1 << (size - 1).bit_length() - 1
    is_left = index < left_size
    place, part = (index, left_size) if is_left else (index - left_size, size - left_size)
    below = _climb(leaf, place, part, path[:-1])
    if below is None:
        return None
    return _join(below, path[-1]) if is_left else _join(path[-1], below)


def _both_roots(old: int, new: int, path: Sequence[bytes], whole: bytes | None) -> tuple[bytes, bytes] | None:
    """The older and the newer root of a part. whole: the older root, where the part is all of the older log."""
    if old == new:
        if whole is None:
            return (path[0], path[0]) if len(path) == 1 else None
        return None if path else (whole, whole)
    if not path:
        return None
    left_size = 1 << (new - 1).bit_length() - 1
    if old <= left_size:
        below = _both_roots(old, left_size, path[:-1], whole)
        return below and (below[0], _join(below[1], path[-1]))
    below = _both_roots(old - left_size, new - left_size, path[:-1], None)
    return below and (_join(path[-1], below[0]), _join(path[-1], below[1]))


def _join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _unbase64(text: str, what: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise NotProvenError(f"{what} is not in base64.") from error
    if base64.b64encode(raw).decode() != text:
        raise NotProvenError(f"{what} is not in base64.")
    return raw


def _moment(at_s: int) -> datetime:
    try:
        return datetime.fromtimestamp(at_s, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise NotProvenError("A steward's signature bears no moment of any calendar.") from error


def _read_json(text: str) -> dict[str, Any]:
    """Read one JSON object in its canonical form, with a line end or none."""
    try:
        found = json.loads(text, parse_float=_refuse, parse_constant=_refuse)
        is_canonical = _canonical(found) == text.removesuffix("\n")
    except (ValueError, RecursionError) as error:
        raise NotProvenError("It is no JSON of the form that is signed.") from error
    if not is_canonical or not isinstance(found, dict):
        raise NotProvenError("It is no JSON of the form that is signed.")
    return found


def _canonical(value: Any) -> str:
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"))


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value, key=lambda name: str(name).encode("utf-16-be"))}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def _refuse(text: str) -> None:
    raise ValueError(text)
