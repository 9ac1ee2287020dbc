import hashlib
from dataclasses import replace
from datetime import date

import pytest

from tacit.records.errors import NoNoticeError
from tacit.records.money import Money
from tacit.records.purposes import Purpose
from tacit.words.catalogue import find_catalogue, languages
from tacit.words.layout import count_columns
from tacit.words.notice import mark_draft, render_notice


def flat(agreement):
    """The English notice on one line, so that line breaks do not matter."""
    return " ".join(render_notice(agreement, "en").text.split())


def test_the_digest_is_that_of_the_text(agreement):
    notice = render_notice(agreement, "en")
    assert notice.digest == hashlib.sha256(notice.text.encode()).hexdigest()
    assert render_notice(agreement, "en-GB") == notice


@pytest.mark.parametrize(
    "change",
    [
        {"raw_retention_days": 31},
        {"review_hold_h": 24},
        {"group_size_min": 6},
        {"territory": ("IN",)},
        {"purposes": frozenset({Purpose.RESEARCH})},
        {"valid_to": date(2027, 1, 1)},
        {"parties": ("Another Union",)},
        {"jurisdiction": "DE"},
        {"ownership": {"footage": "worker", "datasets": "plant", "skills": "plant"}},
        {"digest": "00" * 32},
    ],
)
def test_every_term_that_changes_changes_the_notice(agreement, change):
    assert render_notice(replace(agreement, **change), "en").digest != render_notice(agreement, "en").digest


def test_every_amount_of_pay_is_in_the_notice(agreement):
    text = flat(agreement)
    for figure in ("2,500.00 INR", "250.00 INR", "20 %", "50 %", "0.05 INR"):
        assert figure in text
    dearer = replace(agreement, royalty=replace(agreement.royalty, internal_run=Money("INR", 7)))
    assert "0.07 INR" in flat(dearer)


def test_only_the_purposes_of_the_agreement_are_asked_about(agreement):
    text = flat(agreement)
    assert "(train-robot-skill)" in text
    assert "(research)" in text
    assert "(train-people)" not in text
    assert "(quality-inspection)" not in text


def test_the_notice_says_what_is_never_done_how_to_stop_and_what_refusing_costs(agreement):
    text = flat(agreement)
    for sentence in (
        "Nobody is ranked, rated or disciplined by it.",
        "Nobody's feelings are read from it.",
        "Nobody is recognised by it",
        "fewer than 5 people",
        "You can stop at any time",
        "as easily as you said yes",
        "Nothing. Not your job",
        "Data Protection Board of India",
        "at most 30 days",
    ):
        assert sentence in text


def test_another_country_is_not_sent_to_the_indian_board(agreement):
    text = flat(replace(agreement, jurisdiction="DE"))
    assert "Board of India" not in text
    assert "data protection authority of your country" in text


def test_what_becomes_of_pay_after_withdrawal_is_what_the_agreement_says(agreement):
    assert "go on earning" in flat(agreement)
    stopped = replace(agreement, royalty=replace(agreement.royalty, after_withdrawal="stop"))
    assert "earn nothing more from then on" in flat(stopped)


def test_the_title_is_the_one_in_the_language_of_the_notice(agreement):
    two = replace(agreement, title={"de": "Vereinbarung", "en": "Agreement on filming"})
    assert '"Agreement on filming"' in flat(two)
    assert '"Vereinbarung"' in flat(replace(agreement, title={"de": "Vereinbarung"}))


def test_lines_fit_a_terminal(agreement):
    assert max(len(line) for line in render_notice(agreement, "en").text.splitlines()) <= 88


def test_without_a_notice_in_the_language_nobody_can_say_yes(agreement):
    with pytest.raises(NoNoticeError, match='in the language "xx"') as caught:
        render_notice(agreement, "xx")
    assert caught.value.rule == "R1"
    assert caught.value.available == languages()


@pytest.mark.parametrize("language", languages())
def test_every_language_says_every_term(agreement, language):
    text = " ".join(render_notice(agreement, language).text.split())
    figures = ("line-2026", "Line Union, Line Works", "2026-01-01", "2028-12-31", "72", "30", "IN, EU")
    money = ("2,500.00 INR", "250.00 INR", "20 %", "50 %", "0.05 INR")
    for term in (*figures, *money, "(train-robot-skill)", "(research)", "tacit consent withdraw", "ab" * 8):
        assert term in text
    assert "{" not in text


@pytest.mark.parametrize("language", languages())
def test_lines_fit_a_terminal_in_every_script(agreement, language):
    assert max(count_columns(line) for line in render_notice(agreement, language).text.splitlines()) <= 88


def test_what_becomes_of_the_data_after_a_withdrawal_follows_the_law_of_the_place(agreement):
    assert "locked away for one year" in flat(agreement)
    for place in ("DE", "EU", "US"):
        elsewhere = flat(replace(agreement, jurisdiction=place))
        assert "destroyed at once" in elsewhere
        assert "locked away" not in elsewhere


@pytest.mark.parametrize(
    ("jurisdiction", "time"),
    [("IN", "90 days"), ("DE", "one month"), ("EU", "one month"), ("NO", "one month"), ("US", "30 days")],
)
def test_the_time_for_an_answer_follows_the_law_of_the_place(agreement, jurisdiction, time):
    assert f"The answer must come within {time}." in flat(replace(agreement, jurisdiction=jurisdiction))


def test_r4_a_standing_release_is_explained_with_its_review_time(agreement):
    assert "72 hours after you can look at it. You can take that back at any time." in flat(agreement)


@pytest.mark.parametrize("language", ["bn", "hi", "kn", "ta"])
def test_r1_a_draft_says_so_on_top_and_has_no_digest_to_say_yes_to(agreement, language):
    notice = render_notice(agreement, language)
    draft = mark_draft(notice, find_catalogue(language))
    assert draft.text.startswith(find_catalogue(language).text("notice.draft")[:20])
    assert "DRAFT. No named reviewer" in draft.text
    assert draft.text.endswith(notice.text)
    assert draft.digest == ""
