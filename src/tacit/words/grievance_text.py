"""A complaint and its answers as the worker reads them, in their language; the texts themselves stay as typed."""

from datetime import date

from tacit.records.grievance import Grievance
from tacit.words.catalogue import english, find_catalogue
from tacit.words.layout import wrap


def grievance_in_words(grievance: Grievance, language: str, today: date) -> str:
    """Write a complaint with its answers and its last day.

    Args:
        grievance: The complaint.
        language: BCP 47 tag of the worker's language; where there are no words in it, English that says so.
        today: The day in UTC, to say what is overdue.
    """
    catalogue = find_catalogue(language) or english()
    text = catalogue.text
    blocks = [[text("grievance.title", grievance_id=grievance.grievance_id)]]
    if find_catalogue(language) is None:
        blocks.append(wrap(text("grievance.fallback", language=language)))
    opened_on = grievance.opened_at.date().isoformat()
    blocks.append(wrap(text("grievance.opened", on=opened_on, agreement_id=grievance.agreement_id)))
    blocks.append(_quote(grievance.text))
    due = wrap(text("grievance.due", due_on=grievance.due_on.isoformat()))
    if not grievance.answers:
        due += wrap(text("grievance.waiting"))
    if grievance.is_overdue(today):
        due += wrap(text("grievance.late" if grievance.answers else "grievance.overdue"))
    blocks.append(due)
    for answer in grievance.answers:
        on = answer.answered_at.date().isoformat()
        by_steward = text("grievance.answer.steward", on=on, steward_id=answer.steward_id)
        blocks.append(wrap(by_steward if answer.steward_id else text("grievance.answer", on=on)))
        blocks.append(_quote(answer.text))
    blocks.append(wrap(text("grievance.next")))
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _quote(text: str) -> list[str]:
    return [line for paragraph in text.splitlines() for line in wrap(paragraph, "   ", "   ")]
