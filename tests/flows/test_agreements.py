"""Agreements over time: versions that bind only who says yes to them, and stewards who stop everything (R1, R12)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tacit.datasets.reader import read_dataset
from tacit.flows.accept_clock import accept_clock
from tacit.flows.add_agreement import add_agreement, require_agreement, require_numbered
from tacit.flows.add_steward import add_steward
from tacit.flows.add_worker import add_worker
from tacit.flows.build_dataset import Order, build_dataset
from tacit.flows.find_dataset import dataset_id_of, latest_versions
from tacit.flows.gate import ask, peek_each, watch
from tacit.flows.give_consent import SaidYes, give_consent
from tacit.flows.give_release import take_release_back
from tacit.flows.ingest import ingest
from tacit.flows.pause_agreement import is_paused, pause_agreement
from tacit.flows.process import process
from tacit.flows.settle import settle
from tacit.flows.withdraw_consent import finish_withdrawals, withdraw_consent
from tacit.records.errors import ForgedEvidenceError, RefusedError, UnknownThingError
from tacit.records.permit import Action
from tacit.rights.agreement_file import read_agreement
from tacit.seal.keyfile import new_key_file, unlock_key_file

from .conftest import AGREEMENT, AGREEMENT_ID, CONSENTED, FILMED, TODAY, TRAINING, make_job

PIN = "246810"


def agree_anew(bench, *changes):
    """Add the next version of the bench's agreement, with other words."""
    text = AGREEMENT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = bench.folder / "next.toml"
    path.write_text(text, encoding="utf-8")
    return add_agreement(bench.shop, *read_agreement(path))


@pytest.fixture
def keys():
    """Two stewards' keys."""
    return [unlock_key_file(new_key_file(name, PIN, cost_log2=10), PIN) for name in ("Union", "Council")]


def appoint(bench, key, steward_id="union"):
    add_steward(bench.shop, steward_id, key, [AGREEMENT_ID])


# --- versions --------------------------------------------------------------------------------------------------------


def test_same_words_again_are_no_new_version(bench):
    bench.agree()
    bench.agree()
    assert len(bench.catalogue.agreement_versions(AGREEMENT_ID)) == 1


def test_other_words_under_the_same_id_are_the_next_version_and_the_first_stays(bench):
    bench.agree()
    assert agree_anew(bench, ('"2400.00"', '"2600.00"')) == 2
    first, second = bench.catalogue.agreement_versions(AGREEMENT_ID)
    rates = [one.bounty.per_accepted_hour.amount_minor for one in (first, second)]
    assert rates == [240_000, 260_000]
    assert require_agreement(bench.shop, AGREEMENT_ID) == second
    assert require_numbered(bench.shop, AGREEMENT_ID, 1) == first
    with pytest.raises(UnknownThingError, match="It has 2"):
        require_numbered(bench.shop, AGREEMENT_ID, 3)
    assert [words.count("2600.00") for words in bench.catalogue.agreement_sources(AGREEMENT_ID)] == [0, 1]


def test_r1_new_version_binds_only_who_says_yes_to_it(bench):
    bench.fill("asha", "meena")
    agree_anew(bench, ('"2400.00"', '"2600.00"'))
    bench.clock.moment = TODAY + timedelta(days=1)
    give_consent(bench.shop, "meena", AGREEMENT_ID, [TRAINING], bench.clock.now(), SaidYes(None, ""))
    later = bench.clock.now() + timedelta(hours=1)
    bench.clock.moment = later + timedelta(hours=1)
    recordings = [bench.take_in(label, f"{label}-2.mp4", later) for label in ("asha", "meena")]
    first, second = bench.catalogue.agreement_versions(AGREEMENT_ID)
    assert [one.agreement_digest for one in recordings] == [first.digest, second.digest]


def test_r1_nobody_is_bound_by_a_version_through_a_yes_that_is_older_than_it(bench):
    bench.agree()
    add_worker(bench.shop, "asha", "Asha", "en")
    agree_anew(bench, ('"2400.00"', '"24.00"'), ('"240.00"', '"2.40"'))
    with pytest.raises(RefusedError, match="after the yes") as refused:
        give_consent(bench.shop, "asha", AGREEMENT_ID, [TRAINING], CONSENTED, SaidYes(None, ""))
    assert refused.value.rule == "R1"
    assert bench.catalogue.consents(bench.uid("asha")) == []


def test_pay_for_filming_follows_from_the_version_that_binds_the_footage(bench):
    bench.fill("asha")
    agree_anew(bench, ('"2400.00"', '"24.00"'), ('"240.00"', '"2.40"'))
    amounts = [posting.amount for one in settle(bench.shop) for posting in one.postings if "worker" in posting.account]
    # A second accepted and half a second filmed besides, at 2400.00 and 240.00 an hour.
    assert [abs(amount.amount_minor) for amount in amounts] == [70]


def test_r1_dataset_rests_on_one_version_and_holds_those_who_said_yes_to_it(bench):
    bench.fill("asha", "meena")
    agree_anew(bench, ('"2400.00"', '"2600.00"'))
    bench.clock.moment = TODAY + timedelta(days=1)
    give_consent(bench.shop, "meena", AGREEMENT_ID, [TRAINING], bench.clock.now(), SaidYes(None, ""))
    filmed = bench.clock.now() + timedelta(hours=1)
    bench.clock.moment = filmed + timedelta(hours=1)
    recording = bench.take_in("meena", "meena-2.mp4", filmed)
    bench.process()
    bench.release(recording)
    first, second = bench.catalogue.agreement_versions(AGREEMENT_ID)
    newest = bench.build(bench.folder / "second")
    assert {line.recording_id for line in newest.version.episodes} == {recording.recording_id}
    assert newest.version.agreement_digest == second.digest
    assert {refusal.rule for refusal in newest.refused.values()} == {"R1"}
    order = Order(AGREEMENT_ID, TRAINING, None, bench.dataset, first.digest)
    older = build_dataset(bench.shop, bench.contract, order, bench.progress)
    assert len({line.worker_uid for line in older.version.episodes}) == 2
    assert older.version.agreement_digest == first.digest
    assert older.version.version == 1  # what was built before there were versions is still the same


def test_r1_folder_whose_agreement_was_changed_binds_nobody_to_the_new_words(bench):
    bench.fill("asha")
    agree_anew(bench, ('"2400.00"', '"24.00"'), ('"240.00"', '"2.40"'))
    text = (bench.folder / "next.toml").read_text()
    (bench.folder / "next.toml").unlink()
    bench.film("a.mp4")
    declared = f"""\
agreement = "agreement.toml"
[[worker]]
id = "asha"
name = "asha of the bench"
language = "en"
consent = ["train-robot-skill"]
consented_at = {CONSENTED.isoformat()}
[[recording]]
file = "a.mp4"
worker = "asha"
task = "move the block"
station = "bench-1"
started_at = {FILMED.isoformat()}
released = true
"""
    from tacit.flows.footage_folder import read_footage_folder
    from tacit.flows.run import run

    (bench.folder / "footage.toml").write_text(declared, encoding="utf-8")
    (bench.folder / "agreement.toml").write_text(text, encoding="utf-8")
    folder = read_footage_folder(bench.folder)
    result = run(bench.shop, bench.engine, bench.contract, make_job, folder, bench.folder / "new", bench.progress)
    assert [(row.status, row.rule) for row in result.rows] == [("refused", "R1")]
    assert {one.agreement_digest for one in bench.catalogue.consents(bench.uid("asha"))} == {
        bench.catalogue.agreement_versions(AGREEMENT_ID)[0].digest
    }


# --- pauses ----------------------------------------------------------------------------------------------------------


def test_r12_pause_stops_intake_processing_and_builds_until_it_is_lifted(bench, keys):
    bench.fill("asha")
    appoint(bench, keys[0])
    assert pause_agreement(bench.shop, AGREEMENT_ID, "union", keys[0], paused=True)
    with pytest.raises(RefusedError, match="paused") as refused:
        bench.take_in("asha", "b.mp4")
    assert refused.value.rule == "R12"
    assert [end.refusal.rule for end in bench.process()] == ["R12"]
    built = bench.build(bench.folder / "other")
    assert built.version is None
    assert {refusal.rule for refusal in built.refused.values()} == {"R12"}
    assert pause_agreement(bench.shop, AGREEMENT_ID, "union", keys[0], paused=False)
    assert bench.build(bench.folder / "other").version is not None


def test_r12_paused_twice_is_one_pause(bench, keys):
    bench.agree()
    appoint(bench, keys[0])
    assert pause_agreement(bench.shop, AGREEMENT_ID, "union", keys[0], paused=True)
    assert not pause_agreement(bench.shop, AGREEMENT_ID, "union", keys[0], paused=True)
    assert len(bench.catalogue.pause_words(AGREEMENT_ID)) == 1


def test_r12_of_two_stewards_the_last_word_counts_and_both_stay(bench, keys):
    bench.agree()
    appoint(bench, keys[0])
    appoint(bench, keys[1], "council")
    pause_agreement(bench.shop, AGREEMENT_ID, "union", keys[0], paused=True)
    pause_agreement(bench.shop, AGREEMENT_ID, "council", keys[1], paused=False)
    assert not is_paused(bench.shop, AGREEMENT_ID)
    assert [word.steward_id for word in bench.catalogue.pause_words(AGREEMENT_ID)] == ["union", "council"]


def test_r12_only_a_steward_of_the_agreement_with_their_own_key_can_pause_it(bench, keys):
    bench.agree()
    appoint(bench, keys[0])
    with pytest.raises(RefusedError, match="not that of the steward"):
        pause_agreement(bench.shop, AGREEMENT_ID, "union", keys[1], paused=True)
    with pytest.raises(UnknownThingError):
        pause_agreement(bench.shop, AGREEMENT_ID, "council", keys[1], paused=True)
    agree_elsewhere = AGREEMENT.replace(AGREEMENT_ID, "other-agreement")
    (bench.folder / "other.toml").write_text(agree_elsewhere, encoding="utf-8")
    add_agreement(bench.shop, *read_agreement(bench.folder / "other.toml"))
    add_steward(bench.shop, "council", keys[1], ["other-agreement"])
    with pytest.raises(RefusedError, match="does not watch over"):
        pause_agreement(bench.shop, AGREEMENT_ID, "council", keys[1], paused=True)
    assert not is_paused(bench.shop, AGREEMENT_ID)


def test_r12_a_word_that_no_steward_signed_is_damage_and_stops_everything(bench, keys):
    bench.fill("asha")
    appoint(bench, keys[0])
    pause_agreement(bench.shop, AGREEMENT_ID, "union", keys[0], paused=True)
    word = bench.catalogue.pause_words(AGREEMENT_ID)[-1]
    bench.catalogue.add_pause_word(replace(word, paused=False))
    with pytest.raises(ForgedEvidenceError):
        bench.build(bench.folder / "other")


def test_r12_r5_work_under_way_stops_within_seconds(bench, keys):
    recording = bench.fill("asha")["asha"]
    appoint(bench, keys[0])
    told = []
    report = watch(bench.shop, TRAINING, recording, told.append)
    report(1.0)
    pause_agreement(bench.shop, AGREEMENT_ID, "union", keys[0], paused=True)
    bench.clock.moment += timedelta(seconds=3)
    with pytest.raises(RefusedError) as refused:
        report(2.0)
    assert refused.value.rule == "R12"
    assert told == [1.0, 2.0]


def test_r12_unit_that_ends_after_a_pause_is_not_registered(bench, keys):
    bench.agree()
    bench.enrol("asha")
    recording = bench.take_in("asha", "a.mp4")
    appoint(bench, keys[0])
    work = bench.engine.work

    def pause_then_work(recording, permit):
        outcome = work(recording, permit)
        pause_agreement(bench.shop, AGREEMENT_ID, "union", keys[0], paused=True)
        return outcome

    bench.engine.work = pause_then_work
    ends = process(bench.shop, bench.engine, bench.contract, make_job, TRAINING, [recording], bench.progress)
    assert [end.refusal.rule for end in ends] == ["R12"]
    assert bench.catalogue.find_outcome(recording.recording_id) is None
    bench.engine.work = work
    pause_agreement(bench.shop, AGREEMENT_ID, "union", keys[0], paused=False)
    assert bench.process()[0].outcome is not None  # what was committed is adopted, not done again


def test_r12_worker_may_look_while_all_is_paused(bench, keys):
    recording = bench.fill("asha")["asha"]
    appoint(bench, keys[0])
    pause_agreement(bench.shop, AGREEMENT_ID, "union", keys[0], paused=True)
    assert ask(bench.shop, Action.REVIEW, TRAINING, recording).action is Action.REVIEW


def test_r9_agreement_versions_and_pauses_leave_no_name_in_the_log(bench, keys):
    bench.agree()
    appoint(bench, keys[0])
    pause_agreement(bench.shop, AGREEMENT_ID, "union", keys[0], paused=True)
    entries = bench.catalogue.log_entries()
    assert entries[-1]["kind"] == "pause"
    assert not any(word in str(entries) for word in (AGREEMENT_ID, "union", "Union"))


def test_r2_agreement_with_a_purpose_outside_the_list_is_refused_with_every_other_fault(bench):
    from tacit.records.errors import FaultyFileError

    path = bench.folder / "bad.toml"
    text = AGREEMENT.replace('"research"]', '"rank-workers"]').replace('footage = "worker"', 'footage = "plant"')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FaultyFileError) as faulty:
        read_agreement(path)
    assert len(faulty.value.faults) == 2


def test_ingest_under_an_agreement_that_is_not_there_names_the_next_step(bench):
    bench.agree()
    bench.enrol("asha")
    source = replace(bench.source(bench.film("a.mp4"), "asha"), agreement_id="nowhere")
    with pytest.raises(UnknownThingError, match="tacit agreement add"):
        ingest(bench.shop, source)


def test_r12_a_pause_takes_no_dataset_away_and_a_withdrawal_takes_out_one_worker_alone(bench, keys):
    recordings = bench.fill("asha", "meena")
    appoint(bench, keys[0])
    pause_agreement(bench.shop, AGREEMENT_ID, "union", keys[0], paused=True)
    assert bench.build().version is None
    assert read_dataset(bench.dataset).episodes
    withdraw_consent(bench.shop, bench.contract, "asha", (), bench.progress)
    version = latest_versions(bench.shop)[dataset_id_of(bench.shop, bench.dataset)]
    assert {line.recording_id for line in version.episodes} == {recordings["meena"].recording_id}
    assert len(read_dataset(bench.dataset).episodes) == len(version.episodes)


def test_r1_the_end_of_an_agreement_takes_no_dataset_away_and_a_withdrawal_takes_out_one_worker_alone(bench):
    recordings = bench.fill("asha", "meena")
    bench.clock.moment = datetime(2029, 5, 1, tzinfo=UTC)
    assert bench.build().version is None
    assert read_dataset(bench.dataset).episodes
    withdraw_consent(bench.shop, bench.contract, "asha", (), bench.progress)
    version = latest_versions(bench.shop)[dataset_id_of(bench.shop, bench.dataset)]
    assert {line.recording_id for line in version.episodes} == {recordings["meena"].recording_id}


def test_r1_a_new_version_takes_no_dataset_of_the_version_before_away(bench):
    bench.fill("asha")
    agree_anew(bench, ("review_hold_h = 72", "review_hold_h = 24"))
    assert bench.build().version is None
    assert read_dataset(bench.dataset).episodes


def test_r1_a_yes_that_came_to_its_end_leaves_the_dataset_with_the_next_command(bench):
    bench.agree()
    for label, ends_on in (("asha", date(2026, 4, 1)), ("meena", None)):
        add_worker(bench.shop, label, label, "en")
        said = SaidYes(None, "", ends_on=ends_on)
        give_consent(bench.shop, label, AGREEMENT_ID, [TRAINING], CONSENTED, said)
        recording = bench.take_in(label, f"{label}.mp4")
        bench.process()
        bench.release(recording)
    assert len({line.worker_uid for line in bench.build().version.episodes}) == 2
    bench.clock.moment = datetime(2026, 4, 2, tzinfo=UTC)
    finish_withdrawals(bench.shop, bench.contract, bench.progress)
    version = latest_versions(bench.shop)[dataset_id_of(bench.shop, bench.dataset)]
    assert {line.worker_uid for line in version.episodes} == {bench.uid("meena")}
    assert bench.catalogue.find_worker("asha") is not None


def test_r5_a_no_said_while_the_clock_ran_ahead_counts_once_it_is_right(bench):
    recordings = bench.fill("asha", "meena", pin="4711")
    right = bench.clock.moment
    bench.clock.moment = right + timedelta(days=365)
    withdraw_consent(bench.shop, bench.contract, "asha", [TRAINING], bench.progress)
    take_release_back(bench.shop, recordings["meena"])
    bench.clock.moment = right + timedelta(hours=1)
    accept_clock(bench.shop)
    refusals = peek_each(bench.shop, Action.LICENSE, TRAINING, list(recordings.values()))
    assert [refusal.rule for refusal in refusals] == ["R1", "R4"]
    assert bench.build().version is None
    assert not bench.dataset.exists()
