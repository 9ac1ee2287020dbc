"""Derived keys against the vectors of their RFCs."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from tacit.seal.derive import derive_key, stretch


def test_hkdf_matches_rfc_5869_test_case_1() -> None:
    # The RFC's `info` is no text, so its extract step (the PRK it prints) is what can be compared: expanding that PRK
    # with our purpose has to give the key that we derive from the RFC's secret and salt.
    secret, salt = b"\x0b" * 22, bytes(range(13))
    prk = bytes.fromhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
    expected = HKDFExpand(algorithm=SHA256(), length=32, info=b"tacit").derive(prk)
    assert derive_key(secret, salt, "tacit") == expected


def test_keys_differ_by_secret_salt_and_purpose() -> None:
    keys = {
        derive_key(b"a" * 32, b"s", "p"),
        derive_key(b"b" * 32, b"s", "p"),
        derive_key(b"a" * 32, b"t", "p"),
        derive_key(b"a" * 32, b"s", "q"),
    }
    assert len(keys) == 4


def test_scrypt_matches_rfc_7914() -> None:
    # RFC 7914 section 12, the third vector (n = 16384, r = 8, p = 1), its first 32 bytes.
    derived = stretch("pleaseletmein", b"SodiumChloride", 14)
    assert derived.hex() == "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
