from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tacit.pages.statement_page import render_statement
from tacit.records.money import Money
from tacit.records.statement import FilmingLine, OtherLine, Statement, StatementTotal
from tacit.words.catalogue import find_catalogue, languages

MOMENT = datetime(2026, 11, 3, 10, tzinfo=UTC)


def inr(minor):
    return Money("INR", minor)


@pytest.fixture
def statement():
    return Statement(
        "w-a",
        MOMENT,
        (
            FilmingLine(
                "filming:rec-1", MOMENT, "rec-1", MOMENT, "pour", 42_500, 17_500, inr(250_000), inr(25_000), inr(3073)
            ),
            OtherLine("payout:1", MOMENT, "bank transfer", True, inr(-1000)),
        ),
        (StatementTotal(inr(3073), inr(0), inr(0), inr(1000), inr(2073)),),
    )


def plain(page):
    return " ".join(page.text.replace("\N{NO-BREAK SPACE}", " ").split())


def test_the_page_stands_alone_and_adds_up_before_the_readers_eyes(statement, read_page):
    text = plain(read_page(render_statement(statement, "asha", "en")))
    assert "For asha, as of 2026-11-03." in text
    assert "42.500 s x 2,500.00 INR an hour" in text
    assert "For filming 30.73 INR + From licences 0.00 INR \N{MINUS SIGN} Paid out to you 10.00 INR" in text
    assert "= Owed to you 20.73 INR" in text


def test_corrections_are_in_the_sum_only_where_there_are_any(statement, read_page):
    assert "Corrections" not in plain(read_page(render_statement(statement, "asha", "en")))
    corrected = replace(statement, totals=(replace(statement.totals[0], corrections=inr(-73), owed=inr(2000)),))
    assert "+ Corrections -0.73 INR" in plain(read_page(render_statement(corrected, "asha", "en")))


def test_it_says_how_to_check_it_in_the_smallest_unit_of_the_currency(statement, read_page):
    text = plain(read_page(render_statement(statement, "asha", "en")))
    assert "divide by 3,600" in text
    assert "rounded down to 0.01 INR" in text


def test_every_currency_has_a_sum_of_its_own(statement, read_page):
    yen = StatementTotal(*(Money("JPY", minor) for minor in (7, 0, 0, 0, 7)))
    text = plain(read_page(render_statement(replace(statement, totals=(*statement.totals, yen)), "asha", "en")))
    assert "= Owed to you 20.73 INR" in text
    assert "= Owed to you 7 JPY" in text


def test_a_language_without_words_is_told_and_not_passed_over(statement, read_page):
    page = read_page(render_statement(statement, "asha", "xx"))
    assert "no words in the language xx yet" in page.text
    assert page.of("html") == [{"lang": "en"}]
    assert "no words in the language" not in read_page(render_statement(statement, "asha", "en")).text


def test_nothing_booked_is_said_in_a_sentence(read_page):
    page = read_page(render_statement(Statement("w-a", MOMENT, (), ()), "asha", "en"))
    assert "Nothing has been booked for you yet." in page.text
    assert page.of("table") == []


def test_what_people_typed_cannot_become_part_of_the_page(statement, read_page):
    typed = replace(statement.lines[0], task="<script>x</script>")
    page = read_page(render_statement(replace(statement, lines=(typed,)), "<b>asha</b>", "en"))
    assert "<script>x</script>" in page.text
    assert "For <b>asha</b>" in page.text


def test_an_amount_is_never_torn_from_its_currency(statement):
    html = render_statement(statement, "asha", "en")
    assert "29.5138...\N{NO-BREAK SPACE}INR" in html
    assert "42.500\N{NO-BREAK SPACE}s" in html


@pytest.mark.parametrize("language", languages())
def test_there_is_a_statement_in_every_language(statement, read_page, language):
    page = read_page(render_statement(statement, "asha", language))
    assert page.of("html") == [{"lang": language}]
    assert find_catalogue(language).text("statement.title") in page.text
    assert "20.73" in page.text
