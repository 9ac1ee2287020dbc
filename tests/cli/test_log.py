"""The log by its commands: a steward and a worker who trust nobody's word, and the separate verifier."""

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import AGREEMENT, Desk, make_desk

PIN = "union-2026"
AGREEMENT_ID = "gear-line-2026"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a shop, an agreement and a steward with a key of their own; made once, for it takes a while."""
    desk = make_desk(tmp_path_factory.mktemp("made") / "home", None, None)
    desk.declare()
    desk.tacit("init", desk.shop)
    desk.tacit("agreement", "add", desk.folder / "agreement.toml", "--shop", desk.shop)
    desk.tacit("key", "new", "union.key", "--name", "The union", "--pin-stdin", stdin=f"{PIN}\n")
    desk.tacit("steward", "add", "union", "--key", "union.key", "--agreement", AGREEMENT_ID, "--shop", desk.shop)
    return desk.home


@pytest.fixture
def shop(made: Path, tmp_path: Path) -> Desk:
    """A copy of that home, for one test."""
    home = tmp_path / "home"
    shutil.copytree(made, home)
    return Desk(home, None, {"XDG_CACHE_HOME": str(home / "cache")})


def verify(desk: Desk, *arguments: str, code: int = 0) -> str:
    """The separate verifier, where the shop cannot be seen."""
    done = subprocess.run(
        [sys.executable, "-m", "tacit_verify", *arguments],
        cwd=desk.home,
        env={"PATH": "", "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def log(desk: Desk, *arguments: str, code: int = 0, stdin: str = "") -> str:
    done = desk.tacit("log", *arguments, "--shop", desk.shop, code=code, stdin=stdin)
    return done.out + done.err


def keys(desk: Desk) -> dict[str, str]:
    found = json.loads(log(desk, "key", "--json"))["keys"]
    return {one["whose"]: one["public_key"] for one in found}


def test_r9_steward_countersigns_and_everyone_can_check_without_the_shop(shop: Desk) -> None:
    log(shop, "checkpoint", "--out", "first.note")
    said = log(
        shop, "checkpoint", "--countersign", "union.key", "--pin-stdin", "--out", "signed.note", stdin=f"{PIN}\n"
    )
    assert said == "Wrote signed.note.\n"
    log(shop, "accept-clock")
    log(shop, "prove", "0", "--out", "entry.tlog-proof")
    log(shop, "prove", "--from", "signed.note", "--out", "growth.json")
    log(shop, "prove", "--subject", "union", "--out", "about-union")
    public = keys(shop)
    verify(shop, "signed.note", "--key", public["shop"], "--steward", public["union"])
    verify(shop, "first.note", "--key", public["shop"], "--steward", public["union"], code=1)
    said = verify(shop, "entry.tlog-proof", "growth.json", "--key", public["shop"])
    assert "unchanged and in their order" in said
    (proof,) = sorted((shop.home / "about-union").iterdir())
    verify(shop, str(proof), "--key", public["shop"])
    assert "The log holds" in log(shop, "verify", "--kept", "first.note", "--kept", "signed.note")


def test_r12_a_steward_signs_at_home_and_sends_it_back(shop: Desk) -> None:
    log(shop, "checkpoint", "--out", "sent.note")
    public = keys(shop)["shop"]
    home = ("--key", "union.key", "--steward", "union", "--shop-key", public, "--out", "back.note", "--pin-stdin")
    shop.tacit("key", "countersign", "sent.note", *home, stdin=f"{PIN}\n")
    assert "countersigned by: union" in log(shop, "countersigned", "back.note")
    assert "proves nothing" in shop.tacit("key", "countersign", "union.key", *home, stdin=f"{PIN}\n", code=2).err


def test_a_wrong_pin_signs_nothing(shop: Desk) -> None:
    said = log(shop, "checkpoint", "--countersign", "union.key", "--pin-stdin", stdin="another-pin\n", code=2)
    assert "PIN does not open" in said
    assert json.loads(log(shop, "checkpoint", "--json"))["signed_by"] == [
        json.loads(log(shop, "checkpoint", "--json"))["origin"]
    ]


def test_what_was_changed_is_named(shop: Desk) -> None:
    log(shop, "accept-clock")
    with sqlite3.connect(shop.shop / "catalogue.sqlite") as connection:
        connection.execute("UPDATE log_entries SET body = replace(body, 'clock', 'clack')")
    connection.close()
    said = log(shop, "verify", code=4)
    assert "does not fit its hash" in said
    assert "R9" in said
    assert "entry 2" in log(shop, "show", code=4)


def test_show_answers_with_one_json_object(shop: Desk) -> None:
    log(shop, "accept-clock")
    answer = json.loads(log(shop, "show", "--json"))
    assert answer["size"] == len(answer["entries"])
    assert [entry["kind"] for entry in json.loads(log(shop, "show", "--last", "1", "--json"))["entries"]] == [
        "clock-corrected"
    ]
    assert [entry["kind"] for entry in json.loads(log(shop, "show", "--subject", "union", "--json"))["entries"]] == [
        "steward"
    ]


@pytest.mark.parametrize("arguments", [(), ("0", "--subject", "union"), ("--subject", "union")])
def test_a_proof_of_nothing_or_of_everything_is_not_made(shop: Desk, arguments: tuple[str, ...]) -> None:
    assert "Say one thing to prove" in log(shop, "prove", *arguments, code=2)


def test_what_stands_in_the_way_is_said_plainly(shop: Desk) -> None:
    assert "no entry 99" in log(shop, "prove", "99", code=2)
    assert "cannot be read" in log(shop, "verify", "--kept", "nowhere", code=2)
    (shop.home / "there").write_text("mine")
    assert "left as it is" in log(shop, "checkpoint", "--out", "there", code=2)
    assert (shop.home / "there").read_text() == "mine"
    assert "D5" in log(shop, "checkpoint", "--out", str(shop.shop / "note"), code=2)
    assert "proves nothing" in log(shop, "verify", "--kept", "there", code=2)
    said = shop.tacit("steward", "add", "x", "--key", "there", "--agreement", AGREEMENT_ID, "--shop", shop.shop, code=2)
    assert "cannot be used" in said.err


def test_key_files_show_what_is_public(shop: Desk) -> None:
    answer = shop.tacit("key", "show", "union.key", "--json").answer
    (steward,) = shop.tacit("steward", "list", "--shop", shop.shop, "--json").answer["stewards"]
    assert answer["public_key"] == steward["public_key"] == keys(shop)["union"]
    assert "The union" in shop.tacit("key", "show", "union.key").out
    assert "union" in shop.tacit("steward", "list", "--shop", shop.shop).out
    assert (
        "already" in shop.tacit("key", "new", "union.key", "--name", "x", "--pin-stdin", stdin=f"{PIN}\n", code=2).err
    )
    assert "characters" in shop.tacit("key", "new", "b.key", "--name", "x", "--pin-stdin", stdin="1234\n", code=2).err
    assert not (shop.home / "b.key").exists()


def test_the_agreement_of_a_steward_has_to_be_there(shop: Desk) -> None:
    assert AGREEMENT_ID in AGREEMENT
    said = shop.tacit("steward", "add", "union", "--key", "union.key", "--agreement", "b", "--shop", shop.shop, code=2)
    assert "There is no agreement b" in said.err
