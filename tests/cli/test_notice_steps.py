"""The notice in a worker's language, the yes on it, the receipt and complaints, as a user types them."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from .conftest import AGREEMENT

PIN, FILE_PIN = "4711", "246810"
AGREED = ("--agreement", "gear-line-2026")
PURPOSES = ("--purpose", "train-robot-skill")


@pytest.fixture
def opened(bare_desk):
    """A shop with an agreement and a worker who reads Hindi; files of a reviewer, a steward and the worker."""
    desk = bare_desk
    desk.tacit("init", desk.shop)
    (desk.folder / "agreement.toml").write_text(AGREEMENT, encoding="utf-8")
    steps(desk, "agreement", "add", desk.folder / "agreement.toml")
    steps(desk, "worker", "add", "asha", "--name", "Asha", "--language", "hi", "--pin-stdin", stdin=f"{PIN}\n")
    return desk


def steps(desk, *arguments, **more):
    """Run one command on the shop."""
    return desk.tacit(*arguments, "--shop", desk.shop, **more)


def run_verifier(*arguments):
    """The second program, which knows nothing of the shop."""
    command = [sys.executable, "-m", "tacit_verify", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def make_key(desk, name):
    desk.tacit("key", "new", desk.home / f"{name}.key", "--name", name, "--pin-stdin", stdin=f"{FILE_PIN}\n")
    return desk.home / f"{name}.key"


def test_r1_a_worker_says_yes_in_hindi_once_a_reviewer_has_signed_the_words(opened):
    desk = opened
    draft = steps(desk, "consent", "notice", "asha", *AGREED).out
    assert "DRAFT. No named reviewer" in draft
    assert "हाँ या ना कहने से पहले पढ़ें" in draft
    give = ("consent", "give", "asha", *AGREED, *PURPOSES, "--pin-stdin")
    refused = steps(desk, *give, stdin=f"{PIN}\n", code=3)
    assert 'Refused by R1: the notice in the language "hi" is a draft' in refused.err

    text = desk.tacit("notice", "text", "hi").out
    assert "hi  हाँ या ना कहने से पहले पढ़ें" in text
    key = make_key(desk, "reviewer")
    signed = steps(desk, "notice", "review", "hi", "--key", key, "--pin-stdin", stdin=f"{FILE_PIN}\n").out
    states = {one["language"]: one for one in steps(desk, "notice", "list", "--json").answer["languages"]}
    assert states["hi"]["state"] == "signed"
    assert states["hi"]["reviewer"] == "reviewer"
    assert states["hi"]["digest"] in signed
    assert states["hi"]["digest"] in text
    assert (states["ta"]["state"], states["en"]["state"]) == ("draft", "source")

    assert "DRAFT" not in steps(desk, "consent", "notice", "asha", *AGREED).out
    assert "asha said yes to train-robot-skill (signed)." in steps(desk, *give, stdin=f"{PIN}\n").out
    shown = steps(desk, "consent", "show", "asha", "--json").answer
    assert shown["statements"][0]["language"] == "hi"
    assert shown["records"][0]["dct:language"] == "hi"


def test_the_receipt_is_signed_checked_without_the_shop_and_never_put_into_it(opened):
    desk = opened
    ends = str(datetime.now(UTC).date() + timedelta(days=30))
    give = ("consent", "give", "asha", *AGREED, *PURPOSES, "--language", "en", "--until", ends, "--pin-stdin")
    assert f"(signed, until {ends})" in steps(desk, *give, stdin=f"{PIN}\n").out
    receipt = desk.home / "receipt.json"
    steps(desk, "consent", "show", "asha", "--receipt", receipt)
    document = json.loads(receipt.read_text(encoding="utf-8"))
    assert document["kind"] == "tacit receipt 1"
    assert (
        document["document"]["records"][0]["dpv:hasProcess"][0]["dpv:hasConsentStatus"][0]["tacit:evidence"] == "signed"
    )
    checked = run_verifier(receipt, "--key", document["key"])
    assert (checked.returncode, "proven" in checked.stdout) == (0, True)
    assert run_verifier(receipt, "--key", "ab" * 32).returncode == 1
    refused = steps(desk, "consent", "show", "asha", "--receipt", desk.shop / "receipt.json", code=2)
    assert "(D5)" in refused.err
    assert not (desk.shop / "receipt.json").exists()


def test_r2_purposes_outside_the_list_are_all_named_at_once(opened):
    asked = ("--purpose", "rank-workers", "--purpose", "research", "--purpose", "read-emotions")
    done = steps(opened, "consent", "give", "asha", *AGREED, *asked, "--language", "en", code=2)
    assert '"rank-workers", "read-emotions" are no purposes (R2).' in done.err


def test_r11_a_steward_witnesses_and_a_worker_signs_with_a_file_of_their_own(opened):
    desk = opened
    union, own = make_key(desk, "union"), make_key(desk, "own")
    steps(desk, "steward", "add", "union", "--key", union, *AGREED)
    give = ("consent", "give", "asha", *AGREED, *PURPOSES, "--language", "en", "--pin-stdin")
    witnessed = steps(desk, *give, "--witness", "union", "--key", union, stdin=f"{FILE_PIN}\n").out
    assert "(witnessed)" in witnessed
    refused = steps(desk, *give, "--key", own, stdin=f"{FILE_PIN}\n", code=2)
    assert "is not that of the worker asha" in refused.err
    both = steps(desk, "worker", "key", "asha", "--key", own, "--pin-stdin", stdin=f"{PIN}\n{FILE_PIN}\n").out
    assert "asha signs with the key" in both
    assert "(signed)" in steps(desk, *give, "--key", own, stdin=f"{FILE_PIN}\n").out
    assert steps(desk, "worker", "list", "--json").answer["workers"][0]["signs"] == "with a key file"
    steps(desk, *give, stdin=f"{PIN}\n", code=2)
    assert [one["evidence"] for one in steps(desk, "consent", "show", "asha", "--json").answer["statements"]] == [
        "witnessed by union",
        "signed",
    ]


def test_a_complaint_is_put_down_answered_and_read_in_the_workers_language(opened):
    desk = opened
    opened_on = datetime.now(UTC).date()
    shown = steps(desk, "grievance", "open", "asha", "--text", "-", *AGREED, stdin="किसी ने नहीं पूछा।\n").out
    assert "आपकी शिकायत gr-" in shown
    assert "   किसी ने नहीं पूछा।" in shown
    (listed,) = steps(desk, "grievance", "list", "--json").answer["grievances"]
    assert (listed["worker"], listed["state"], listed["answered"]) == ("asha", "open", "")
    assert listed["due"] in (str(opened_on + timedelta(days=90)), str(opened_on + timedelta(days=91)))
    key = make_key(desk, "union")
    steps(desk, "steward", "add", "union", "--key", key, *AGREED)
    answer = ("grievance", "answer", listed["complaint"], "--text", "हम देख रहे हैं।", "--steward", "union")
    assert "not that of the steward" in steps(desk, *answer, code=3).err
    assert "Answered" in steps(desk, *answer, "--key", key, "--pin-stdin", stdin=f"{FILE_PIN}\n").out
    assert "जिस पर कामगार-प्रतिनिधि union के हस्ताक्षर हैं" in steps(desk, "grievance", "show", listed["complaint"]).out
    mine = steps(desk, "grievance", "list", "--as", "worker:asha", "--json").answer["grievances"]
    assert [one["state"] for one in mine] == ["answered"]
    assert steps(desk, "grievance", "list", "--as", "steward:union", "--json").answer["grievances"] == mine
    steps(desk, "grievance", "show", listed["complaint"], "--as", "engineer", code=3)
