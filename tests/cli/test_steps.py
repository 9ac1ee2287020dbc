"""The same job in steps, for people who run a shop every day: every command, its answer and its refusals."""

import hashlib
import json
from datetime import UTC, datetime

import pytest

from tacit import wiring
from tacit.records.people import Withdrawal
from tacit.records.purposes import Purpose

from .conftest import AGREEMENT, LABEL, NAME, NO_LABEL, NO_NAME, recording, worker

PIN = "4711"
AGREED = ("--agreement", "gear-line-2026")


def now():
    return datetime.now(UTC).isoformat()


@pytest.fixture
def opened(desk):
    """A shop with an agreement and two workers who were told; the first has a PIN."""
    desk.small_shop()
    (desk.folder / "agreement.toml").write_text(AGREEMENT, encoding="utf-8")
    steps(desk, "agreement", "add", desk.folder / "agreement.toml")
    steps(desk, "worker", "add", LABEL, "--name", NAME, "--language", "en", "--pin-stdin", stdin=f"{PIN}\n")
    steps(desk, "worker", "add", NO_LABEL, "--name", NO_NAME, "--language", "en")
    return desk


def steps(desk, *arguments, **more):
    """Run one command on the shop."""
    return desk.tacit(*arguments, "--shop", desk.shop, **more)


def say_yes(desk, *more, stdin=f"{PIN}\n", code=0):
    purposes = ("--purpose", "train-robot-skill", "--purpose", "research")
    return steps(desk, "consent", "give", LABEL, *AGREED, *purposes, "--pin-stdin", *more, stdin=stdin, code=code)


def ingest(desk, name, label=LABEL, code=0, at=None):
    where = ("--task", "pour into the brass mug", "--station", "third-bench", "--started-at", at or now())
    return steps(desk, "ingest", desk.folder / name, "--worker", label, *AGREED, *where, code=code)


def test_whole_circle_in_steps(opened):
    desk = opened
    desk.put("a.mp4")
    assert "train-robot-skill" in say_yes(desk).out
    recording_id = ingest(desk, "a.mp4").out.strip()
    assert steps(desk, "recordings", "--json").answer["recordings"][0]["status"] == "new"
    assert "Processed 1 of 1 recordings, 1 of them now." in steps(desk, "process").out
    assert "Processed 1 of 1 recordings, 0 of them now." in steps(desk, "process").out
    (listed,) = steps(desk, "recordings", "--json").answer["recordings"]
    assert (listed["recording"], listed["worker"], listed["status"]) == (recording_id, LABEL, "held")
    steps(desk, "dataset", "build", *AGREED, "--out", desk.out, code=2)
    steps(desk, "release", "give", recording_id, "--pin-stdin", stdin=f"{PIN}\n")
    built = steps(desk, "dataset", "build", *AGREED, "--out", desk.out, "--json").answer
    assert (built["version"], built["episodes"], built["left_out"]) == (1, 1, 0)
    assert desk.tacit("dataset", "check", desk.out, "--json").answer == {"faults": []}
    page = desk.home / "page.html"
    steps(desk, "show", recording_id, "--out", page)
    assert page.read_text(encoding="utf-8").count("data:image/jpeg") >= 1

    granted = license_it(desk, built["dataset"])
    for _ in range(2):  # the bank's reference makes a retry harmless
        steps(desk, "payment", "record", granted["license"], "50000.00", "--reference", "bank-001")
    again = steps(desk, "payment", "record", granted["license"], "1.00", "--reference", "bank-001", code=2)
    assert "the reference bank-001 is booked already, with 50,000.00 INR" in again.err
    assert len(steps(desk, "settle", "--json").answer["booked"]) == 2
    assert steps(desk, "settle", "--json").answer == {"booked": []}
    # 20 % of 50,000.00, and 1.5 s of filming at 2,500.00 an hour
    told = steps(desk, "statement", LABEL, "--json").answer
    assert told["owed"][0]["amount_minor"] == 1_000_104
    filming, share = sorted(told["lines"], key=lambda line: line["kind"])
    accepted = filming["accepted_ms"] * filming["per_accepted_hour"]["amount_minor"]
    other = filming["other_ms"] * filming["floor_per_hour"]["amount_minor"]
    assert filming["amount"]["amount_minor"] == round((accepted + other) / 3_600_000)
    assert (
        share["amount"]["amount_minor"] == share["settled"]["amount_minor"] * share["own_parts"] // share["all_parts"]
    )
    assert share["pool"]["amount_minor"] == share["paid"]["amount_minor"] * share["pool_basis_points"] // 10_000
    assert told["totals"][0]["filming"] == filming["amount"]
    assert told["totals"][0]["shares"] == share["amount"]

    left = steps(desk, "consent", "withdraw", LABEL, "--json").answer
    assert (left["erased"], left["objects_destroyed"]) == (True, 4)
    assert left["datasets"][0] == {"path": str(desk.out), "version": None, "found": True, "problem": ""}
    assert [one["path"] for one in left["datasets"][1:]] == [granted["path"]]
    assert not desk.out.exists()
    tell_licensee(desk, granted)
    assert steps(desk, "recordings", "--json").answer == {"recordings": []}
    assert steps(desk, "statement", left["account"], "--json").answer["owed"][0]["amount_minor"] == 1_000_104
    assert "Registered 0 recordings" in steps(desk, "recover").out
    for path in sorted(desk.shop.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        assert not [word for word in (LABEL, NAME, "third-bench") if word.encode() in content + path.name.encode()]


def license_it(desk, dataset_id):
    """A lab takes a licence, uses it, and gets a release that it can check without the shop."""
    terms = ("--to", "Hand Lab", "--purposes", "train-robot-skill,research", "--territory", "EU,IN")
    grant = ("license", "grant", desk.out, *terms, "--until", "2027-06-30", "--price", "50000.00", "--json")
    granted = steps(desk, *grant).answer
    assert (granted["release_of"], granted["version"], granted["left_out"]) == (dataset_id, 1, {})
    assert steps(desk, *grant).answer == {**granted, "is_new": False}
    (listed,) = steps(desk, "license", "list", "--json").answer["licenses"]
    assert (listed["state"], listed["folder"], listed["price"]) == ("running", granted["path"], "50,000.00 INR")
    for command in (("dataset", "check"), ("license", "check")):
        assert "is whole" in desk.tacit(*command, granted["path"]).out
    for role, n_seen in (("licensee:Hand Lab", 1), ("licensee:Other Lab", 0)):
        assert len(steps(desk, "license", "list", "--json", "--as", role).answer["licenses"]) == n_seen
    use = ("license", "use", granted["license"], "--purpose", "research", "--territory")
    steps(desk, *use, "DE", "--as", "licensee:Other Lab", code=3)
    assert steps(desk, *use, "DE", "--json").answer["territory"] == "DE"
    assert "Refused by R8" in steps(desk, *use, "US", code=3).err
    assert "R8" in desk.tacit("license", "check", granted["path"], "--on", "2027-07-01", code=3).err
    return granted


def tell_licensee(desk, granted):
    """The licensee is asked to replace a release, of which nothing is left in the end."""
    (notice,) = steps(desk, "outbox", "list", "--json").answer["notices"]
    assert (notice["licence"], notice["about"], notice["sent"]) == (granted["license"], "withdrawn-footage", None)
    steps(desk, "outbox", "sent", notice["notice"])
    done = steps(desk, "license", "replace", granted["license"], "--json").answer
    assert (done["version"], done["path"]) == (0, None)
    assert not (desk.home / granted["path"]).exists()
    letter = desk.home / "letter.json"
    steps(desk, "outbox", "show", done["notice"], "--out", letter)
    assert json.loads(letter.read_bytes())["kind"] == "tacit license notice 1"
    assert "nothing takes its place" in " ".join(steps(desk, "outbox", "show", done["notice"]).out.split())
    assert "Revoked" in steps(desk, "license", "revoke", granted["license"], "--reason", "by agreement").out


def test_statement_of_a_worker_without_bookings_says_so(opened):
    assert steps(opened, "statement", LABEL).out == f"Nothing was booked for {LABEL} yet.\n"
    assert steps(opened, "statement", LABEL, "--json").answer["lines"] == []


def test_currency_that_does_not_exist_prices_no_licence(opened):
    terms = ("--to", "Lab", "--purpose", "research", "--territory", "EU", "--until", "2027-06-30")
    done = steps(opened, "license", "grant", "ds-x", *terms, "--price", "5", "--currency", "QQQ", code=2)
    assert done.err.startswith('tacit: "QQQ" is no currency of ISO 4217.')


def test_no_yes_no_footage(opened):
    desk = opened
    desk.put("a.mp4")
    done = ingest(desk, "a.mp4", NO_LABEL, code=3)
    assert (done.out, done.err.startswith("tacit: Refused by R1: ")) == ("", True)
    steps(desk, "consent", "refuse", NO_LABEL)
    assert f"no worker {NO_LABEL}" in ingest(desk, "a.mp4", NO_LABEL, code=2).err
    assert NO_LABEL not in steps(desk, "worker", "list").out


@pytest.mark.parametrize("typed", ["", "\n"])
def test_yes_with_an_empty_pin_is_no_yes(opened, typed):
    desk = opened
    assert "No PIN was given" in say_yes(desk, stdin=typed, code=2).err
    assert steps(desk, "consent", "show", LABEL, "--json").answer["statements"] == []


def test_yes_names_the_notice_that_was_printed(opened):
    desk = opened
    printed = steps(desk, "consent", "notice", LABEL, *AGREED).out
    say_yes(desk)
    (said,) = steps(desk, "consent", "show", LABEL, "--json").answer["statements"]
    assert said["notice"] == hashlib.sha256(printed.removesuffix("\n").encode()).hexdigest()[:12]


def test_processing_first_finishes_a_withdrawal_that_was_cut_short(opened):
    desk = opened
    desk.put("a.mp4")
    say_yes(desk)
    ingest(desk, "a.mp4")
    shop = wiring.open_shop(desk.shop, wiring.read_environment(desk.variables())).shop
    (uid,) = {recording.worker_uid for recording in shop.catalogue.recordings()}
    everything = frozenset({Purpose.TRAIN_ROBOT_SKILL, Purpose.RESEARCH})
    shop.catalogue.add_withdrawal(Withdrawal("wd-cut-short", uid, everything, shop.clock.now()))
    shop.catalogue.close()
    assert "Processed 0 of 0" in steps(desk, "process").out
    assert LABEL not in steps(desk, "worker", "list").out
    assert steps(desk, "recordings", "--json").answer == {"recordings": []}


def test_wrong_pin_and_footage_from_before_the_yes_are_refused(opened):
    desk = opened
    desk.put("a.mp4")
    before = now()
    assert "The PIN does not open this key" in say_yes(desk, stdin="1234\n", code=2).err
    say_yes(desk)
    assert "only after it was filmed" in ingest(desk, "a.mp4", at=before, code=3).err


def test_dataset_of_declared_footage_gets_no_licence(desk):
    desk.small_shop()
    desk.put("a.mp4")
    desk.declare(worker(), recording("a.mp4"))
    desk.run()
    terms = ("--to", "Lab", "--purpose", "train-robot-skill", "--territory", "EU", "--until", "2027-06-30")
    done = steps(desk, "license", "grant", desk.out, *terms, "--price", "1.00", "--currency", "INR", code=3)
    assert done.err.startswith("tacit: Refused by R11: 1 of 1 recordings")


def test_one_purpose_can_be_taken_back(opened):
    desk = opened
    say_yes(desk)
    left = steps(desk, "consent", "withdraw", LABEL, "--purpose", "research", "--json").answer
    assert (left["purposes"], left["erased"]) == (["research"], False)
    said = steps(desk, "consent", "show", LABEL, "--json").answer["statements"]
    assert [one["said"] for one in said] == ["yes", "no"]
    assert steps(desk, "consent", "withdraw", LABEL, "--purpose", "research", code=2).err.startswith("tacit: ")


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (("recordings",), 2, "There is no shop in"),
        (("release", "give", "rec-x"), 2, "There is no shop in"),
        (("init", "footage"), 2, "is not empty"),
        (("init", "new", "--canvas", "12x12"), 2, '"12x12" cannot name a canvas'),
        (("dataset", "check", "footage"), 2, "meta/info.json"),
    ],
)
def test_what_cannot_be_is_one_sentence(bare_desk, arguments, code, expected):
    (bare_desk.folder / "mine.txt").touch()
    done = bare_desk.tacit(*arguments, code=code)
    assert (done.out, expected in done.err) == ("", True)


def test_answers_for_machines_are_json_alone(opened):
    desk = opened
    for arguments in (
        ("agreement", "list"),
        ("worker", "list"),
        ("recordings",),
        ("dataset", "list"),
        ("license", "list"),
        ("models", "list"),
    ):
        shop = () if arguments[0] == "models" else ("--shop", desk.shop)
        done = desk.tacit(*arguments, "--json", *shop)
        assert isinstance(json.loads(done.out), dict)
        assert done.err == ""
