"""By when a complaint has to be answered, by the law of the place; pure."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from tacit.records.places import GDPR_PLACES


@dataclass(frozen=True)
class AnswerTime:
    """How long an answer may take: `days`, or one calendar month where `days` is 0; and where that is written."""

    days: int
    source: str


_INDIA = AnswerTime(90, "Digital Personal Data Protection Rules, 2025, rule 14(3): at most 90 days")
_GDPR = AnswerTime(0, "GDPR, article 12(3): one month")
_OTHERS = AnswerTime(30, "no law that we know of sets a time there; 30 days are our own choice")


def find_answer_time(jurisdiction: str) -> AnswerTime:
    """How long an answer may take in a country (ISO 3166-1 alpha-2, or "EU")."""
    if jurisdiction == "IN":
        return _INDIA
    return _GDPR if jurisdiction in GDPR_PLACES else _OTHERS


def find_due_day(jurisdiction: str, opened_on: date) -> date:
    """The last day for an answer.

    A month ends on the day of the same number in the next month, or on that month's last day where it is shorter.

    Source: Regulation (EEC, Euratom) No 1182/71, article 3(2)(c), for how a month is counted.
    """
    time = find_answer_time(jurisdiction)
    if time.days:
        return opened_on + timedelta(days=time.days)
    year, month = (opened_on.year, opened_on.month + 1) if opened_on.month < 12 else (opened_on.year + 1, 1)
    return date(year, month, min(opened_on.day, calendar.monthrange(year, month)[1]))
