"""Key files that people hold: one Ed25519 key to sign with, one X25519 key to be written to, both locked with a PIN.

In: the text of a key file, or what to make one from. Out: the public halves, which anyone may have, and after the PIN a
key that signs and opens. The text is one JSON object, signed by its own key, so that a damaged file is told from a
wrong PIN. Nothing here reads or writes a disk; no private half is ever in a printed form.
"""

import json
import secrets
from dataclasses import dataclass, field, fields
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tacit.records.errors import DamagedKeyFileError, ShortPinError, TamperedError, WrongPinError
from tacit.seal.canonical import canonical_json
from tacit.seal.derive import KEY_BYTES, derive_key, stretch
from tacit.seal.envelope import open_bytes, seal_bytes
from tacit.seal.signatures import is_valid, new_private_key, public_key_of, sign

PIN_LENGTH_MIN = 6  # more than for a worker's PIN: nothing else locks this file
COST_LOG2 = 17  # 128 MiB and about half a second a try

_FORM = "tacit key 1"
_COSTS_LOG2 = range(10, 21)  # a file from elsewhere may not ask for more memory than a machine has
_SALT_BYTES = 16
_NONCE_BYTES = 12
_LOCKED_BYTES = _SALT_BYTES + _NONCE_BYTES + 2 * KEY_BYTES + 16
_BOX = b"\x01"


@dataclass(frozen=True)
class KeyFile:
    """What a key file says to everyone.

    name: whom it belongs to, as typed; no secret. public_key: Ed25519. sealing_key: X25519. Both 32 bytes, hex.
    cost_log2: of scrypt, from the PIN to the key that locks. locked: salt, nonce and both private halves (hex).
    signature: of the key over all the rest (hex).
    """

    form: str
    name: str
    public_key: str
    sealing_key: str
    cost_log2: int
    locked: str = field(repr=False)
    signature: str


@dataclass(frozen=True)
class OpenKey:
    """A key after its PIN. `private_key` is the Ed25519 half, for what signs with bare keys."""

    name: str
    public_key: str
    sealing_key: str
    private_key: bytes = field(repr=False)
    sealing_private_key: bytes = field(repr=False)

    def sign(self, message: bytes) -> str:
        """Ed25519 signature (hex)."""
        return sign(self.private_key, message)

    def open_box(self, box: bytes, context: str) -> bytes:
        """Decrypt what `seal_to` wrote to this key for the same context.

        Raises:
            TamperedError: It was written to another key, for another context, or was changed.
        """
        ephemeral, sealed = box[1 : 1 + KEY_BYTES], box[1 + KEY_BYTES :]
        if box[:1] != _BOX or len(ephemeral) != KEY_BYTES:
            raise TamperedError(context)
        try:
            shared = X25519PrivateKey.from_private_bytes(self.sealing_private_key).exchange(
                X25519PublicKey.from_public_bytes(ephemeral)
            )
        except ValueError as error:  # a point of low order, which nobody writes to
            raise TamperedError(context) from error
        return open_bytes(_box_key(shared, ephemeral, self.sealing_key), sealed, context)


def new_key_file(name: str, pin: str, cost_log2: int = COST_LOG2) -> KeyFile:
    """Make a new pair of keys, locked with a PIN.

    Args:
        name: Whom it belongs to; one plain line.
        pin: Six characters or more; a longer one holds longer against somebody who has the file.
        cost_log2: How slow a try is.

    Raises:
        ShortPinError: The PIN is shorter.
    """
    if len(pin) < PIN_LENGTH_MIN:
        raise ShortPinError(len(pin), PIN_LENGTH_MIN)
    private_key, sealing_private_key = new_private_key(), X25519PrivateKey.generate()
    public_key = public_key_of(private_key)
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    lock = AESGCM(stretch(pin, salt, cost_log2))
    both = private_key + sealing_private_key.private_bytes_raw()
    unsigned = KeyFile(
        form=_FORM,
        name=name,
        public_key=public_key,
        sealing_key=sealing_private_key.public_key().public_bytes_raw().hex(),
        cost_log2=cost_log2,
        locked=(salt + nonce + lock.encrypt(nonce, both, _FORM.encode() + public_key.encode())).hex(),
        signature="",
    )
    return KeyFile(**{**_items(unsigned), "signature": sign(private_key, _signed_bytes(unsigned))})


def key_file_text(key_file: KeyFile) -> str:
    """The text of a key file, ending with a line end."""
    return json.dumps(_items(key_file), ensure_ascii=False, indent=2) + "\n"


def parse_key_file(content: bytes, source: str) -> KeyFile:
    """Read the text of a key file; no PIN is needed.

    Args:
        content: What `key_file_text` wrote.
        source: Names the file in the error.

    Raises:
        DamagedKeyFileError: It is no key file, or was changed since it was made.
    """
    try:
        found = json.loads(content)
        key_file = KeyFile(**found)
    except (ValueError, TypeError, RecursionError) as error:
        raise DamagedKeyFileError(source, "it is no key file of tacit") from error
    if not all(type(value) is _TYPES[name] for name, value in _items(key_file).items()) or key_file.form != _FORM:
        raise DamagedKeyFileError(source, "it is no key file of tacit")
    # One text for one key: also a byte that JSON does not care about, or a field twice, counts as damage.
    is_whole = content == key_file_text(key_file).encode("utf-8", "replace")
    if not is_whole or not _has_form(key_file) or not _is_signed(key_file):
        raise DamagedKeyFileError(source, "it was changed since it was made")
    return key_file


def unlock_key_file(key_file: KeyFile, pin: str) -> OpenKey:
    """Open a key file with its PIN; takes about half a second on purpose.

    Raises:
        WrongPinError: The PIN does not open it.
    """
    raw = bytes.fromhex(key_file.locked)
    salt, nonce, box = raw[:_SALT_BYTES], raw[_SALT_BYTES:][:_NONCE_BYTES], raw[_SALT_BYTES + _NONCE_BYTES :]
    lock = AESGCM(stretch(pin, salt, key_file.cost_log2))
    try:
        both = lock.decrypt(nonce, box, _FORM.encode() + key_file.public_key.encode())
    except InvalidTag as error:
        raise WrongPinError from error
    return OpenKey(key_file.name, key_file.public_key, key_file.sealing_key, both[:KEY_BYTES], both[KEY_BYTES:])


def seal_to(sealing_key: str, plaintext: bytes, context: str) -> bytes:
    """Encrypt to whoever holds a key file; only they can open it, not even we.

    Source: an ephemeral X25519 key (RFC 7748), HKDF-SHA-256 over the shared secret with both public keys as salt, then
    `seal_bytes`; the construction is that of ECIES, the layout is ours.

    Args:
        sealing_key: X25519 public key (hex).
        plaintext: Any bytes.
        context: Names the place; the same is needed to open.

    Raises:
        TamperedError: That is no public key that can be written to.
    """
    ephemeral = X25519PrivateKey.generate()
    ephemeral_public = ephemeral.public_key().public_bytes_raw()
    try:
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(sealing_key)))
    except ValueError as error:
        raise TamperedError("a public key to write to") from error
    return _BOX + ephemeral_public + seal_bytes(_box_key(shared, ephemeral_public, sealing_key), plaintext, context)


def _box_key(shared: bytes, ephemeral_public: bytes, sealing_key: str) -> bytes:
    return derive_key(shared, ephemeral_public + bytes.fromhex(sealing_key), "tacit box 1")


def _has_form(key_file: KeyFile) -> bool:
    try:
        raw = bytes.fromhex(key_file.locked)
    except ValueError:
        return False
    return len(raw) == _LOCKED_BYTES and key_file.cost_log2 in _COSTS_LOG2


def _is_signed(key_file: KeyFile) -> bool:
    # The form is signed in its own place; what signs is the key that the file names.
    return is_valid(key_file.public_key, _signed_bytes(key_file), key_file.signature)


def _signed_bytes(key_file: KeyFile) -> bytes:
    return _FORM.encode() + b"\n" + canonical_json({**_items(key_file), "signature": ""})


def _items(key_file: KeyFile) -> dict[str, Any]:
    return {item.name: getattr(key_file, item.name) for item in fields(KeyFile)}


_TYPES: dict[str, Any] = {item.name: item.type for item in fields(KeyFile)}
