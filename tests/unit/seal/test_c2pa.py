"""Signing video: what a manifest says, that tampering shows, what cannot sign, and that nothing is asked of anybody."""

import io
import json
import platform
import re
import subprocess
import sys

import av
import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tacit import __version__
from tacit.records.errors import InputError, MissingC2paError, UnfitSignerError, UnsignedVideoError
from tacit.records.purposes import Purpose
from tacit.seal.c2pa import VideoClaim, load_signer, sign_mp4

c2pa = pytest.importorskip("c2pa", reason="c2pa-python, the extra `c2pa`, is not installed")

CLAIM = VideoClaim("pilot-1", Purpose.TRAIN_ROBOT_SKILL, "0f" * 16)


@pytest.fixture(scope="module")
def plain():
    sink = io.BytesIO()
    with av.open(sink, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=30, options={"bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for k in range(20):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((72, 64), 5 * k, np.uint8), "yuv420p")))
        container.mux(stream.encode())
    return sink.getvalue()


@pytest.fixture(scope="module")
def signer(identity):
    return load_signer(identity.chain_pem, identity.key_pem)


def signed(signer, plain, claim=CLAIM):
    target = io.BytesIO()
    sign_mp4(signer, claim, io.BytesIO(plain), target)
    return target.getvalue()


def read(video, root_pem):
    """What C2PA's own reader makes of a video: its state, the active manifest, and what failed."""
    settings = {"verify": {"remote_manifest_fetch": False}, "trust": {"user_anchors": root_pem.decode()}}
    with (
        c2pa.Context.from_dict(settings) as context,
        c2pa.Reader("video/mp4", io.BytesIO(video), context=context) as reader,
    ):
        results = reader.get_validation_results()["activeManifest"]
        failures = [failure["code"] for failure in results["failure"]]
        return reader.get_validation_state(), reader.get_active_manifest(), failures


def packets(video):
    with av.open(io.BytesIO(video)) as container:
        return [(packet.pts, packet.dts, bytes(packet)) for packet in container.demux(video=0)]


def assertions(manifest):
    return {assertion["label"]: assertion["data"] for assertion in manifest["assertions"]}


def test_signed_video_is_trusted_by_whoever_trusts_the_issuer(signer, identity, plain):
    state, _, failures = read(signed(signer, plain), identity.root_pem)
    assert (state, failures) == ("Trusted", [])


def test_signed_video_is_valid_but_not_trusted_under_another_root(signer, make_identity, plain):
    state, _, failures = read(signed(signer, plain), make_identity().root_pem)
    assert (state, failures) == ("Valid", ["signingCredential.untrusted"])


def test_packets_and_time_stamps_are_the_same_after_signing(signer, plain):
    assert packets(signed(signer, plain)) == packets(plain)


def test_manifest_says_how_it_was_made_and_for_what_it_may_be_used(signer, identity, plain):
    _, manifest, _ = read(signed(signer, plain), identity.root_pem)
    generator = manifest["claim_generator_info"][0]
    assert (generator["name"], generator["version"]) == ("tacit", __version__)
    said = assertions(manifest)
    actions = [action["action"] for action in said["c2pa.actions.v2"]["actions"]]
    assert actions == ["c2pa.created", "c2pa.edited", "c2pa.trimmed"]
    assert said["c2pa.actions.v2"]["actions"][0]["digitalSourceType"].endswith("/digitalCapture")
    entries = said["cawg.training-mining"]["entries"]
    uses = {"ai_training", "ai_generative_training", "ai_inference", "data_mining"}
    assert set(entries) == {f"cawg.{use}" for use in uses}
    for entry in entries.values():
        assert entry["use"] == "constrained"
        assert "pilot-1" in entry["constraint_info"]
        assert "train-robot-skill" in entry["constraint_info"]
    assert said["tacit.lineage"] == {
        "agreement": "pilot-1",
        "purpose": "train-robot-skill",
        "recording": CLAIM.recording,
    }


def test_manifest_says_nothing_else(signer, identity, plain):
    _, manifest, _ = read(signed(signer, plain), identity.root_pem)
    labels = {"c2pa.actions.v2", "cawg.training-mining", "tacit.lineage", "c2pa.hash.bmff.v3"}
    assert set(assertions(manifest)) == labels
    assert all(assertion["created"] for assertion in manifest["assertions"])
    assert set(manifest) == {
        "claim_generator_info",
        "instance_id",
        "assertions",
        "signature_info",
        "label",
        "claim_version",
    }
    assert "time" not in manifest["signature_info"]


@pytest.mark.parametrize("place", [10, 100, 300])
def test_tampering_with_the_pictures_is_found(signer, identity, plain, place):
    video = bytearray(signed(signer, plain))
    video[video.index(b"mdat") + place] ^= 1
    state, _, failures = read(bytes(video), identity.root_pem)
    assert (state, failures) == ("Invalid", ["assertion.bmffHash.mismatch"])


def test_tampering_with_what_is_said_is_found(signer, identity, plain):
    video = signed(signer, plain).replace(b"pilot-1", b"pilot-2")
    state, _, failures = read(video, identity.root_pem)
    assert state == "Invalid"
    assert set(failures) == {"assertion.hashedURI.mismatch"}


def test_video_copied_into_a_new_file_has_lost_its_manifest(signer, identity, plain):
    sink = io.BytesIO()
    with av.open(io.BytesIO(signed(signer, plain))) as source, av.open(sink, "w", format="mp4") as container:
        stream = container.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                container.mux(packet)
    with pytest.raises(c2pa.C2paError.ManifestNotFound):
        read(sink.getvalue(), identity.root_pem)


@pytest.mark.parametrize(
    "make_key",
    [
        pytest.param(lambda: generate_private_key(SECP384R1()), id="P-384"),
        pytest.param(Ed25519PrivateKey.generate, id="Ed25519"),
        pytest.param(lambda: generate_rsa_key(65537, 2048), id="RSA"),
    ],
)
def test_other_kinds_of_keys_sign_too(make_identity, plain, make_key):
    other = make_identity(make_key())
    state, _, _ = read(signed(load_signer(other.chain_pem, other.key_pem), plain), other.root_pem)
    assert state == "Trusted"


def test_key_in_the_older_form_of_openssl_signs_too(identity, signer):
    older = identity.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    assert load_signer(identity.chain_pem, older) == signer


def test_private_key_in_the_file_of_certificates_goes_no_further(identity, signer):
    loaded = load_signer(identity.key_pem + identity.chain_pem, identity.key_pem)
    assert loaded == signer
    assert b"PRIVATE" not in loaded.chain_pem


UNFIT = {
    "no certificate": (lambda i, _: (b"hello", i.key_pem), "certificates holds none"),
    "key as certificate": (lambda i, _: (i.key_pem, i.key_pem), "certificates holds none"),
    "no key": (lambda i, _: (i.chain_pem, b"hello"), "holds no private key"),
    "empty key": (lambda i, _: (i.chain_pem, b""), "holds no private key"),
    "certificate as key": (lambda i, _: (i.chain_pem, i.chain_pem), "holds no private key"),
    "locked key": (lambda i, _: (i.chain_pem, i.locked_key_pem), "encrypted"),
    "another key": (lambda i, make: (i.chain_pem, make().key_pem), "not the one of the first certificate"),
    "issuer first": (lambda i, _: (i.root_pem + i.chain_pem, i.key_pem), "not the one of the first certificate"),
    "odd curve": (lambda _, make: pair(make(generate_private_key(SECP256K1()))), "of a kind"),
    "out of date": (lambda _, make: pair(make(days=-1)), "C2PA does not accept them"),
    "self-signed": (lambda i, _: (i.root_pem, i.root_key_pem), "C2PA does not accept them"),
}


def pair(identity):
    return identity.chain_pem, identity.key_pem


@pytest.mark.parametrize("case", UNFIT)
def test_what_cannot_sign_is_refused_with_a_next_step_and_without_the_key(identity, make_identity, case):
    make, expected = UNFIT[case]
    chain, key = make(identity, make_identity)
    with pytest.raises(UnfitSignerError, match=expected) as caught:
        load_signer(chain, key)
    assert isinstance(caught.value, InputError)
    assert re.search(r"\. (Put|Give|Use|Decrypt) ", str(caught.value))
    assert not [line for line in key.splitlines() if len(line) > 30 and line.decode() in str(caught.value)]


def test_key_is_in_no_text_of_a_signer(signer, identity):
    body = identity.key_pem.splitlines()[1].decode()
    assert body not in repr(signer)
    assert "key_pem" not in repr(signer)


def test_what_is_no_video_is_not_signed(signer):
    with pytest.raises(UnsignedVideoError):
        sign_mp4(signer, CLAIM, io.BytesIO(b"no video at all" * 9), io.BytesIO())


def test_without_the_package_the_message_says_how_to_get_it(identity, monkeypatch):
    monkeypatch.setitem(sys.modules, "c2pa", None)  # so Python says that it is not installed
    with pytest.raises(MissingC2paError, match=r"tacit\[c2pa\]"):
        load_signer(identity.chain_pem, identity.key_pem)


# The native library talks to the system past Python, so an audit hook alone would not see it. This asks the kernel to
# kill whoever opens a socket: BPF that loads the number of the system call and compares it with that of socket(2).
OFFLINE = """
import ctypes, io, json, platform, struct, sys
events = []
sys.addaudithook(lambda event, _: events.append(event) if event.startswith("socket.") else None)
number = {"x86_64": 41, "aarch64": 198}[platform.machine()]
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x80000000), (0x06, 0, 0, 0x7FFF0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(Filter(len(steps), ctypes.addressof(code))), 0, 0) == 0
given = json.load(sys.stdin)
if given["reach out"]:
    import socket
    socket.socket()
from tacit.records.purposes import Purpose
from tacit.seal.c2pa import VideoClaim, load_signer, sign_mp4
signer = load_signer(given["chain"].encode(), given["key"].encode())
target = io.BytesIO()
sign_mp4(signer, VideoClaim("a", Purpose.RESEARCH, "0f" * 16), io.BytesIO(bytes.fromhex(given["video"])), target)
print(len(target.getvalue()), events)
"""


@pytest.mark.skipif(
    platform.system() != "Linux" or platform.machine() not in ("x86_64", "aarch64"),
    reason="asks the Linux kernel, by the numbers of its system calls",
)
@pytest.mark.parametrize("reach_out", [False, True])
def test_signing_opens_no_socket(identity, plain, reach_out):
    given = {
        "chain": identity.chain_pem.decode(),
        "key": identity.key_pem.decode(),
        "video": plain.hex(),
        "reach out": reach_out,
    }
    done = subprocess.run([sys.executable, "-c", OFFLINE], input=json.dumps(given), capture_output=True, text=True)
    if reach_out:
        assert done.returncode == -31  # SIGSYS: the guard works
    else:
        assert done.returncode == 0, done.stderr
        size, events = done.stdout.split(maxsplit=1)
        assert int(size) > len(plain)
        assert events.strip() == "[]"
