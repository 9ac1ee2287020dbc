"""Complaints: who may make and see them, by when they must be answered, and what is left of them (rules R5, R9, D5)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tacit.flows.add_agreement import add_agreement
from tacit.flows.add_steward import add_steward
from tacit.flows.add_worker import add_worker
from tacit.flows.answer_grievance import answer_grievance, require_grievance
from tacit.flows.list_grievances import list_grievances
from tacit.flows.open_grievance import open_grievance
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.records.errors import (
    EmptyTextError,
    ForgedEvidenceError,
    NoGrievanceTermsError,
    RefusedError,
    UnknownThingError,
)
from tacit.rights.agreement_file import read_agreement
from tacit.seal.keyfile import new_key_file, unlock_key_file

from .conftest import AGREEMENT, AGREEMENT_ID, TODAY

PIN = "246810"
TEXT = "किसी ने मुझसे नहीं पूछा।\nThe camera was on in the break."


@pytest.fixture
def agreed(bench):
    """A shop with an agreement and a worker who said yes."""
    bench.agree()
    bench.enrol("asha")
    return bench


@pytest.fixture
def union(agreed):
    """A steward's opened key."""
    key_file = new_key_file("Union", PIN, cost_log2=10)
    add_steward(agreed.shop, "union", key_file, [AGREEMENT_ID])
    return unlock_key_file(key_file, PIN)


def agree_in(bench, jurisdiction):
    path = bench.folder / f"{jurisdiction}.toml"
    changed = AGREEMENT.replace('"IN"', f'"{jurisdiction}"', 1).replace(AGREEMENT_ID, f"in-{jurisdiction}")
    path.write_text(changed, encoding="utf-8")
    add_agreement(bench.shop, *read_agreement(path))
    return f"in-{jurisdiction}"


@pytest.mark.parametrize(("jurisdiction", "due"), [("IN", "2026-06-10"), ("DE", "2026-04-12"), ("US", "2026-04-11")])
def test_the_clock_follows_the_law_of_the_agreement(bench, jurisdiction, due):
    agreement_id = agree_in(bench, jurisdiction)
    add_worker(bench.shop, "asha", "Asha", "hi")
    assert str(open_grievance(bench.shop, "asha", TEXT, agreement_id).due_on) == due


def test_a_complaint_is_about_the_agreement_said_yes_to_last_unless_another_is_named(agreed):
    other = agree_in(agreed, "DE")
    assert open_grievance(agreed.shop, "asha", TEXT).agreement_id == AGREEMENT_ID
    assert open_grievance(agreed.shop, "asha", TEXT, other).agreement_id == other
    with pytest.raises(UnknownThingError):
        open_grievance(agreed.shop, "asha", TEXT, "none")


def test_who_never_said_yes_may_complain_and_names_the_agreement(agreed):
    add_worker(agreed.shop, "ravi", "Ravi", "ta")
    with pytest.raises(NoGrievanceTermsError, match="--agreement"):
        open_grievance(agreed.shop, "ravi", TEXT)
    assert open_grievance(agreed.shop, "ravi", TEXT, AGREEMENT_ID).text == TEXT


def test_an_answer_stops_the_clock_and_a_late_one_stays_late(agreed):
    first, second, third = (open_grievance(agreed.shop, "asha", f"{TEXT} {n}") for n in range(3))
    answer_grievance(agreed.shop, first.grievance_id, "We look.")
    agreed.clock.moment = TODAY + timedelta(days=90)
    assert [one.overdue for one in list_grievances(agreed.shop)] == [False, False, False]
    agreed.clock.moment = TODAY + timedelta(days=91)
    assert [one.overdue for one in list_grievances(agreed.shop)] == [False, True, True]
    answer_grievance(agreed.shop, second.grievance_id, "Sorry.")
    answer_grievance(agreed.shop, first.grievance_id, "It stops.")
    assert [one.overdue for one in list_grievances(agreed.shop)] == [False, True, True]
    assert [answer.text for answer in require_grievance(agreed.shop, first.grievance_id).answers] == [
        "We look.",
        "It stops.",
    ]
    assert third.answers == ()


def test_a_worker_sees_their_own_and_a_steward_those_under_their_agreements(agreed, union):
    agreed.enrol("meena")
    elsewhere = agree_in(agreed, "DE")
    mine = open_grievance(agreed.shop, "asha", TEXT)
    hers = open_grievance(agreed.shop, "meena", TEXT, elsewhere)
    assert [one.grievance for one in list_grievances(agreed.shop)] == [mine, hers]
    worker = agreed.catalogue.find_worker("meena")
    assert [(one.grievance, one.label) for one in list_grievances(agreed.shop, worker)] == [(hers, "meena")]
    assert [one.grievance for one in list_grievances(agreed.shop, steward_id="union")] == [mine]
    assert list_grievances(agreed.shop, steward_id="nobody") == []
    assert union.name == "Union"


def test_a_steward_signs_an_answer_and_a_changed_one_is_found(agreed, union):
    opened = open_grievance(agreed.shop, "asha", TEXT)
    done = answer_grievance(agreed.shop, opened.grievance_id, "It stops.", "union", union)
    assert require_grievance(agreed.shop, opened.grievance_id) == done
    forged = replace(done, answers=(replace(done.answers[0], text="It goes on."),))
    agreed.catalogue.set_grievance(forged)
    with pytest.raises(ForgedEvidenceError):
        require_grievance(agreed.shop, opened.grievance_id)


def test_nobody_answers_in_the_name_of_a_steward(agreed, union):
    opened = open_grievance(agreed.shop, "asha", TEXT)
    thief = unlock_key_file(new_key_file("Thief", PIN, cost_log2=10), PIN)
    for key in (None, thief):
        with pytest.raises(RefusedError):
            answer_grievance(agreed.shop, opened.grievance_id, "It goes on.", "union", key)
    assert require_grievance(agreed.shop, opened.grievance_id).answers == ()
    assert union.public_key != thief.public_key


def test_an_empty_complaint_or_answer_is_none(agreed):
    with pytest.raises(EmptyTextError):
        open_grievance(agreed.shop, "asha", " \n")
    opened = open_grievance(agreed.shop, "asha", TEXT)
    with pytest.raises(EmptyTextError):
        answer_grievance(agreed.shop, opened.grievance_id, "")
    with pytest.raises(UnknownThingError):
        answer_grievance(agreed.shop, "gr-none", "We look.")


def test_r9_the_log_says_that_somebody_complained_and_was_answered_and_no_more(agreed):
    opened = open_grievance(agreed.shop, "asha", TEXT)
    answer_grievance(agreed.shop, opened.grievance_id, "We look.")
    entries = agreed.catalogue.log_entries()
    assert [entry["kind"] for entry in entries][-2:] == ["grievance", "grievance-answer"]
    for hidden in (TEXT, "We look.", agreed.uid("asha"), opened.grievance_id):
        assert hidden not in str(entries)


def test_r5_complaints_go_with_the_worker(agreed):
    open_grievance(agreed.shop, "asha", TEXT)
    withdraw_consent(agreed.shop, agreed.contract, "asha", [], agreed.progress)
    assert agreed.catalogue.grievances() == []
