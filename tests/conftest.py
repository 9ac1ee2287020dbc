"""What every test needs: OpenVINO without its telemetry, whoever imports it first, and a signing identity for C2PA."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import settings

import tacit.models.inference  # noqa: F401 - it keeps OpenVINO from sending anything

# The same examples every time, so that a red test is red for everybody; no time limits, which only measure the machine.
settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")


@dataclass(frozen=True)
class Identity:
    """A private key, the certificate of it and that of its issuer with its key."""

    key: Any
    root_key: Any
    leaf: x509.Certificate
    root: x509.Certificate

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)

    @property
    def chain_pem(self) -> bytes:
        return self.leaf.public_bytes(Encoding.PEM) + self.root_pem

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def root_key_pem(self) -> bytes:
        return self.root_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def locked_key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"a passphrase"))


def _name(common: str) -> x509.Name:
    parts = ((NameOID.COMMON_NAME, common), (NameOID.ORGANIZATION_NAME, "Bench Works"))
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


def _certificate(subject: str, key: Any, root_key: Any, days: float) -> x509.Certificate:
    is_root = key is root_key
    today = datetime.now(UTC)
    usage = {
        **dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False),
        **dict.fromkeys(("encipher_only", "decipher_only"), False),
    }
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name("Bench root"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=2))
        .not_valid_after(today + timedelta(days=days))
        .add_extension(x509.BasicConstraints(is_root, None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=not is_root, key_cert_sign=is_root, crl_sign=is_root, **usage),
            critical=True,
        )
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if not is_root:
        purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purposes, critical=False)
    return builder.sign(root_key, SHA256())


@pytest.fixture(scope="session")
def make_identity() -> Callable[..., Identity]:
    """Make a key, of the kind given or on P-256, and a certificate for it that ends in so many days."""

    def make(key: Any = None, days: float = 30) -> Identity:
        root_key, own = generate_private_key(SECP256R1()), key or generate_private_key(SECP256R1())
        root = _certificate("Bench root", root_key, root_key, 30)
        return Identity(own, root_key, _certificate("Bench video", own, root_key, days), root)

    return make


@pytest.fixture(scope="session")
def identity(make_identity: Callable[..., Identity]) -> Identity:
    """A key on P-256 with a certificate in date."""
    return make_identity()
