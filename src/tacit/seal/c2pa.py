"""Signs video with C2PA Content Credentials: that it was filmed and edited, and on which terms it may be used.

In: a plain MP4, what is to be said of it, and a private key with its certificates. Out: the same video with a signed
manifest in a box of its own; packets and time stamps stay as they were. Everything happens on this machine: no time
stamp is asked for, no revocation list, no remote manifest. The private key stays in memory and in nothing that is
written; of the certificates everything is published, so they should name an organisation.

Needs the package c2pa-python (the extra `c2pa`), which is loaded only when something is signed.
Source: C2PA Technical Specification 2.4, actions; CAWG Training and Data Mining Assertion 1.1; both read 2026-11-20.
"""

import io
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509 import Certificate, load_pem_x509_certificates

from tacit import __version__
from tacit.records.errors import MissingC2paError, UnfitSignerError, UnsignedVideoError
from tacit.records.purposes import Purpose

_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}

# A camera filmed it; what was done to the pictures since, later actions say. Source: IPTC digital source types.
_CREATED = {
    "action": "c2pa.created",
    "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
}
_USES = ("cawg.ai_generative_training", "cawg.ai_inference", "cawg.ai_training", "cawg.data_mining")
_LINEAGE = "tacit.lineage"  # ours

# Nothing here may reach for the network or put pictures into the manifest. What was signed is read back at once.
_SETTINGS: dict[str, Any] = {
    "version": 1,
    "verify": {"verify_after_sign": True, "remote_manifest_fetch": False, "ocsp_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
    "core": {"allowed_network_hosts": []},
}

# The smallest thing that C2PA signs: shows that key and certificates will do before any video is made.
_TRIAL = ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"></svg>')


@dataclass(frozen=True)
class VideoSigner:
    """A private key and certificates that C2PA accepts; made by `load_signer`.

    algorithm: C2PA's name of it. chain_pem: certificates, that of the key first. key_pem: PKCS 8, not encrypted.
    fingerprint: SHA-256 (hex) of the certificate of the key.
    """

    algorithm: str
    chain_pem: bytes
    key_pem: bytes = field(repr=False)
    fingerprint: str


@dataclass(frozen=True)
class VideoClaim:
    """What a manifest says of one video. `recording` is a pseudonym that means nothing outside one dataset."""

    agreement_id: str
    purpose: Purpose
    recording: str


def load_signer(chain_pem: bytes, key_pem: bytes) -> VideoSigner:
    """Read a key with its certificates and try them out.

    Args:
        chain_pem: Certificates in PEM form: that of the key first, then its issuers. Anything else in it is left out.
        key_pem: The private key in PEM form, not encrypted: P-256, P-384, P-521, Ed25519 or RSA.

    Raises:
        UnfitSignerError: One is not what it should be, they do not belong together, or C2PA does not accept them.
        MissingC2paError: c2pa-python is not installed.
    """
    certificates, key = _read_certificates(chain_pem), _read_key(key_pem)
    if _public_bytes(certificates[0].public_key()) != _public_bytes(key.public_key()):
        raise UnfitSignerError(
            "the private key is not the one of the first certificate",
            "Put the certificate of this key first and its issuers after it, or give the key that belongs to it.",
        )
    signer = VideoSigner(
        algorithm=_algorithm(key),
        chain_pem=b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates),
        key_pem=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        fingerprint=certificates[0].fingerprint(SHA256()).hex(),
    )
    media_type, trial = _TRIAL
    try:
        _sign(signer, media_type, {"c2pa.actions.v2": {"actions": [_CREATED]}}, io.BytesIO(trial), io.BytesIO())
    except _library().C2paError as error:
        raise UnfitSignerError(
            f"C2PA does not accept them ({error})",
            "Give a certificate in date that an authority issued for signing (extended key usage: C2PA claim signing, "
            "document signing or e-mail protection), and its issuers after it.",
        ) from error
    return signer


def sign_mp4(signer: VideoSigner, claim: VideoClaim, source: BinaryIO, target: BinaryIO) -> None:
    """Copy an MP4 and put a signed manifest into the copy.

    Args:
        signer: Of `load_signer`.
        claim: What to say.
        source: The plain MP4, seekable.
        target: Where the signed one goes: empty, seekable, readable and writable.

    Raises:
        UnsignedVideoError: The source is no MP4, or the target cannot be written.
        MissingC2paError: c2pa-python is not installed.
    """
    try:
        _sign(signer, "video/mp4", _assertions(claim), source, target)
    except _library().C2paError as error:
        raise UnsignedVideoError(str(error)) from error


def _assertions(claim: VideoClaim) -> dict[str, Any]:
    """What is said beyond the hash of the video, by label.

    The first action has to be that it was created: the other way to begin, c2pa.opened, needs the unedited footage as
    an ingredient, and a hash of that is nobody's business.
    """
    actions = [
        _CREATED,
        {"action": "c2pa.edited", "description": "Faces were painted over; sound and telemetry were left out."},
        {"action": "c2pa.trimmed", "description": "One stretch of a longer recording."},
    ]
    terms = (
        f"Only under a licence of a dataset made under the agreement {claim.agreement_id}, for the purpose "
        f"{claim.purpose}. Ranking or disciplining a person, inferring emotion and identifying a person are never "
        "allowed."
    )
    entries = {use: {"use": "constrained", "constraint_info": terms} for use in _USES}
    lineage = {"agreement": claim.agreement_id, "purpose": str(claim.purpose), "recording": claim.recording}
    return {"c2pa.actions.v2": {"actions": actions}, "cawg.training-mining": {"entries": entries}, _LINEAGE: lineage}


def _sign(signer: VideoSigner, media_type: str, assertions: dict[str, Any], source: BinaryIO, target: BinaryIO) -> None:
    """Sign a file of any kind that C2PA knows; raises C2paError of its library."""
    c2pa = _library()
    manifest = {
        "claim_generator_info": [{"name": "tacit", "version": __version__}],
        "format": media_type,
        # created: said by the signer, not gathered from somewhere else
        "assertions": [{"label": label, "created": True, "data": data} for label, data in assertions.items()],
    }
    info = c2pa.C2paSignerInfo(signer.algorithm, signer.chain_pem, signer.key_pem, None)
    with (
        c2pa.Signer.from_info(info) as native,
        c2pa.Context.from_dict(_SETTINGS) as context,
        c2pa.Builder(manifest, context=context) as builder,
    ):
        builder.sign(native, media_type, source, target)


def _library() -> Any:
    """The package c2pa-python; 20 MB of native code, so not loaded before it is needed."""
    try:
        import c2pa
    except ImportError as error:
        raise MissingC2paError from error
    return c2pa


def _read_certificates(chain_pem: bytes) -> list[Certificate]:
    try:
        return load_pem_x509_certificates(chain_pem)
    except ValueError as error:
        raise UnfitSignerError(
            "the file of certificates holds none in PEM form", "Give one that begins with BEGIN CERTIFICATE."
        ) from error


def _read_key(key_pem: bytes) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(key_pem, password=None)
    except TypeError as error:  # so says cryptography where a password is needed
        raise UnfitSignerError(
            "the private key is encrypted",
            "Decrypt it into a file that only you can read, for as long as it takes, such as with openssl pkey.",
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnfitSignerError(
            "the file of the key holds no private key in PEM form", "Give one that begins with BEGIN PRIVATE KEY."
        ) from error


def _algorithm(key: PrivateKeyTypes) -> str:
    """C2PA's name of the signature that a key makes."""
    if isinstance(key, EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, RSAPrivateKey):
        return "ps256"
    raise UnfitSignerError(
        "the private key is of a kind that C2PA does not sign with",
        "Use a key on the curve P-256, P-384 or P-521, an Ed25519 key or an RSA key.",
    )


def _public_bytes(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
