"""Signed notes against the examples of the specification, a checkpoint of a public log, and every changed byte."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.records.errors import BadNoteError
from tacit.seal.notes import (
    BY_LOG,
    BY_STEWARD,
    Checkpoint,
    NoteSignature,
    SignedCheckpoint,
    cosign_checkpoint,
    find_cosignature,
    is_signed,
    key_id,
    parse_checkpoint,
    sign_checkpoint,
    verifier_key,
)
from tacit.seal.signatures import is_valid, new_private_key, public_key_of, sign

# C2SP signed-note, section "Verifier keys", example
NOTE_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE_TEXT = b"This is an example message.\n"
NOTE_LINE = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="

# C2SP tlog-cosignature, section "Format", example; its root and its first signature are of the public Go checksum
# database, whose verifier key is SUM_VKEY and whose own text begins with another line.
EXAMPLE = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501 - as it stands there
SUM_VKEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
SUM_ORIGIN = "go.sum database tree"

PRIVATE, FIRST, SECOND = new_private_key(), new_private_key(), new_private_key()
KEY = public_key_of(PRIVATE)
CHECKPOINT = Checkpoint("tacit.invalid/log/shop-1", 5, bytes(range(32)))
NAMES = ("tacit.invalid/steward/union", "tacit.invalid/steward/council")


def public_of(vkey: str) -> str:
    return base64.b64decode(vkey.split("+", 2)[2])[1:].hex()


def make(*stewards: bytes) -> SignedCheckpoint:
    lines = [sign_checkpoint(CHECKPOINT, KEY, lambda message: sign(PRIVATE, message))]
    for at_s, (name, private) in enumerate(zip(NAMES, stewards, strict=False), start=1_700_000_000):
        lines.append(_cosign(name, private, at_s))
    return SignedCheckpoint(CHECKPOINT, tuple(lines))


def _cosign(name: str, private: bytes, at_s: int) -> NoteSignature:
    return cosign_checkpoint(CHECKPOINT, name, public_key_of(private), lambda message: sign(private, message), at_s)


def test_keys_and_signatures_are_those_of_the_specification() -> None:
    public = public_of(NOTE_VKEY)
    assert verifier_key("example.com/foo", BY_LOG, public) == NOTE_VKEY
    raw = base64.b64decode(NOTE_LINE)
    assert raw[:4] == key_id("example.com/foo", BY_LOG, public)
    assert is_valid(public, NOTE_TEXT, raw[4:].hex())


def test_example_of_the_specification_reads_and_writes_the_same() -> None:
    note = parse_checkpoint(EXAMPLE, "example")
    assert note.text() == EXAMPLE
    assert (note.checkpoint.origin, note.checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert int.from_bytes(note.signatures[1].signature[:8], "big") == 1679315147  # as the specification says it


def test_text_of_a_checkpoint_is_what_a_public_log_signed() -> None:
    note = parse_checkpoint(EXAMPLE, "example")
    public = public_of(SUM_VKEY)
    real = Checkpoint(SUM_ORIGIN, note.checkpoint.size, note.checkpoint.root)
    assert is_valid(public, real.text().encode(), note.signatures[0].signature.hex())
    assert note.signatures[0].key_id == key_id("sum.golang.org", BY_LOG, public)


def test_shop_and_stewards_sign_side_by_side() -> None:
    note = parse_checkpoint(make(FIRST, SECOND).text(), "note")
    assert is_signed(note, KEY)
    assert find_cosignature(note, NAMES[0], public_key_of(FIRST)) == 1_700_000_000
    assert find_cosignature(note, NAMES[1], public_key_of(SECOND)) == 1_700_000_001


def test_nobody_elses_key_counts() -> None:
    note = make(FIRST)
    assert not is_signed(note, public_key_of(FIRST))
    assert find_cosignature(note, NAMES[0], public_key_of(SECOND)) is None
    assert find_cosignature(note, NAMES[1], public_key_of(FIRST)) is None
    assert not is_signed(SignedCheckpoint(CHECKPOINT, note.signatures[1:]), KEY)


def test_a_countersignature_is_over_the_checkpoint_and_its_moment() -> None:
    good = _cosign(NAMES[0], FIRST, 1_700_000_000)
    later = NoteSignature(good.name, good.key_id, (1_700_000_001).to_bytes(8, "big") + good.signature[8:])
    for line, checkpoint in ((later, CHECKPOINT), (good, Checkpoint(CHECKPOINT.origin, 6, CHECKPOINT.root))):
        with pytest.raises(BadNoteError, match=r"does not fit"):
            find_cosignature(SignedCheckpoint(checkpoint, (line,)), NAMES[0], public_key_of(FIRST))


def test_types_of_one_key_have_ids_of_their_own() -> None:
    assert key_id("a", BY_LOG, KEY) != key_id("a", BY_STEWARD, KEY)


NOTE = make(FIRST).text().encode()


@given(st.integers(0, len(NOTE) - 1), st.integers(1, 255))
def test_every_changed_byte_of_a_checkpoint_is_found(place: int, flip: int) -> None:
    changed = NOTE[:place] + bytes([NOTE[place] ^ flip]) + NOTE[place + 1 :]
    try:
        note = parse_checkpoint(changed, "note")
        holds = is_signed(note, KEY) and find_cosignature(note, NAMES[0], public_key_of(FIRST)) is not None
    except BadNoteError:
        holds = False
    assert not holds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        NOTE.decode().partition("\n\n")[0] + "\n\n",
        NOTE.decode().replace("\n5\n", "\n05\n"),
        NOTE.decode().replace("\n5\n", "\n-5\n"),
        NOTE.decode().replace("\n5\n", "\n" + "9" * 400 + "\n"),
        NOTE.decode() + "x",
        NOTE.decode().replace("\n\n", "\n\n\n"),
        NOTE.decode().replace("— ", "- "),
        NOTE.decode() + "— a AAAA\n" * 100,
        NOTE.decode().replace("\n", "\r\n"),
    ],
)
def test_other_texts_are_no_checkpoint(text: str) -> None:
    with pytest.raises(BadNoteError):
        parse_checkpoint(text, "note")
