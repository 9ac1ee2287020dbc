"""A worker's statement as a page: every line with its sum, the total, and how to check both by hand."""

import re

from tacit.pages.templating import render_template
from tacit.records.statement import Statement, StatementTotal
from tacit.words.catalogue import Catalogue, english, find_catalogue
from tacit.words.figures import smallest_unit
from tacit.words.statement_text import explain_line

# The spaces between a figure and its unit, where a line must not break.
_UNIT_SPACE = re.compile(r"(?<=[0-9.]) (?=[A-Z]{3}\b|s\b|%)")


def render_statement(statement: Statement, label: str, language: str) -> str:
    """Write a statement: one HTML file that needs nothing but itself.

    Args:
        statement: The lines and totals.
        label: Whom it is for, as they want to be called; the account's id where that is no longer known.
        language: BCP 47 tag; where there are no words in it, the page is in English and says so.
    """
    found = find_catalogue(language)
    catalogue = found or english()
    return render_template(
        "statement.html",
        t=catalogue.text,
        language=catalogue.language,
        fallback_from="" if found else language,
        label=label,
        on=statement.computed_at.date().isoformat(),
        tie=lambda text: _UNIT_SPACE.sub("\N{NO-BREAK SPACE}", text),
        lines=[(line, explain_line(line, catalogue)) for line in statement.lines],
        totals=[(total.owed, _sum_lines(total, catalogue)) for total in statement.totals],
        units=", ".join(str(smallest_unit(total.owed.currency)) for total in statement.totals),
    )


def _sum_lines(total: StatementTotal, catalogue: Catalogue) -> list[tuple[str, str, str]]:
    """The sum of one currency line by line: sign, name and amount; corrections only where there are any."""
    lines = [
        ("", catalogue.text("statement.total.filming"), str(total.filming)),
        ("+", catalogue.text("statement.total.shares"), str(total.shares)),
    ]
    if total.corrections.amount_minor:
        lines.append(("+", catalogue.text("statement.total.corrections"), str(total.corrections)))
    return [*lines, ("\N{MINUS SIGN}", catalogue.text("statement.total.paid_out"), str(total.paid_out))]
