"""R4 in the kernel: what a worker's word lets leave, for one recording and for all of them, and since when."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.records.people import StandingRelease
from tacit.records.permit import Action, Permit
from tacit.records.purposes import Evidence
from tacit.rights.decide import Refusal, decide, find_release, find_review_end

from .test_decide import AGREEMENT, DAY, HOUR, consent, facts, release, request, rule

REVIEW = timedelta(hours=AGREEMENT.review_hold_h)
FILMED, READY = DAY + HOUR, DAY + 2 * HOUR
MICROSECOND = timedelta(microseconds=1)


def standing(at=DAY, evidence=Evidence.SIGNED, **changes):
    return replace(StandingRelease("s-1", "w-1", "line-1", at, evidence, ""), **changes)


def known(*given_standing, **changes):
    return facts(**{"release": None, "standing": given_standing, "ready_at": READY, **changes})


def ask(at, action=Action.INCLUDE):
    return request(action, filmed=FILMED, asked=at)


@pytest.mark.parametrize("action", [Action.INCLUDE, Action.LICENSE])
def test_r4_a_standing_release_counts_from_the_end_of_the_review_time_after_the_preview(action):
    early = decide(known(standing()), ask(READY + REVIEW - MICROSECOND, action))
    assert rule(early) == "R4"
    assert early.sentence.startswith("its review time runs until 2026-06-04T10:00+00:00")
    assert isinstance(decide(known(standing()), ask(READY + REVIEW, action)), Permit)


def test_r4_the_review_time_begins_with_the_word_where_that_came_after_the_preview():
    late = known(standing(at=READY + 10 * HOUR))
    assert rule(decide(late, ask(READY + REVIEW))) == "R4"
    assert isinstance(decide(late, ask(READY + 10 * HOUR + REVIEW)), Permit)


def test_r4_a_preview_that_changed_begins_the_review_time_anew():
    before, after = known(standing()), known(standing(), ready_at=READY + 100 * HOUR)
    at = READY + REVIEW
    assert isinstance(decide(before, ask(at)), Permit)
    assert rule(decide(after, ask(at))) == "R4"


def test_r4_without_a_preview_that_anybody_could_see_no_standing_release_counts():
    never = decide(known(standing(), ready_at=None), ask(READY + 9 * REVIEW))
    assert rule(never) == "R4"
    assert "silence is not a release" in never.sentence


def test_r4_a_standing_release_that_was_taken_back_counts_no_more_whatever_the_clock_says():
    ended_at = READY + REVIEW + 10 * HOUR
    taken_back = known(standing(ended_at=ended_at))
    assert rule(decide(taken_back, ask(ended_at - MICROSECOND))) == "R4"
    assert rule(decide(taken_back, ask(ended_at))) == "R4"


def test_r4_one_given_anew_after_it_was_taken_back_counts_its_own_review_time():
    again_at = READY + REVIEW + 20 * HOUR
    given = known(standing(ended_at=READY + HOUR), standing(at=again_at, standing_id="s-2"))
    assert rule(decide(given, ask(again_at + REVIEW - MICROSECOND))) == "R4"
    assert isinstance(decide(given, ask(again_at + REVIEW)), Permit)


@pytest.mark.parametrize(
    "other",
    [{"agreement_id": "line-2"}, {"worker_uid": "w-2"}, {"given_at": READY + 2 * REVIEW}],
)
def test_r4_a_standing_release_of_another_or_under_another_agreement_or_to_come_does_not_count(other):
    assert rule(decide(known(standing(**other)), ask(READY + REVIEW + HOUR))) == "R4"


def test_r4_a_word_for_the_one_recording_needs_no_review_time():
    by_hand = known(release=release(at=READY))
    assert isinstance(decide(by_hand, ask(READY)), Permit)


def test_r4_a_release_that_was_taken_back_counts_no_more_whatever_the_clock_says():
    taken_back = known(release=replace(release(at=READY), ended_at=READY + 5 * HOUR))
    assert rule(decide(taken_back, ask(READY + 4 * HOUR))) == "R4"
    refusal = decide(taken_back, ask(READY + 5 * HOUR))
    assert rule(refusal) == "R4"


def test_r4_taking_one_recording_back_leaves_what_the_standing_release_lets_out():
    both = known(standing(), release=replace(release(at=READY), ended_at=READY + HOUR))
    assert isinstance(decide(both, ask(READY + REVIEW)), Permit)


@pytest.mark.parametrize(
    ("evidence", "allowed"), [(Evidence.SIGNED, True), (Evidence.WITNESSED, True), (Evidence.DECLARED, False)]
)
def test_r11_nothing_leaves_under_a_licence_on_a_standing_release_that_was_only_declared(evidence, allowed):
    given = known(standing(evidence=evidence))
    at = READY + REVIEW
    assert isinstance(decide(given, ask(at)), Permit)
    answer = decide(given, ask(at, Action.LICENSE))
    if allowed:
        assert isinstance(answer, Permit)
    else:
        assert rule(answer) == "R11"
        assert "the release is only declared" in answer.sentence


def test_r11_the_stronger_of_two_words_counts():
    both = known(standing(), release=release(at=READY, evidence=Evidence.DECLARED))
    assert rule(decide(both, ask(READY + HOUR, Action.LICENSE))) == "R11"  # the signed one is in review yet
    assert isinstance(decide(both, ask(READY + REVIEW, Action.LICENSE)), Permit)
    assert find_release(both, AGREEMENT, ask(READY + REVIEW)) == standing()


def test_the_end_of_the_review_time_is_that_of_the_word_that_counts_first():
    later = standing(at=READY + HOUR, standing_id="s-2")
    assert find_review_end(known(later, standing()), AGREEMENT, ask(READY)) == READY + REVIEW
    assert find_review_end(known(), AGREEMENT, ask(READY)) is None
    assert find_review_end(known(standing(), ready_at=None), AGREEMENT, ask(READY)) is None


def test_r4_no_release_of_any_kind_makes_up_for_a_missing_yes():
    released = known(standing(), release=release(at=READY), consents=())
    assert rule(decide(released, ask(READY + REVIEW))) == "R1"


moments = st.integers(0, 300).map(lambda hours: DAY + hours * HOUR)
standings = st.lists(
    st.builds(
        lambda at, evidence, lasts: standing(at, evidence, ended_at=None if lasts is None else at + lasts * HOUR),
        moments,
        st.sampled_from(Evidence),
        st.none() | st.integers(0, 200),
    ),
    max_size=4,
)


@given(standings, st.none() | moments, moments, st.sampled_from([Action.INCLUDE, Action.LICENSE]))
def test_r4_a_permit_always_rests_on_a_word_that_stood_and_whose_review_time_had_passed(given_words, ready, at, action):
    answer = decide(known(*given_words, ready_at=ready, consents=(consent(),)), ask(max(at, FILMED), action))
    asked = max(at, FILMED)
    good = [
        word
        for word in given_words
        if ready is not None
        and max(ready, word.given_at) + REVIEW <= asked
        and word.ended_at is None
        and (action is Action.INCLUDE or word.evidence is not Evidence.DECLARED)
    ]
    assert isinstance(answer, Permit) == bool(good)
    if not good:
        assert isinstance(answer, Refusal)
        assert answer.rule in ("R4", "R11")
