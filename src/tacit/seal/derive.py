"""Keys made from other keys: HKDF for sub-keys of one use each, scrypt for keys from what a person can remember."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

KEY_BYTES = 32


def derive_key(secret: bytes, salt: bytes, purpose: str) -> bytes:
    """Derive a 32-byte key that serves one purpose alone.

    Args:
        secret: At least 32 random bytes.
        salt: Tells apart those who derive from the same secret; need not be secret.
        purpose: What the key is for; another purpose gives a key that has nothing to do with this one.

    Source: HKDF, RFC 5869, with SHA-256; the purpose is its `info`.
    """
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=purpose.encode()).derive(secret)


def stretch(secret: str, salt: bytes, cost_log2: int) -> bytes:
    """Derive a 32-byte key from a PIN or passphrase, slowly on purpose.

    Args:
        secret: What a person typed.
        salt: Random, kept beside what the key protects.
        cost_log2: 15 takes about 0.1 CPU seconds and 32 MiB, 17 four times both.

    Source: scrypt, RFC 7914, with r = 8 and p = 1.
    """
    return Scrypt(salt=salt, length=KEY_BYTES, n=2**cost_log2, r=8, p=1).derive(secret.encode())
