from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tacit.records.grievance import Grievance, GrievanceAnswer
from tacit.words.catalogue import languages
from tacit.words.grievance_text import grievance_in_words

MOMENT = datetime(2026, 11, 3, 10, tzinfo=UTC)
DUE = date(2027, 2, 1)


@pytest.fixture
def grievance():
    return Grievance("gr-1", "w-1", "line-2026", "Nobody asked me.\nThe camera was on.", MOMENT, DUE)


def test_a_complaint_is_quoted_as_typed_with_its_last_day(grievance):
    text = grievance_in_words(grievance, "en", date(2026, 12, 1))
    assert "YOUR COMPLAINT gr-1" in text
    assert "   Nobody asked me.\n   The camera was on.\n" in text
    assert "An answer is due by 2027-02-01.\nThere is no answer yet." in text
    assert "overdue" not in text


def test_what_is_overdue_says_so_and_what_came_late_too(grievance):
    after = date(2027, 2, 2)
    assert "The answer is overdue." in grievance_in_words(grievance, "en", after)
    late = replace(grievance, answers=(GrievanceAnswer("Sorry.", datetime(2027, 2, 3, tzinfo=UTC)),))
    assert "The answer came after that day." in grievance_in_words(late, "en", after)
    answered = replace(grievance, answers=(GrievanceAnswer("Sorry.", MOMENT),))
    text = grievance_in_words(answered, "en", after)
    assert "overdue" not in text
    assert "came after" not in text


def test_answers_say_who_gave_them(grievance):
    answers = (GrievanceAnswer("We look.", MOMENT), GrievanceAnswer("It stops.", MOMENT, "union", "ff"))
    text = grievance_in_words(replace(grievance, answers=answers), "en", date(2026, 12, 1))
    assert "by whoever runs the shop:\n\n   We look." in text
    assert "signed by the steward union:\n\n   It stops." in text


@pytest.mark.parametrize("language", languages())
def test_every_language_has_words_for_a_complaint(grievance, language):
    answered = replace(grievance, answers=(GrievanceAnswer("It stops.", MOMENT, "union", "ff"),))
    text = grievance_in_words(answered, language, DUE)
    assert "{" not in text
    assert all(part in text for part in ("gr-1", "line-2026", "2027-02-01", "union", "It stops."))


def test_a_language_without_words_is_english_and_says_so(grievance):
    assert "There are no words in the language xx yet" in grievance_in_words(grievance, "xx", DUE)
