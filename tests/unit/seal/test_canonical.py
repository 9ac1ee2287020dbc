"""The canonical form: known answers of RFC 8785, our own forms, and what is refused."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.records.errors import NotCanonicalError
from tacit.records.purposes import Purpose
from tacit.seal.canonical import INTEGER_MAX, canonical_json

INDIA = timezone(timedelta(hours=5, minutes=30))

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def test_keys_are_sorted_as_rfc_8785_shows() -> None:
    # RFC 8785 section 3.2.3: the order is that of UTF-16 code units, so U+1F600 comes before U+FB33.
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert list(json.loads(canonical_json(value)).values()) == [2, 4, 6, 7, 1, 5, 3]


def test_text_is_escaped_as_rfc_8785_shows() -> None:
    # RFC 8785 section 3.2.2.2
    assert canonical_json('\u20ac$\u000f\nA\'B"\\\\"/\x7f') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f"'.encode()


@settings(deadline=None, max_examples=50)
@given(plain)
def test_plain_values_come_back(value: Any) -> None:
    assert json.loads(canonical_json(value)) == value


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.text(), plain))
def test_order_of_insertion_does_not_matter(value: dict[str, Any]) -> None:
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


def test_our_own_forms() -> None:
    @dataclass(frozen=True)
    class Inner:
        day: date

    @dataclass(frozen=True)
    class Outer:
        moment: datetime
        inner: Inner
        purposes: frozenset[Purpose]
        pair: tuple[int, None]

    value = Outer(
        datetime(2026, 11, 20, 5, 30, tzinfo=INDIA),
        Inner(date(2026, 11, 20)),
        frozenset({Purpose.TRAIN_ROBOT_SKILL, Purpose.RESEARCH}),
        (-3, None),
    )
    assert canonical_json(value) == (
        b'{"inner":{"day":"2026-11-20"},"moment":"2026-11-20T00:00:00.000000Z","pair":[-3,null],'
        b'"purposes":["research","train-robot-skill"]}'
    )


def test_same_moment_in_two_zones_has_one_form() -> None:
    moment = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert canonical_json(moment) == canonical_json(moment.astimezone(INDIA))


def test_sets_of_records_have_one_order() -> None:
    members = [(n, str(n)) for n in range(50)]
    assert canonical_json(frozenset(members)) == canonical_json(frozenset(reversed(members)))


class Number(Enum):
    """An enumeration that is no text."""

    ONE = 1


@pytest.mark.parametrize(
    "value",
    [
        0.5,
        1.0,
        float("nan"),
        {"deep": [{"er": 0.1}]},
        INTEGER_MAX + 1,
        -INTEGER_MAX - 1,
        datetime(2026, 11, 20),  # noqa: DTZ001 - the point is that it has no zone
        b"bytes",
        {1: "a key that is no text"},
        "half a pair \ud800",
        {"\ud800": 1},
        Number.ONE,
        Purpose,
        object(),
    ],
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonicalError):
        canonical_json(value)
