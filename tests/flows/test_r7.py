"""R7: what the plant reads equals what it would read had whoever is not there never enrolled.

Random workforces live through random histories. One worker of them comes to nothing in the end: refuses, is only
enrolled, never releases, is unusable, takes a release back, cuts all of it away, or withdraws. The same history is
lived again without that worker, at the same moments and with the same ids for all others. Then every command that an
engineer or a licensee may type, and every byte of every dataset that they may open, must be the same.
"""

import contextlib
import hashlib
import io
import os
import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import typer.main
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tacit import wiring
from tacit.cli.app import app
from tacit.flows.add_worker import add_worker
from tacit.flows.cut_recording import cut_recording
from tacit.flows.evidence import Voice
from tacit.flows.give_consent import refuse_consent
from tacit.flows.give_release import take_release_back
from tacit.flows.mark_recording import Box, mark_recording
from tacit.flows.ports import Shop
from tacit.flows.standing_release import give_standing_release, take_back_standing_release
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.models.store import ModelStore
from tacit.records.errors import RefusedError, TacitError
from tacit.store.catalogue import SqlCatalogue
from tacit.store.keyring import MemoryKeyring
from tacit.store.objects import memory_objects
from tacit.store.vault import ObjectVault
from tacit.wiring import Environment, OpenShop

from .conftest import AGREEMENT_ID, TODAY, TRAINING, Bench, SetClock

GONE = "worker-x"
STAYING = ("asha", "meena", "kofi")
PIN = "482913"
LICENSEE = "Hand Lab"
ID_BYTES = 10
STEP = timedelta(hours=20)  # between two acts, so that the review time of a standing release runs out sometimes
COMMANDS = typer.main.get_command(app)
ENDS = ("refuse", "enrol", "hold", "unusable", "take-back", "end-standing", "cut", "withdraw")


@dataclass(frozen=True)
class Act:
    """One thing that happens: what, to which worker ("" for the curator), to which of their recordings."""

    what: str
    label: str = ""
    number: int = 0


class World:
    """A shop that lives through a history, in which only the moment and the act decide which ids are drawn."""

    def __init__(self, parts, folder, monkeypatch):
        folder.mkdir()
        self.keys, self.clock = MemoryKeyring(bytes(range(32)), "shop-test"), SetClock(TODAY)
        self.catalogue = SqlCatalogue("sqlite://", self.keys)
        vault = ObjectVault(memory_objects(), self.keys)
        shop = Shop("shop-test", self.keys, vault, self.catalogue, self.clock, parts.shop.prober)
        self.bench = Bench(shop, self.clock, folder, parts.video, parts.made)
        self.recordings = {}
        monkeypatch.setattr("tacit.seal.signatures._LOCK_COST_LOG2", 10)  # no PIN here is worth more
        self.monkeypatch = monkeypatch
        self.bench.agree()

    def live(self, history, without=""):
        for index, act in enumerate(history):
            self.clock.moment = TODAY + index * STEP
            self.monkeypatch.setattr("tacit.records.ids.secrets.token_bytes", _drawing(f"{index} {act}"))
            if act.label != without or not without:
                getattr(self, act.what.replace("-", "_"))(act.label, act.number)

    def refuse(self, label, _number):
        add_worker(self.bench.shop, label, f"{label} of the bench", "en")
        refuse_consent(self.bench.shop, label)

    def enrol(self, label, _number):
        self.bench.enrol(label, PIN)

    def film(self, label, number):
        self.recordings[label, number] = self.bench.take_in(label, f"{label}-{number}.mp4")

    def process(self, _label, _number):
        self.bench.process()

    def unusable(self, _label, _number):
        self.bench.outcome = {"usable": False, "reason": "no hands were found", "stretches": (), "accepted_ms": 0}
        self.bench.process()
        self.bench.outcome = {}

    def release(self, label, number):
        self.bench.release(self.recordings[label, number], PIN)

    def standing(self, label, _number):
        give_standing_release(self.bench.shop, label, AGREEMENT_ID, Voice(pin=PIN))

    def end_standing(self, label, _number):
        take_back_standing_release(self.bench.shop, label, AGREEMENT_ID)

    def take_back(self, label, number):
        take_release_back(self.bench.shop, self.recordings[label, number])

    def cut(self, label, number):
        cut_recording(self.bench.shop, self.bench.contract, self.recordings[label, number].recording_id, 0, 1.5)

    def mark(self, label, number):
        mark_recording(self.bench.shop, self.recordings[label, number].recording_id, TRAINING, Box(0, 1, 1, 9, 9))

    def withdraw(self, label, _number):
        withdraw_consent(self.bench.shop, self.bench.contract, label, frozenset(), self.bench.progress)

    def build(self, _label, number):
        self.bench.build(self.bench.folder / f"dataset-{number}")

    def license(self, _label, number):
        folder = self.bench.folder / f"dataset-{number}"
        try:
            self.bench.license(dataset=str(folder), target=self.bench.folder / "release", valid_until=date(2027, 6, 30))
        except TacitError:
            return  # there is nothing that may leave

    def close(self):
        self.catalogue.close()


def _drawing(seed):
    """Draws ids that follow from a seed; keys and what is not as long as an id are drawn as ever."""
    drawn = count()

    def draw(n_bytes=32):
        if n_bytes != ID_BYTES:
            return os.urandom(n_bytes)
        return hashlib.sha256(f"{seed} {next(drawn)}".encode()).digest()[:n_bytes]

    return draw


@st.composite
def histories(draw):
    """A history in which the worker GONE comes to nothing, with a build after that, and how it ended for them."""
    end = draw(st.sampled_from(ENDS))
    threads = [_thread(draw, label) for label in draw(st.sampled_from([STAYING[:1], STAYING[:2], STAYING]))]
    threads.append(_end(draw, end))
    threads.append([Act("build", "", draw(st.integers(0, 1))) for _ in range(draw(st.integers(0, 3)))])
    history = []
    while any(threads):
        thread = draw(st.sampled_from([one for one in threads if one]))
        history += _with_processing(thread.pop(0))
    return end, [*history, Act("build", "", 0), Act("build", "", 1), Act("license", "", 0)]


def _with_processing(act):
    """What was filmed is processed by itself, so that what becomes of one is not told by another's turn."""
    if act.what == "film":
        return [act, Act("unusable" if act.number < 0 else "process", act.label)]
    return [act]


def _thread(draw, label):
    acts = [Act("enrol", label)]
    for number in range(draw(st.integers(1, 2))):
        acts += [Act("film", label, number), Act(draw(st.sampled_from(["release", "standing"])), label, number)]
        if draw(st.booleans()):
            acts.pop()
    return acts


def _end(draw, end):
    if end == "refuse":
        return [Act("refuse", GONE)]
    number = -1 if end == "unusable" else 0
    acts = [Act("enrol", GONE), Act("film", GONE, number)]
    if end in ("enrol", "hold"):
        return acts[: 1 if end == "enrol" else 2]
    acts.append(Act("standing" if end == "end-standing" else "release", GONE, number))
    acts += [Act("build", "", place) for place in draw(st.lists(st.integers(0, 1), max_size=2))]
    return acts if end == "unusable" else [*acts, Act(end, GONE, number)]


def every_answer(world, monkeypatch, home):
    """What an engineer and a licensee are told by every command, and what is in what they may open."""
    environment = Environment(home, home, None)
    opened = OpenShop(world.bench.shop, world.bench.contract, ModelStore(home), home, environment)
    monkeypatch.setattr(wiring, "open_shop", lambda *_: opened)
    monkeypatch.setattr(wiring, "read_environment", lambda *_: environment)
    datasets = [str(world.bench.folder / name) for name in ("dataset-0", "dataset-1", "release")]
    lines = [["dataset", "list"], ["recordings"], ["license", "list"], ["outbox", "list"]]
    lines += [["lineage", name] for name in (*datasets, GONE, "asha")]
    lines += [["worker", "list"], ["agreement", "list"], ["log", "show"], ["release", "list"], ["steward", "list"]]
    lines += [["consent", "show", GONE], ["statement", GONE], ["statement", "asha"], ["certificate", "show", GONE]]
    answers = {}
    for role in ("engineer", f"licensee:{LICENSEE}"):
        for line in lines:
            for more in ([], ["--json"]):
                answers[role, *line, *more] = say([*line, "--as", role, *more])
    for folder in map(Path, datasets):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                answers[path.relative_to(world.bench.folder).as_posix()] = content(path)
    return answers


def say(words):
    """What a command prints, and the sentence that it ends with where it is refused."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            COMMANDS.main(words, standalone_mode=False)
        except TacitError as error:
            return f"{printed.getvalue()}{error}"
    return printed.getvalue()


def content(path):
    """What a file says; of a release, whose licence bears an id of its own, without what follows from that."""
    if "release" not in path.parts:
        return path.read_bytes()
    if path.suffix == ".parquet":
        return plain(str(pq.read_table(path).to_pylist()))
    return path.read_bytes() if path.suffix == ".mp4" else plain(path.read_text(encoding="utf-8"))


def plain(text):
    """A text with all that is drawn or derived from something drawn named by the order in which it appears."""
    names = {}
    pattern = r"\b(?:[a-z]+-[a-z2-7]{16}|[0-9a-f]{32,})\b"
    named = re.sub(pattern, lambda found: names.setdefault(found[0], f"name-{len(names)}"), text)
    # Names of a release are its own, and pack more or less tightly; so the sizes in its manifest say nothing.
    return re.sub(r'("bytes": ?)\d+', r"\1some", named)


def live_twice(history, parts, monkeypatch):
    """The answers after a history, and after the same one without GONE."""
    answers = []
    for without in ("", GONE):
        place = Path(tempfile.gettempdir()) / f"tacit-r7-{hashlib.sha256(repr(history).encode()).hexdigest()[:12]}"
        shutil.rmtree(place, ignore_errors=True)
        world = World(parts, place, monkeypatch)
        try:
            world.live(history, without)
            found = every_answer(world, monkeypatch, place)
            answers.append({key: plain(text) if isinstance(text, str) else text for key, text in found.items()})
        finally:
            world.close()
            shutil.rmtree(place, ignore_errors=True)
            monkeypatch.undo()
    return answers


def assert_same(with_them, without_them):
    assert with_them.keys() == without_them.keys()
    for key, text in with_them.items():
        assert text == without_them[key], key


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(histories())
def test_r7_plant_reads_what_it_would_had_whoever_is_gone_never_enrolled(bench, ended):
    _end_word, history = ended
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert_same(*live_twice(history, bench, monkeypatch))


@pytest.mark.parametrize("end", ["take-back", "withdraw", "cut", "mark"])
def test_r7_dataset_that_was_built_with_them_bears_no_trace_after(bench, end):
    two = [Act(what, label) for label in (GONE, "asha") for what in ("enrol", "film", "process", "release")]
    history = [*two, Act("build"), Act(end, GONE), Act("build")]
    with pytest.MonkeyPatch.context() as monkeypatch:
        answers = live_twice(history, bench, monkeypatch)
    assert_same(*answers)
    listed = answers[0]["engineer", "dataset", "list"]
    assert "train-robot-skill" in listed  # something is there to be read, so that the comparison says something
    assert "dataset-0/README.md" in answers[0]


def test_r7_the_comparison_notices_somebody_who_is_there(bench):
    two = [Act(what, label) for label in (GONE, "asha") for what in ("enrol", "film", "process", "release")]
    with pytest.MonkeyPatch.context() as monkeypatch:
        with_them, without_them = live_twice([*two, Act("build")], bench, monkeypatch)
    assert with_them != without_them


def test_r7_plant_roles_are_refused_what_tells_of_people(bench):
    bench.fill("asha")
    with pytest.MonkeyPatch.context() as monkeypatch:
        environment = Environment(bench.folder, bench.folder, None)
        opened = OpenShop(bench.shop, bench.contract, ModelStore(bench.folder), bench.folder, environment)
        monkeypatch.setattr(wiring, "open_shop", lambda *_: opened)
        monkeypatch.setattr(wiring, "read_environment", lambda *_: replace(environment, role="engineer"))
        for line in (["worker", "list"], ["statement", "asha"], ["show", "rec", "--out", "page.html"], ["settle"]):
            with pytest.raises(RefusedError) as refused:
                COMMANDS.main(line, standalone_mode=False)
            assert refused.value.rule in ("R7", "R10")
