"""Ed25519 signatures, and signing keys of workers that only their PIN opens.

Private keys are 32 bytes; public keys, signatures and locked keys are hex text. A short PIN keeps a key from somebody
who happens on the catalogue, not from somebody who has the file and days of computing; so the locked form is itself
sealed under the worker's key at rest.
"""

import secrets

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tacit.records.errors import ShortPinError, TamperedError, WrongPinError
from tacit.seal.derive import KEY_BYTES, stretch

PIN_LENGTH_MIN = 4

# The locked form, ours: version, salt, nonce, then the key with its tag. Version 1 is scrypt 2**15 and AES-256-GCM.
_LOCK_VERSION = b"\x01"
_LOCK_COST_LOG2 = 15
_SALT_BYTES = 16
_NONCE_BYTES = 12
_LOCKED_BYTES = 1 + _SALT_BYTES + _NONCE_BYTES + KEY_BYTES + 16


def new_private_key() -> bytes:
    """Make a random Ed25519 private key."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_key_of(private_key: bytes) -> str:
    """The public key (hex) of a private key."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw().hex()


def sign(private_key: bytes, message: bytes) -> str:
    """Sign a message (hex); the same key and message always give the same signature (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(private_key).sign(message).hex()


def is_valid(public_key: str, message: bytes, signature: str) -> bool:
    """True where the signature of the message was made with the private half of this key; False for anything else."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):  # ValueError: no hex, or a key of another length
        return False
    return True


def lock_key(private_key: bytes, pin: str) -> str:
    """Encrypt a private key under a PIN (hex).

    Raises:
        ShortPinError: The PIN has fewer than four characters.
    """
    if len(pin) < PIN_LENGTH_MIN:
        raise ShortPinError(len(pin), PIN_LENGTH_MIN)
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    box = AESGCM(stretch(pin, salt, _LOCK_COST_LOG2)).encrypt(nonce, private_key, _LOCK_VERSION)
    return (_LOCK_VERSION + salt + nonce + box).hex()


def unlock_key(locked: str, pin: str) -> bytes:
    """Decrypt a private key that `lock_key` locked.

    Raises:
        WrongPinError: The PIN does not open it. A changed byte looks the same: neither can be told from the other.
        TamperedError: It has not the form of a locked key.
    """
    try:
        raw = bytes.fromhex(locked)
    except ValueError as error:
        raise TamperedError("a locked signing key") from error
    if len(raw) != _LOCKED_BYTES or raw[:1] != _LOCK_VERSION:
        raise TamperedError("a locked signing key")
    salt, nonce, box = raw[1:17], raw[17:29], raw[29:]
    try:
        return AESGCM(stretch(pin, salt, _LOCK_COST_LOG2)).decrypt(nonce, box, _LOCK_VERSION)
    except InvalidTag as error:
        raise WrongPinError from error
