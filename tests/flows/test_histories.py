"""Random histories of a shop against a small model of what was agreed (R1, R2, R4, R6, R9, R11, R12).

Hypothesis plays worker, steward, operator and licensee in any order, with crashes in the middle of things. The model is
a second, independent statement of the rules: it knows nothing of the kernel. Whatever the shop does must be what the
model says, and no dataset may ever lie anywhere with a second of footage in it that its worker did not agree to.

TACIT_TEST_STEPS says how many steps: `.ci/run` asks for 10,000, `make soak` for a million.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tacit.datasets.publish import find_digest
from tacit.datasets.reader import read_dataset
from tacit.flows.accept_clock import accept_clock
from tacit.flows.add_agreement import add_agreement
from tacit.flows.add_steward import add_steward
from tacit.flows.add_worker import add_worker
from tacit.flows.build_dataset import Order, build_dataset, pseudonym
from tacit.flows.cut_recording import cut_recording
from tacit.flows.evidence import DECLARED, Voice
from tacit.flows.find_dataset import dataset_id_of, latest_versions
from tacit.flows.find_license import license_bases
from tacit.flows.give_consent import SaidYes, give_consent
from tacit.flows.give_release import give_release
from tacit.flows.grant_license import grant_license
from tacit.flows.pause_agreement import pause_agreement
from tacit.flows.settle import settle
from tacit.flows.standing_release import give_standing_release, take_back_standing_release
from tacit.flows.withdraw_consent import finish_withdrawals, withdraw_consent
from tacit.money.ledger import check_ledger
from tacit.records.dataset import DatasetVersion
from tacit.records.errors import (
    BadEndError,
    ClockSetBackError,
    LicenseTermsError,
    MarkedDatasetError,
    NothingReleasedError,
    NothingToBuildError,
    NothingToWithdrawError,
    PurposeNotAgreedError,
    RefusedError,
    UnknownThingError,
)
from tacit.records.license import Terms
from tacit.records.money import Money
from tacit.records.purposes import Evidence, Purpose
from tacit.rights.agreement_file import read_agreement
from tacit.seal import signatures
from tacit.seal.canonical import canonical_json
from tacit.seal.keyfile import new_key_file, unlock_key_file
from tacit.seal.merkle import compute_root, grow, leaf_hash
from tacit.store.objects import memory_objects

from .conftest import AGREEMENT, AGREEMENT_ID, FPS, RESEARCH, TRAINING, Bench
from .histories import Crash, Crashing, Film, Fuse, Model, Person, Word, Yes
from .histories import Terms as Words

STEPS = int(os.environ.get("TACIT_TEST_STEPS", "1000"))
STEPS_EACH = 50  # in one shop, before a new one
PARTS = 2
LABELS = ("asha", "meena", "ravi", "tara")
PURPOSES = (TRAINING, RESEARCH)
PIN, STEWARD_PIN = "4711", "246810"
STEWARD = new_key_file("Union", STEWARD_PIN, cost_log2=10)
# At which call on a port the process dies, and whether before it or after it; mostly never.
CRASHES = st.one_of(st.none(), st.none(), st.tuples(st.integers(0, 25), st.booleans()))


class Histories(RuleBasedStateMachine):
    """One shop, from its first agreement on."""

    make_bench: Any  # set by the test

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="histories-"))
        self.fuse = Fuse()
        self.bench: Bench = self.make_bench(self.folder, Crashing(memory_objects(), self.fuse))
        self.real = self.bench.shop
        self.bench.shop = replace(
            self.real, catalogue=Crashing(self.real.catalogue, self.fuse), vault=Crashing(self.real.vault, self.fuse)
        )
        self.model = Model()
        self.roots: list[tuple[int, str]] = []
        self.n_films = 0
        self.licenses: dict[str, DatasetVersion] = {}
        self.steward = unlock_key_file(STEWARD, STEWARD_PIN)

    def teardown(self) -> None:
        try:
            self.check_log()
            settle(self.real)
            check_ledger(self.real.catalogue.transactions(), license_bases(self.real))
        finally:
            self.real.catalogue.close()
            shutil.rmtree(self.folder)

    # --- how things are done -----------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.bench.clock.moment

    def do(self, deed: Callable[[], Any], crash: tuple[int, bool] | None) -> Any:
        """Do something; where the process dies in the middle of it, begin anew as a user would."""
        if crash is None:
            return deed()
        with self.fuse.lit(*crash):
            try:
                return deed()
            except Crash:
                pass
        finish_withdrawals(self.bench.shop, self.bench.contract, self.bench.progress)
        return deed()

    # --- what people do ----------------------------------------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        self.agree(frozenset(PURPOSES), date(2028, 12, 31), 72)
        add_steward(self.real, "union", STEWARD, [AGREEMENT_ID])

    @precondition(lambda self: len(self.model.versions) < 4)
    @rule(
        purposes=st.sets(st.sampled_from(PURPOSES), min_size=1).map(frozenset),
        valid_to=st.sampled_from([date(2026, 6, 30), date(2027, 12, 31), date(2028, 12, 31)]),
        review_h=st.sampled_from([0, 24, 72]),
    )
    def agree(self, purposes: frozenset[Purpose], valid_to: date, review_h: int) -> None:
        """The parties agree on other words."""
        listed = ", ".join(f'"{purpose}"' for purpose in sorted(purposes))
        text = (
            AGREEMENT.replace('["train-robot-skill", "research"]', f"[{listed}]")
            .replace("2028-12-31", valid_to.isoformat())
            .replace("review_hold_h = 72", f"review_hold_h = {review_h}")
        )
        path = self.folder / "agreement.toml"
        path.write_text(text, encoding="utf-8")
        agreement, source = read_agreement(path)
        number = add_agreement(self.bench.shop, agreement, source)
        if number > len(self.model.versions):
            since = self.real.catalogue.find_version_added_at(AGREEMENT_ID, agreement.digest)
            terms = Words(agreement.digest, purposes, date(2026, 1, 1), valid_to, timedelta(hours=review_h), since)
            self.model.versions.append(terms)

    @rule(paused=st.sampled_from([False, False, True]))
    def pause(self, paused: bool) -> None:
        """The steward stops everything, or lets it go on."""
        pause_agreement(self.bench.shop, AGREEMENT_ID, "union", self.steward, paused)
        self.model.paused = paused

    @rule(days=st.sampled_from([0.001, 0.001, 0.5, 1, 3, 4, 40, 300]))
    def wait(self, days: float) -> None:
        """Time passes."""
        self.bench.clock.moment += timedelta(days=days)

    @rule(seconds=st.sampled_from([20, 7200, 3_000_000]))
    def set_clock_right(self, seconds: int) -> None:
        """The clock ran ahead, and somebody sets it right."""
        self.bench.clock.moment -= timedelta(seconds=seconds)
        last = self.real.catalogue.log_moment()
        if last is not None and self.now < last - timedelta(seconds=60):
            with suppress(NothingToBuildError, RefusedError):
                try:
                    self.bench.process()
                    assert not any(True for _ in self.films())
                except ClockSetBackError:
                    pass
            accept_clock(self.bench.shop)

    @rule(
        label=st.sampled_from(LABELS),
        purposes=st.sets(st.sampled_from(PURPOSES), min_size=1).map(frozenset),
        signed=st.booleans(),
        lasts_days=st.sampled_from([None, None, 2, 60]),
        crash=CRASHES,
    )
    def say_yes(
        self, label: str, purposes: frozenset[Purpose], signed: bool, lasts_days: int | None, crash: Any
    ) -> None:
        """A worker reads the newest words and says yes."""
        terms = self.model.versions[-1]
        shop, at = self.bench.shop, self.now + timedelta(seconds=1)
        self.bench.clock.moment = at
        last_day = None if lasts_days is None else at.date() + timedelta(days=lasts_days)
        possible = purposes <= terms.purposes  # who declares an old yes answers for it; it helps nobody if it is late
        erased_at = self.real.catalogue.find_erasure(label)
        if (terms.since is not None and at < terms.since) or (erased_at is not None and at <= erased_at):
            possible = False  # the clock ran ahead then
        if last_day is not None and last_day > terms.valid_to:
            possible = False

        def deed() -> Any:
            add_worker(shop, label, f"{label} of the bench", "en", PIN)
            said = SaidYes(None, PIN if signed else "", ends_on=last_day)
            return give_consent(shop, label, AGREEMENT_ID, purposes, at, said)

        try:
            given = self.do(deed, crash)
        except (RefusedError, PurposeNotAgreedError, BadEndError):
            assert not possible
            given = None
        worker = self.real.catalogue.find_worker(label)
        assert worker is not None
        assert given is None or possible
        person = self.model.people.setdefault(worker.worker_uid, Person(worker.worker_uid, label))
        if given is not None:
            ends = given.ends_on
            person.yeses.append(Yes(given.consent_id, terms.digest, purposes, given.given_at, ends, signed))

    @precondition(lambda self: any(not person.erased for person in self.model.people.values()))
    @rule(
        label=st.sampled_from(LABELS),
        purposes=st.sets(st.sampled_from(PURPOSES)).map(frozenset),
        crash=CRASHES,
    )
    def say_no(self, label: str, purposes: frozenset[Purpose], crash: Any) -> None:
        """A worker takes a yes back, for some purposes or (none named) for all."""
        person, shop = self.model.find(label), self.bench.shop

        def deed() -> Any:
            return withdraw_consent(shop, self.bench.contract, label, purposes, self.bench.progress)

        try:
            done = self.do(deed, crash)
        except (NothingToWithdrawError, UnknownThingError):
            done = None
        if person is None:
            assert done is None
            return
        standing = {purpose for purpose in Purpose if person.stands(purpose)}
        taken = frozenset(purposes & standing if purposes else standing)
        if not taken:
            assert done is None
            return
        # A crash may come before the no was put down and the second try puts it down, or after it.
        noes = self.real.catalogue.withdrawals(person.uid)
        assert frozenset().union(*(no.purposes for no in noes)) >= taken
        person.say_no(taken)
        if taken == standing:
            person.erased = True
            assert not self.real.keys.has_worker_key(person.uid)
            assert self.real.catalogue.find_worker(label) is None
            assert self.real.catalogue.consents(person.uid) == []
            assert all(one.worker_uid != person.uid for one in self.real.catalogue.recordings())

    @precondition(lambda self: any(not person.erased for person in self.model.people.values()))
    @rule(label=st.sampled_from(LABELS), hours_ago=st.sampled_from([0.001, 0.001, 1, 30, 24 * 50]), crash=CRASHES)
    def film(self, label: str, hours_ago: float, crash: Any) -> None:
        """Somebody hands in a film of a worker."""
        person = self.model.find(label)
        if person is None:
            return
        filmed_at = self.now - timedelta(hours=hours_ago)
        self.n_films += 1
        name = f"film-{self.n_films}.mp4"
        try:
            taken = self.do(lambda: self.bench.take_in(label, name, filmed_at), crash)
        except RefusedError:
            taken = None
        assert (taken is not None) == bool(self.model.covering(person, filmed_at, TRAINING, self.now))
        if taken is not None:
            terms = self.model.terms(person, filmed_at)
            assert terms is not None
            assert taken.agreement_digest == terms.digest
            person.films[taken.recording_id] = Film(taken.recording_id, filmed_at)

    @rule(label=st.sampled_from(LABELS), signed=st.booleans(), n_films=st.integers(1, 2))
    def work_a_day(self, label: str, signed: bool, n_films: int) -> None:
        """What mostly happens: a yes to all there is, some films, and all of them released."""
        self.say_yes(label, self.model.versions[-1].purposes, signed, None, None)
        self.wait(0.1)
        person = self.model.find(label)
        for _ in range(n_films):
            self.film(label, 1, None)
        self.process(TRAINING, None)
        for film in list(person.films.values() if person is not None else ()):
            self.give(film, signed, None)

    @precondition(lambda self: any(True for _ in self.films()))
    @rule(purpose=st.sampled_from(PURPOSES), crash=CRASHES)
    def process(self, purpose: Purpose, crash: Any) -> None:
        """The machine works."""
        begun = self.now
        ends = self.do(lambda: self.bench.process(purpose), crash)
        for person, film in self.films():
            end = next(one for one in ends if one.recording.recording_id == film.recording_id)
            may = bool(self.model.covering(person, film.filmed_at, purpose, self.now))
            assert (end.refusal is None) == may
            ready_at = self.real.catalogue.find_ready_at(film.recording_id)
            if film.seen_from is None and ready_at is not None:
                assert may
                assert begun <= ready_at <= self.now
            elif film.seen_from is not None:
                assert ready_at == film.seen_from
            film.seen_from = ready_at
            assert ready_at is not None or not may

    @precondition(lambda self: any(True for _ in self.films()))
    @rule(data=st.data(), signed=st.booleans(), crash=CRASHES)
    def release(self, data: Any, signed: bool, crash: Any) -> None:
        """A worker releases a recording."""
        _, film = data.draw(st.sampled_from(list(self.films())))
        self.give(film, signed, crash)

    def give(self, film: Film, signed: bool, crash: Any) -> None:
        recording = self.real.catalogue.find_recording(film.recording_id)
        voice = Voice(PIN) if signed else DECLARED
        given = self.do(lambda: give_release(self.bench.shop, recording, voice), crash)
        film.release = Word(given.released_at, None, given.evidence is Evidence.SIGNED)

    @rule(label=st.sampled_from(LABELS), signed=st.booleans(), crash=CRASHES)
    def release_all(self, label: str, signed: bool, crash: Any) -> None:
        """A worker lets everything leave once they had time to look at it."""
        person = self.model.find(label)
        if person is None or any(word.until is None for word in person.standing):
            return
        voice = Voice(PIN) if signed else DECLARED
        given = self.do(lambda: give_standing_release(self.bench.shop, label, AGREEMENT_ID, voice), crash)
        person.standing.append(Word(given.given_at, None, signed))

    @rule(label=st.sampled_from(LABELS), crash=CRASHES)
    def hold_all(self, label: str, crash: Any) -> None:
        """A worker takes that back."""
        person = self.model.find(label)
        word = next((one for one in person.standing if one.until is None), None) if person is not None else None
        if word is None:
            return
        with suppress(NothingReleasedError):  # the first try got that far
            self.do(lambda: take_back_standing_release(self.bench.shop, label, AGREEMENT_ID), crash)
        last = self.real.catalogue.standing_releases(person.uid)[-1]
        assert last.ended_at is not None
        word.until = last.ended_at

    @precondition(lambda self: any(film.seen_from for _, film in self.films()))
    @rule(
        purpose=st.sampled_from(PURPOSES),
        which=st.sampled_from([0, 0, 1, 2, 3]),
        name=st.sampled_from(["one", "two"]),
        crash=CRASHES,
    )
    def build(self, purpose: Purpose, which: int, name: str, crash: Any) -> None:
        """An engineer builds a dataset under one version."""
        terms = self.model.versions[-1 - which % len(self.model.versions)]
        order = Order(AGREEMENT_ID, purpose, None, self.folder / name, terms.digest)
        built = self.do(lambda: build_dataset(self.bench.shop, self.bench.contract, order, self.bench.progress), crash)
        wanted = self.model.wanted(purpose, terms.digest, self.now)
        assert (built.version is not None) == bool(wanted)
        if built.version is not None:
            assert {line.recording_id for line in built.version.episodes} == wanted
            assert built.version.digest == find_digest(order.target)
            self.check_cuts(built.version)
            self.check_lineage(order.target, built.version)

    @precondition(lambda self: any(film.seen_from for _, film in self.films()))
    @rule(
        data=st.data(),
        stretch_s=st.sampled_from([(0.0, 0.2), (0.5, 0.6), (0.9, 1.5), (0.0, 1.5)]),
        crash=CRASHES,
    )
    def cut(self, data: Any, stretch_s: tuple[float, float], crash: Any) -> None:
        """A worker has a stretch erased."""
        _, film = data.draw(st.sampled_from([pair for pair in self.films() if pair[1].seen_from]))
        before = self.real.catalogue.find_outcome(film.recording_id)
        self.do(lambda: cut_recording(self.bench.shop, self.bench.contract, film.recording_id, *stretch_s), crash)
        film.cuts.append((round(stretch_s[0] * FPS), round(stretch_s[1] * FPS)))
        outcome = self.real.catalogue.find_outcome(film.recording_id)
        assert (outcome.payable_ms, outcome.filmed_ms) == (before.payable_ms, before.filmed_ms)
        film.usable = outcome.usable
        film.seen_from = self.real.catalogue.find_ready_at(film.recording_id)

    @precondition(lambda self: any(find_digest(self.folder / name) for name in ("one", "two")))
    @rule(name=st.sampled_from(["one", "two"]), licensee=st.sampled_from(["A", "B"]), crash=CRASHES)
    def license(self, name: str, licensee: str, crash: Any) -> None:
        """A licensee takes a licence of what lies in a folder."""
        source = latest_versions(self.real).get(dataset_id_of(self.real, self.folder / name))
        if source is None or find_digest(self.folder / name) != source.digest:
            return
        purposes = frozenset({source.purpose})
        terms = Terms(str(self.folder / name), licensee, purposes, ("IN",), date(2028, 12, 31), Money("INR", 100_000))
        may_leave = self.model.licensed({line.recording_id for line in source.episodes}, purposes, self.now)

        def deed() -> Any:
            return grant_license(self.bench.shop, self.bench.contract, terms, self.bench.progress)

        try:
            granted = self.do(deed, crash)
        except (RefusedError, MarkedDatasetError, LicenseTermsError):
            granted = None
        if granted is None:
            cut = any(film.cuts for _, film in self.films())
            assert not may_leave or cut or terms.valid_until > self.bound(source).valid_to
            return
        held = {line.recording_id for line in granted.version.episodes}
        if granted.is_new:
            assert held == may_leave
        assert held <= {line.recording_id for line in source.episodes}
        assert granted.version.digest == find_digest(Path(granted.version.path)) or not granted.is_new
        self.licenses[granted.license.license_id] = granted.version

    def bound(self, version: DatasetVersion) -> Words:
        return next(terms for terms in self.model.versions if terms.digest == version.agreement_digest)

    # --- what always holds -------------------------------------------------------------------------------------------

    def films(self) -> Iterator[tuple[Person, Film]]:
        """Every recording of everybody who is there."""
        for person in self.model.people.values():
            if not person.erased:
                for film in person.films.values():
                    yield person, film

    @invariant()
    def no_dataset_holds_what_was_taken_back(self) -> None:
        """R1, R5: whatever lies in a folder rests on a yes that still stands."""
        if not self.model.versions:
            return
        versions = {version.digest: version for version in self.real.catalogue.dataset_versions()}
        for name in ("one", "two"):
            digest = find_digest(self.folder / name)
            if digest is None:
                continue
            version = versions[digest]
            for line in version.episodes:
                person = self.model.people[line.worker_uid]
                assert not person.erased
                assert person.stands(version.purpose)
                assert line.recording_id in person.films
                assert line.consent_id in {yes.consent_id for yes in person.yeses}

    @invariant()
    def log_only_grows(self) -> None:
        """R9: what was in the log stays in it."""
        root = self.real.catalogue.log_root()
        if not self.roots or self.roots[-1] != root:
            assert not self.roots or root[0] > self.roots[-1][0]
            self.roots.append(root)

    def check_lineage(self, folder: Path, version: DatasetVersion) -> None:
        """R6: every row of a dataset names, under its pseudonyms, what the catalogue says it rests on."""
        rows = read_dataset(folder).episodes
        assert len(rows) == len(version.episodes)
        for row, line in zip(rows, version.episodes, strict=True):
            for kind, name in (
                ("worker", line.worker_uid),
                ("recording", line.recording_id),
                ("consent", line.consent_id),
            ):
                assert row[kind] == pseudonym(self.real, version.dataset_id, kind, name)

    def check_cuts(self, version: DatasetVersion) -> None:
        """R4: no frame that a worker had erased is in what is made from then on."""
        films = {film.recording_id: film for _, film in self.films()}
        for line in version.episodes:
            for start, end in films[line.recording_id].cuts:
                assert line.end_frame <= start or end <= line.start_frame

    @invariant()
    def licensees_are_told(self) -> None:
        """R5, R8: whoever holds a release with somebody in it who left is told which release to replace."""
        told = {notice.license_id for notice in self.real.catalogue.license_notices()}
        for license_id, version in self.licenses.items():
            gone = [line for line in version.episodes if self.model.people[line.worker_uid].erased]
            runs = self.real.catalogue.find_license(license_id).valid_until >= self.now.date()
            assert not gone or not runs or license_id in told

    def check_log(self) -> None:
        """R9: every state that the log was ever seen in is a beginning of what it is now; no entry names anybody."""
        entries = list(self.real.catalogue.log_entries())
        leaves = [leaf_hash(canonical_json(entry)) for entry in entries]
        nodes = {(level, index): digest for level, index, digest in grow(0, leaves, lambda *_: b"")}
        for size, root in self.roots:
            assert compute_root(size, lambda level, index: nodes[level, index]).hex() == root
        text = str(entries)
        assert not any(name in text for name in (*LABELS, *self.model.people, AGREEMENT_ID))


@pytest.mark.parametrize("part", range(PARTS))  # so that they run side by side
def test_r1_r2_r4_r6_r9_r12_random_histories_do_what_was_agreed(make_bench, monkeypatch, part):  # noqa: ARG001
    monkeypatch.setattr(signatures, "_LOCK_COST_LOG2", 4)  # a PIN costs a tenth of a second otherwise
    monkeypatch.setattr(Histories, "make_bench", staticmethod(make_bench), raising=False)
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=max(1, STEPS // STEPS_EACH // PARTS),
            stateful_step_count=STEPS_EACH,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
