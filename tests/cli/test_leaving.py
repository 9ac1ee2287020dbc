"""The way out as a worker and a steward go it: withdraw, read the certificate, and try to find the worker anywhere."""

import json
import shutil
from datetime import UTC, datetime

import pytest

from .conftest import AGREEMENT, LABEL, NAME

KEY_PIN = "123456"
AGREED = ("--agreement", "gear-line-2026")


@pytest.fixture
def left(desk):
    """A shop with one processed and released recording of a worker who says yes, in a dataset."""
    desk.small_shop()
    (desk.folder / "agreement.toml").write_text(AGREEMENT, encoding="utf-8")
    steps(desk, "agreement", "add", desk.folder / "agreement.toml")
    steps(desk, "worker", "add", LABEL, "--name", NAME, "--language", "en")
    steps(desk, "consent", "give", LABEL, *AGREED, "--purpose", "train-robot-skill")
    desk.put("xq-original.mp4")
    where = ("--task", "xq pouring", "--station", "xq-third-bench", "--started-at", datetime.now(UTC).isoformat())
    recording = steps(desk, "ingest", desk.folder / "xq-original.mp4", "--worker", LABEL, *AGREED, *where).out.strip()
    steps(desk, "process")
    steps(desk, "release", "give", recording)
    steps(desk, "dataset", "build", *AGREED, "--out", desk.out)
    return desk


def steps(desk, *arguments, **more):
    """Run one command on the shop."""
    return desk.tacit(*arguments, "--shop", desk.shop, **more)


def add_steward(desk):
    key = desk.home / "steward.json"
    desk.tacit("key", "new", key, "--name", "Union Steward", "--pin-stdin", stdin=f"{KEY_PIN}\n")
    steps(desk, "steward", "add", "union", "--key", key, *AGREED)
    return key


def test_r5_worker_leaves_and_is_nowhere_to_be_found(left):
    desk = left
    markers = [part for text in (LABEL, NAME, "xq-original", "xq pouring", "xq-third") for part in ("--marker", text)]
    desk.put("copy.mp4")
    assert steps(desk, "erasure", "audit", *markers, "--json", code=4).answer["found"]
    backup = desk.home / "backup"
    shutil.copytree(desk.shop, backup)
    assert steps(desk, "originals", "list", "--worker", LABEL, "--json").answer["originals"][0]["note"] == ""
    certificate = desk.home / "certificate.json"
    said = steps(desk, "consent", "withdraw", LABEL, "--destroy-originals", "--out", certificate).out
    assert "denied from this moment on" in said
    assert "Destroyed: their key" in said
    assert not (desk.folder / "xq-original.mp4").exists()
    audit = steps(desk, "erasure", "audit", *markers, "--backup", backup, "--json").answer
    assert (audit["found"], audit["unread"]) == ([], [])
    assert audit["places"] > 50
    assert "Not found in" in steps(desk, "erasure", "audit", *markers).out
    account = json.loads(certificate.read_text(encoding="utf-8"))["document"]["account"]
    assert "as it was signed" in steps(desk, "certificate", "verify", certificate).out
    shown = steps(desk, "certificate", "show", account).out
    assert account in shown
    assert LABEL not in shown
    assert NAME not in shown
    assert "CERTIFICATE" in shown
    again = steps(desk, "consent", "withdraw", LABEL).out
    assert "withdrew on" in again


def test_certificate_that_is_none_or_another_shops_is_told(left, tmp_path):
    desk = left
    certificate = desk.home / "certificate.json"
    steps(desk, "consent", "withdraw", LABEL, "--out", certificate)
    other = desk.home / "other"
    desk.tacit("init", other)
    assert "is not the one expected" in desk.tacit("certificate", "verify", certificate, "--shop", other, code=2).err
    key = json.loads(certificate.read_text(encoding="utf-8"))["key"]
    assert "as it was signed" in desk.tacit("certificate", "verify", certificate, "--key", key).out
    content = certificate.read_bytes()
    certificate.write_bytes(content.replace(b'"n_keys":1', b'"n_keys":2'))
    assert "was changed since it was signed" in steps(desk, "certificate", "verify", certificate, code=4).err
    assert "cannot be read" in steps(desk, "certificate", "verify", tmp_path / "none.json", code=2).err
    assert "Name a certificate" in steps(desk, "certificate", "show", "w-nobody", code=2).err


def test_r5_what_a_law_keeps_is_opened_by_two_and_told(left):
    desk, key = left, add_steward(left)
    done = steps(desk, "consent", "withdraw", LABEL, "--json").answer
    assert done["objects_destroyed"] == 0
    body = done["certificate"]["document"]
    assert body["state"] == "sealed"
    account = body["account"]
    (hold,) = steps(desk, "hold", "list", "--json").answer["holds"]
    assert (hold["account"], hold["state"], hold["stewards"]) == (account, "sealed", "union")
    assert steps(desk, "erasure", "audit", "--marker", LABEL).code == 0
    opened = desk.home / "opened"
    ask = ("hold", "open", account, "--steward", "union", "--key", key, "--pin-stdin")
    why = ("--reason", "asked by the board")
    steps(desk, *ask, *why, "--out", desk.shop / "inside", stdin=f"{KEY_PIN}\n", code=2)
    steps(desk, *ask, *why, "--out", opened, stdin="000000\n", code=2)
    assert not opened.exists()
    steps(desk, *ask, *why, "--out", opened, stdin=f"{KEY_PIN}\n")
    assert LABEL in (opened / "rows.json").read_text(encoding="utf-8")
    assert list(opened.rglob("*.mp4"))
    assert "asked by the board" in steps(desk, "certificate", "show", account).out
    assert "Nothing is due." in steps(desk, "hold", "destroy", "--due").out
    assert steps(desk, "hold", "list", "--json").answer["holds"][0]["state"] == "sealed"


def test_originals_are_destroyed_only_where_they_are_what_was_handed_in(left):
    desk = left
    (listed,) = steps(desk, "originals", "list", "--json").answer["originals"]
    original = desk.folder / "xq-original.mp4"
    content = original.read_bytes()
    original.write_bytes(b"somebody's novel")
    assert "another file" in steps(desk, "originals", "list", "--check").out
    assert "Left alone" in steps(desk, "originals", "destroy", listed["recording"]).out
    assert original.read_bytes() == b"somebody's novel"
    original.write_bytes(content)
    assert "Destroyed: 1 of 1" in steps(desk, "originals", "destroy", "--worker", LABEL).out
    assert not original.exists()
    assert steps(desk, "originals", "list", "--json").answer["originals"] == []


def test_withdrawing_what_was_never_given_is_told(left):
    said = steps(left, "consent", "withdraw", LABEL, "--purpose", "research", code=2).err
    assert "R5" in said
    steps(left, "consent", "withdraw", "nobody.here", code=2)
    there = left.home / "there.json"
    there.write_text("mine", encoding="utf-8")
    steps(left, "consent", "withdraw", LABEL, "--out", there, code=2)
    assert there.read_text(encoding="utf-8") == "mine"
    assert steps(left, "consent", "show", LABEL).code == 0
