"""The separate verifier: it agrees with the tree and the signatures of tacit, and finds every changed byte."""

import base64
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.seal import merkle
from tacit.seal.canonical import canonical_json
from tacit.seal.document import sign_document
from tacit.seal.notes import (
    BY_LOG,
    BY_STEWARD,
    Checkpoint,
    SignedCheckpoint,
    cosign_checkpoint,
    proof_text,
    sign_checkpoint,
    verifier_key,
)
from tacit.seal.signatures import new_private_key, public_key_of, sign
from tacit_verify import Key, NotProvenError, check, check_checkpoint, read_key

SHOP, UNION, OTHER = new_private_key(), new_private_key(), new_private_key()
ORIGIN, STEWARD = "tacit.invalid/log/shop-1", "tacit.invalid/steward/union"
KEY, UNION_KEY, OTHER_KEY = (read_key(public_key_of(one)) for one in (SHOP, UNION, OTHER))
ENTRIES = [canonical_json({"kind": "decision", "subject": f"{n:064x}"}) for n in range(70)]

NODES: dict[tuple[int, int], bytes] = {
    (level, index): digest for level, index, digest in merkle.grow(0, map(merkle.leaf_hash, ENTRIES), lambda *_: b"")
}


def read(level: int, index: int) -> bytes:
    return NODES[level, index]


def note(size: int, *, private: bytes = SHOP, stewards: bool = True, origin: str = ORIGIN) -> SignedCheckpoint:
    checkpoint = Checkpoint(origin, size, merkle.compute_root(size, read))
    lines = [sign_checkpoint(checkpoint, public_key_of(private), lambda message: sign(private, message))]
    if stewards:
        lines.append(
            cosign_checkpoint(
                checkpoint, STEWARD, public_key_of(UNION), lambda message: sign(UNION, message), 1_700_000_000
            )
        )
    return SignedCheckpoint(checkpoint, tuple(lines))


def entry_proof(index: int, size: int) -> bytes:
    return proof_text(ENTRIES[index], index, merkle.inclusion_proof(index, size, read), note(size)).encode()


def growth(old: SignedCheckpoint, new: SignedCheckpoint, hashes: list[bytes]) -> bytes:
    lines = [base64.b64encode(one).decode() for one in hashes]
    found = {"form": "tacit log growth 1", "from": old.text(), "hashes": lines, "to": new.text()}
    return canonical_json(found) + b"\n"


def growth_proof(old: int, new: int) -> bytes:
    return growth(note(old), note(new), merkle.consistency_proof(old, new, read) if old else [])


DOCUMENT = sign_document(
    "tacit receipt 1", {"a": ["आशा", 3, None, True], "z": {}}, public_key_of(SHOP), lambda message: sign(SHOP, message)
)
FILES = {
    "checkpoint": note(7).text().encode(),
    "entry": entry_proof(5, 13),
    "growth": growth_proof(5, 13),
    "document": DOCUMENT,
}


@given(st.data(), st.integers(1, len(ENTRIES)))
def test_every_entry_of_every_tree_is_proven(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    said = check(entry_proof(index, size), KEY, [UNION_KEY], f"{index:064x}")
    assert said[-1].endswith(ENTRIES[index].decode())


@given(st.data(), st.integers(0, len(ENTRIES)))
def test_growth_between_any_two_trees_is_proven(data: st.DataObject, new: int) -> None:
    old = data.draw(st.integers(0, new))
    assert f"all {old} entries" in check(growth_proof(old, new), KEY, [UNION_KEY])[-1]


@given(st.data(), st.integers(2, len(ENTRIES)))
def test_no_other_way_leads_from_an_entry_to_the_root(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size + 3).filter(lambda one: one != index))
    path = merkle.inclusion_proof(index, size, read)
    place = data.draw(st.integers(0, len(path) - 1))
    for forged in (
        proof_text(ENTRIES[index], other, path, note(size)),
        proof_text(b'{"kind":"forged"}', index, path, note(size)),
        proof_text(ENTRIES[index], index, [*path, bytes(32)], note(size)),
        proof_text(ENTRIES[index], index, path[:place] + path[place + 1 :], note(size)),
        proof_text(ENTRIES[index], index, [*path[:place], bytes(32), *path[place + 1 :]], note(size)),
    ):
        with pytest.raises(NotProvenError):
            check(forged.encode(), KEY)


@given(st.data(), st.integers(2, len(ENTRIES)))
def test_no_other_way_leads_from_one_root_to_the_next(data: st.DataObject, new: int) -> None:
    old = data.draw(st.integers(1, new - 1))
    path = merkle.consistency_proof(old, new, read)
    place = data.draw(st.integers(0, len(path) - 1))
    lied = replace(note(old).checkpoint, root=bytes(32))
    signed = SignedCheckpoint(lied, (sign_checkpoint(lied, public_key_of(SHOP), lambda text: sign(SHOP, text)),))
    for forged in (
        growth(signed, note(new), path),
        growth(note(new), note(old), path),
        growth(note(old), note(new), [*path, bytes(32)]),
        growth(note(old), note(new), path[:place] + path[place + 1 :]),
        growth(note(old), note(new), [*path[:place], bytes(32), *path[place + 1 :]]),
        growth(note(old, origin="tacit.invalid/log/shop-2"), note(new), path),
        growth(note(old, private=OTHER), note(new), path),
    ):
        with pytest.raises(NotProvenError):
            check(forged, KEY)


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
@settings(max_examples=300)
def test_every_changed_byte_of_every_file_is_found(name: str, data: st.DataObject) -> None:
    content, stewards = FILES[name], [] if name == "document" else [UNION_KEY]
    place, flip = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(1, 255))
    changed = content[:place] + bytes([content[place] ^ flip]) + content[place + 1 :]
    try:
        said = check(changed, KEY, stewards)
    except NotProvenError:
        return
    # What a steward signed under the older checkpoint is not asked for, so it proves nothing and says nothing.
    assert name == "growth"
    assert said == check(content, KEY, stewards)


@pytest.mark.parametrize("name", FILES)
def test_a_cut_file_proves_nothing(name: str) -> None:
    content, stewards = FILES[name], [] if name == "document" else [UNION_KEY]
    for end in range(len(content) - 1):
        with pytest.raises(NotProvenError):
            check(content[:end], KEY, stewards)


@pytest.mark.parametrize("name", FILES)
def test_another_key_proves_nothing(name: str) -> None:
    for key in (OTHER_KEY, UNION_KEY):
        with pytest.raises(NotProvenError):
            check(FILES[name], key)


def test_every_steward_asked_for_has_to_have_signed() -> None:
    content = FILES["checkpoint"].decode()
    assert check_checkpoint(content, KEY, [UNION_KEY]).seen[0][0] == STEWARD
    for missing in (OTHER_KEY, KEY):
        with pytest.raises(NotProvenError, match="did not sign"):
            check_checkpoint(content, KEY, [UNION_KEY, missing])


def test_keys_are_taken_as_tools_of_transparency_logs_write_them() -> None:
    key = read_key(verifier_key(ORIGIN, BY_LOG, public_key_of(SHOP)))
    steward = read_key(verifier_key(STEWARD, BY_STEWARD, public_key_of(UNION)))
    assert check(FILES["entry"], key, [steward])
    for wrong, wrong_steward in (
        (replace(key, name="tacit.invalid/log/shop-2"), steward),
        (replace(key, kind=BY_STEWARD), steward),
        (key, replace(steward, name="tacit.invalid/steward/other")),
        (key, replace(steward, kind=BY_LOG)),
    ):
        with pytest.raises(NotProvenError):
            check(FILES["entry"], wrong, [wrong_steward])


@pytest.mark.parametrize("text", ["", "00", "a+b", "a+00000000+AA==", "é" * 64, "A" * 64])
def test_other_texts_are_no_key(text: str) -> None:
    with pytest.raises(NotProvenError):
        read_key(text)


def _signed(kind: str, document: Any) -> bytes:
    return sign_document(kind, document, public_key_of(SHOP), lambda message: sign(SHOP, message))


def _document(**changes: Any) -> bytes:
    return canonical_json({**json.loads(DOCUMENT), **changes}) + b"\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"{}",
        b"{" * 100_000,
        b'{"a":1e999}',
        b'{"a":NaN}',
        b"[]",
        b"c2sp.org/tlog-proof@v1\n",
        _document(kind="tacit certificate 1"),
        _document(kind=3),
        _document(key=public_key_of(OTHER)),
        _document(key=None),
        _document(signature="x"),
        _document(signature=None),
        _document(document=[]),
        _document(more=1),
        json.dumps(json.loads(DOCUMENT), indent=1).encode(),
        canonical_json({"form": "tacit log growth 1"}),
        canonical_json({"form": "tacit log growth 1", "from": 1, "hashes": [1], "to": None}),
    ],
)
def test_anything_else_proves_nothing(content: bytes) -> None:
    with pytest.raises(NotProvenError):
        check(content, KEY)


def test_a_subject_or_steward_is_only_asked_for_where_there_can_be_one() -> None:
    for name in ("checkpoint", "growth", "document"):
        with pytest.raises(NotProvenError):
            check(FILES[name], KEY, subject="00" * 32)
    with pytest.raises(NotProvenError):
        check(DOCUMENT, KEY, [UNION_KEY])


def test_names_in_a_document_sort_as_they_are_signed() -> None:
    body = {"\U0001f600": 1, "\ufb33": 2, "é": 3, "a": {"b": 1, "B": 2}}  # UTF-16 sorts these unlike code points
    assert check(_signed("k", body), KEY)


def test_command_says_what_is_proven_and_ends_with_a_code(tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "forged").write_bytes(FILES["checkpoint"].replace(b"\n7\n", b"\n8\n"))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tacit_verify", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    key = ("--key", public_key_of(SHOP))
    good = run(*FILES, *key)
    assert (good.returncode, good.stderr, good.stdout.count(": proven.")) == (0, "", 4)
    assert run("entry", *key, "--steward", public_key_of(UNION), "--subject", f"{5:064x}").returncode == 0
    bad = run("checkpoint", "forged", *key)
    assert (bad.returncode, bad.stdout.count(": proven.")) == (1, 1)
    assert "forged: NOT PROVEN. The log's key did not sign this checkpoint." in bad.stderr
    assert run("nowhere", *key).returncode == 2
    assert run("entry", "--key", "no key").returncode == 1
    assert run("entry").returncode == 2


def test_nobody_who_stops_reading_is_shown_a_fault_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "d").write_bytes(_signed("k", {"a": ["x" * 100] * 5000}))
    command = [sys.executable, "-m", "tacit_verify", "d", "--key", public_key_of(SHOP)]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


def test_what_a_document_says_cannot_drive_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "d").write_bytes(_signed("k", {"a": "\x1b[2J \u202e \x07"}))
    command = [sys.executable, "-m", "tacit_verify", "d", "--key", public_key_of(SHOP)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout)


def test_a_key_says_nothing_of_itself_that_it_was_not_given() -> None:
    assert Key(bytes.fromhex(public_key_of(SHOP))) == KEY
