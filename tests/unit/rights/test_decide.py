"""The kernel: who may do what with whose footage."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.records.agreement import Agreement, Bounty, Royalty
from tacit.records.money import Money
from tacit.records.people import Consent, Release, Withdrawal
from tacit.records.permit import Action, Permit, Request
from tacit.records.purposes import Evidence, Purpose
from tacit.rights.decide import Refusal, decide
from tacit.rights.facts import Facts
from tacit.rights.standing import standing_purposes

DAY = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TRAIN = Purpose.TRAIN_ROBOT_SKILL

AGREEMENT = Agreement(
    agreement_id="line-1",
    kind="collective",
    parties=("union", "plant"),
    jurisdiction="IN",
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
    purposes=frozenset({TRAIN, Purpose.RESEARCH}),
    review_hold_h=72,
    raw_retention_days=30,
    group_size_min=5,
    title={"en": "line"},
    ownership={"footage": "worker", "datasets": "shared", "skills": "plant"},
    territory=("IN",),
    bounty=Bounty(Money("INR", 250000), Money("INR", 25000)),
    royalty=Royalty(2000, "plant", Money("INR", 5), 5000, 5000, "keep-earning"),
    digest="d1",
)


def consent(at=DAY, purposes=(TRAIN,), evidence=Evidence.SIGNED, worker="w-1", digest="d1"):
    return Consent("c-1", worker, "line-1", digest, frozenset(purposes), at, "en", "n", evidence, "")


def release(at=DAY + 2 * HOUR, evidence=Evidence.SIGNED):
    return Release("rec-1", "w-1", at, evidence, "")


def request(action=Action.DERIVE, purpose=TRAIN, filmed=DAY + HOUR, asked=DAY + 3 * HOUR):
    return Request(action, purpose, "w-1", filmed, asked)


def facts(**changes):
    return replace(Facts((AGREEMENT,), (consent(),), (), release()), **changes)


def rule(answer):
    assert isinstance(answer, Refusal), answer
    assert answer.sentence.endswith(".")
    return answer.rule


def test_a_standing_yes_gives_a_permit_that_names_what_it_rests_on():
    answer = decide(facts(), request())
    assert answer == Permit(Action.DERIVE, TRAIN, "w-1", "c-1", "line-1", "d1", DAY + 3 * HOUR)


def test_no_agreement_is_refused_by_r1():
    assert rule(decide(facts(agreements=()), request())) == "R1"


def test_no_consent_is_refused_by_r1():
    assert rule(decide(facts(consents=()), request())) == "R1"


def test_consent_of_another_worker_does_not_count():
    assert rule(decide(facts(consents=(consent(worker="w-2"),)), request())) == "R1"


def test_consent_to_another_wording_of_the_agreement_does_not_count():
    assert rule(decide(facts(consents=(consent(digest="d0"),)), request())) == "R1"


def test_consent_after_filming_is_refused_by_r1():
    assert rule(decide(facts(consents=(consent(at=DAY + 2 * HOUR),)), request())) == "R1"


def test_consent_in_the_moment_of_filming_counts():
    assert isinstance(decide(facts(), request(filmed=DAY)), Permit)


def test_purpose_outside_the_agreement_is_refused_by_r2():
    assert rule(decide(facts(), request(purpose=Purpose.PLANT_STATISTICS))) == "R2"


def test_purpose_not_consented_to_is_refused_by_r1():
    assert rule(decide(facts(), request(purpose=Purpose.RESEARCH))) == "R1"


def test_filming_in_the_future_is_refused():
    assert rule(decide(facts(), request(filmed=DAY + 4 * HOUR))) == "R1"


@pytest.mark.parametrize("day", [datetime(2025, 12, 31, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)])
def test_outside_the_days_of_the_agreement_is_refused(day):
    early = consent(at=day - HOUR)
    assert rule(decide(facts(consents=(early,)), request(filmed=day, asked=day))) == "R1"


def test_withdrawn_consent_blocks():
    no = Withdrawal("wd", "w-1", frozenset({TRAIN}), DAY + 3 * HOUR)
    assert rule(decide(facts(withdrawals=(no,)), request())) == "R1"


def test_a_new_yes_after_a_withdrawal_does_not_bring_old_footage_back():
    no = Withdrawal("wd", "w-1", frozenset({TRAIN}), DAY + 2 * HOUR)
    again = replace(consent(at=DAY + 3 * HOUR), consent_id="c-2")
    now = facts(consents=(consent(), again), withdrawals=(no,))
    assert rule(decide(now, request(filmed=DAY + HOUR, asked=DAY + 5 * HOUR))) == "R1"
    answer = decide(now, request(filmed=DAY + 4 * HOUR, asked=DAY + 5 * HOUR))
    assert isinstance(answer, Permit)
    assert answer.consent_id == "c-2"


def test_withdrawing_one_purpose_leaves_the_other():
    both = consent(purposes=(TRAIN, Purpose.RESEARCH))
    no = Withdrawal("wd", "w-1", frozenset({TRAIN}), DAY + 2 * HOUR)
    now = facts(consents=(both,), withdrawals=(no,))
    assert rule(decide(now, request())) == "R1"
    assert isinstance(decide(now, request(purpose=Purpose.RESEARCH)), Permit)


@pytest.mark.parametrize("action", [Action.INCLUDE, Action.LICENSE])
def test_unreleased_footage_stays_by_r4(action):
    assert rule(decide(facts(release=None), request(action))) == "R4"


def test_anothers_release_does_not_count():
    foreign = replace(release(), worker_uid="w-2")
    assert rule(decide(facts(release=foreign), request(Action.INCLUDE))) == "R4"


@pytest.mark.parametrize(
    ("yes", "released", "allowed"),
    [
        (Evidence.SIGNED, Evidence.SIGNED, True),
        (Evidence.WITNESSED, Evidence.SIGNED, True),
        (Evidence.SIGNED, Evidence.WITNESSED, True),
        (Evidence.DECLARED, Evidence.SIGNED, False),
        (Evidence.SIGNED, Evidence.DECLARED, False),
    ],
)
def test_nothing_declared_leaves_under_a_licence_by_r11(yes, released, allowed):
    now = facts(consents=(consent(evidence=yes),), release=release(evidence=released))
    assert isinstance(decide(now, request(Action.INCLUDE)), Permit)
    answer = decide(now, request(Action.LICENSE))
    assert isinstance(answer, Permit) if allowed else rule(answer) == "R11"


def test_the_best_evidenced_yes_is_the_one_a_permit_rests_on():
    declared = replace(consent(at=DAY + HOUR / 2, evidence=Evidence.DECLARED), consent_id="c-0")
    answer = decide(facts(consents=(declared, consent())), request(Action.LICENSE))
    assert isinstance(answer, Permit)
    assert answer.consent_id == "c-1"


moments = st.integers(0, 12).map(lambda hours: DAY + hours * HOUR)
purposes = st.sets(st.sampled_from([TRAIN, Purpose.RESEARCH]), min_size=1)
consents = st.lists(st.builds(consent, at=moments, purposes=purposes, evidence=st.sampled_from(Evidence)), max_size=4)
withdrawals = st.lists(
    st.builds(lambda at, purposes: Withdrawal("wd", "w-1", frozenset(purposes), at), moments, purposes), max_size=4
)
requests = st.builds(request, st.sampled_from(Action), st.sampled_from([TRAIN, Purpose.RESEARCH]), moments, moments)


@given(consents, withdrawals, requests)
def test_taking_back_never_allows_more(given_consents, given_withdrawals, asked):
    some = facts(consents=tuple(given_consents), withdrawals=tuple(given_withdrawals[:1]))
    more = replace(some, withdrawals=tuple(given_withdrawals))
    if isinstance(decide(some, asked), Refusal):
        assert isinstance(decide(more, asked), Refusal)


@given(consents, withdrawals, requests)
def test_a_permit_always_rests_on_a_yes_before_filming_that_was_not_taken_back(given_consents, noes, asked):
    answer = decide(facts(consents=tuple(given_consents), withdrawals=tuple(noes)), asked)
    if isinstance(answer, Permit) and asked.action is not Action.REVIEW:
        assert any(
            yes.given_at <= asked.filmed_at
            and asked.purpose in yes.purposes
            and not any(asked.purpose in no.purposes and yes.given_at <= no.withdrawn_at for no in noes)
            for yes in given_consents
        )


@given(consents, withdrawals, requests)
def test_what_may_be_licensed_may_be_included_and_derived(given_consents, noes, asked):
    known = facts(consents=tuple(given_consents), withdrawals=tuple(noes))
    order = [Action.DERIVE, Action.INCLUDE, Action.LICENSE]
    answers = [isinstance(decide(known, replace(asked, action=action)), Permit) for action in order]
    assert answers == sorted(answers, reverse=True)


@given(consents, withdrawals, moments)
def test_a_purpose_stands_where_new_footage_could_be_derived_after_every_yes(given_consents, noes, at):
    known = facts(consents=tuple(given_consents), withdrawals=tuple(noes))
    standing = standing_purposes(given_consents, noes)
    later = max([at, *(yes.given_at for yes in given_consents)])
    for purpose in (TRAIN, Purpose.RESEARCH):
        answer = decide(known, Request(Action.DERIVE, purpose, "w-1", later, later))
        assert (purpose in standing) == isinstance(answer, Permit)


@pytest.mark.parametrize("ahead", [timedelta(seconds=30), timedelta(days=400)])
@pytest.mark.parametrize("action", [Action.DERIVE, Action.INCLUDE, Action.KEEP, Action.LICENSE])
def test_r5_a_no_counts_though_it_was_said_while_the_clock_ran_ahead(action, ahead):
    no = Withdrawal("wd-1", "w-1", frozenset({TRAIN}), DAY + 3 * HOUR + ahead)
    assert rule(decide(facts(withdrawals=(no,)), request(action))) == "R1"
    taken_back = replace(release(), ended_at=DAY + 3 * HOUR + ahead)
    if action is not Action.DERIVE:
        assert rule(decide(facts(release=taken_back), request(action))) == "R4"


def test_r5_a_no_takes_back_every_yes_that_there_was_though_the_clock_was_set_back():
    no = Withdrawal("wd-1", "w-1", frozenset({TRAIN}), DAY - 5 * HOUR, frozenset({"c-1"}))
    assert rule(decide(facts(withdrawals=(no,)), request())) == "R1"
    later = replace(consent(at=DAY), consent_id="c-2")
    assert isinstance(decide(facts(consents=(consent(), later), withdrawals=(no,)), request()), Permit)


def test_r12_what_is_in_a_dataset_stays_in_it_through_a_pause_and_the_end_of_the_agreement():
    asked = datetime(2027, 6, 1, tzinfo=UTC)
    assert rule(decide(facts(is_paused=True), request(Action.INCLUDE, asked=asked))) == "R12"
    assert rule(decide(facts(), request(Action.INCLUDE, asked=asked))) == "R1"
    assert isinstance(decide(facts(is_paused=True), request(Action.KEEP, asked=asked)), Permit)
    assert rule(decide(facts(is_paused=True, release=None), request(Action.KEEP, asked=asked))) == "R4"
    ended = replace(consent(), ends_on=date(2026, 12, 31))
    assert rule(decide(facts(consents=(ended,)), request(Action.KEEP, asked=asked))) == "R1"


def test_r1_days_are_days_in_utc_whatever_zone_the_film_was_made_in():
    india = timezone(timedelta(hours=5, minutes=30))
    early = datetime(2026, 1, 1, 3, 0, tzinfo=india)  # still the last day of 2025 in UTC
    yes = consent(at=early - HOUR)
    for zone in (india, UTC):
        answer = decide(facts(consents=(yes,)), request(filmed=early.astimezone(zone)))
        assert rule(answer) == "R1"
        assert "2025-12-31" in answer.sentence


# --- versions, ends, pauses, and the worker at their own footage ---------------------------------------------------


SECOND = replace(AGREEMENT, digest="d2", valid_to=date(2027, 12, 31), purposes=frozenset({TRAIN}))


def test_r1_a_new_version_binds_only_who_said_yes_to_it():
    both = facts(agreements=(AGREEMENT, SECOND))
    assert decide(both, request()).agreement_digest == "d1"
    said_twice = replace(both, consents=(consent(), consent(at=DAY + HOUR, digest="d2")))
    assert decide(said_twice, request(filmed=DAY + 2 * HOUR)).agreement_digest == "d2"
    assert decide(said_twice, request(filmed=DAY + HOUR / 2)).agreement_digest == "d1"


def test_r1_footage_from_before_the_yes_to_a_version_stays_under_the_version_before():
    yes_to_second = facts(agreements=(AGREEMENT, SECOND), consents=(consent(at=DAY + 2 * HOUR, digest="d2"),))
    assert rule(decide(yes_to_second, request(filmed=DAY + HOUR))) == "R1"


def test_r2_a_purpose_that_the_binding_version_left_out_is_refused():
    yeses = (consent(purposes=(TRAIN, Purpose.RESEARCH)), consent(at=DAY + HOUR, digest="d2"))
    known = facts(agreements=(AGREEMENT, SECOND), consents=yeses)
    assert rule(decide(known, request(purpose=Purpose.RESEARCH, filmed=DAY + 2 * HOUR))) == "R2"
    assert isinstance(decide(known, request(purpose=Purpose.RESEARCH, filmed=DAY + HOUR / 2)), Permit)


def test_r1_a_yes_to_words_that_are_no_version_of_the_agreement_does_not_count():
    assert rule(decide(facts(consents=(consent(digest="forged"),)), request())) == "R1"


@pytest.mark.parametrize("asked", [datetime(2025, 12, 31, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)])
def test_r1_a_future_and_an_expired_agreement_are_refused(asked):
    early = consent(at=asked - 2 * HOUR)
    answer = decide(facts(consents=(early,)), request(filmed=asked - HOUR, asked=asked))
    assert rule(answer) == "R1"
    assert "runs from 2026-01-01 to 2026-12-31" in answer.sentence


def test_r1_a_yes_counts_through_its_last_day_and_no_longer():
    ends = facts(consents=(replace(consent(), ends_on=date(2026, 6, 30)),))
    assert isinstance(decide(ends, request(asked=datetime(2026, 6, 30, 23, 59, tzinfo=UTC))), Permit)
    answer = decide(ends, request(asked=datetime(2026, 7, 1, tzinfo=UTC)))
    assert rule(answer) == "R1"
    assert "ended on 2026-06-30" in answer.sentence


def test_r1_an_ended_yes_gives_way_to_one_that_runs():
    yeses = (
        replace(consent(), ends_on=date(2026, 6, 2)),
        replace(consent(evidence=Evidence.DECLARED), consent_id="c-2"),
    )
    answer = decide(facts(consents=yeses), request(asked=datetime(2026, 8, 1, tzinfo=UTC)))
    assert answer.consent_id == "c-2"


@pytest.mark.parametrize("action", [Action.DERIVE, Action.INCLUDE, Action.LICENSE])
def test_r12_a_pause_stops_everything_under_the_agreement(action):
    assert isinstance(decide(facts(), request(action)), Permit)
    assert rule(decide(facts(is_paused=True), request(action))) == "R12"


def test_r12_the_worker_may_look_at_their_own_footage_while_all_is_paused_and_after_a_withdrawal():
    taken_back = Withdrawal("wd-1", "w-1", frozenset(Purpose), DAY + 2 * HOUR)
    known = facts(is_paused=True, withdrawals=(taken_back,))
    assert isinstance(decide(known, request(Action.REVIEW)), Permit)
    assert rule(decide(facts(consents=()), request(Action.REVIEW))) == "R1"
    assert rule(decide(facts(consents=(consent(at=DAY + 2 * HOUR),)), request(Action.REVIEW))) == "R1"
