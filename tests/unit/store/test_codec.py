"""Records as canonical JSON: every record that is stored comes back equal, its fractions bit for bit."""

import json
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.records.agreement import Agreement
from tacit.records.errors import CatalogueDamageError
from tacit.records.license import License
from tacit.records.marks import Marking
from tacit.records.people import Consent, Release, Withdrawal, Worker
from tacit.records.recording import Outcome, Recording, Stretch
from tacit.seal.canonical import INTEGER_MAX
from tacit.store.codec import decode_record, encode_record

zones = st.sampled_from([timezone.utc, timezone(timedelta(hours=5, minutes=30))])  # noqa: UP017 - a plain zone
for kind, strategy in (
    (int, st.integers(-INTEGER_MAX, INTEGER_MAX)),
    (float, st.floats(allow_nan=False)),
    (datetime, st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=zones)),  # noqa: DTZ001 - bounds
):
    st.register_type_strategy(kind, strategy)


@pytest.mark.parametrize(
    "kind", [Agreement, Worker, Consent, Withdrawal, Release, Recording, Outcome, License, Marking]
)
def test_every_stored_record_comes_back(kind: type) -> None:
    @settings(deadline=None, max_examples=40)
    @given(st.from_type(kind))
    def check(record: Any) -> None:
        assert decode_record(kind, encode_record(record)) == record

    check()


@dataclass(frozen=True)
class Measure:
    """A record with a fraction and something that may be missing."""

    value: float
    note: str | None


@given(st.floats(allow_nan=False), st.none() | st.text())
def test_fractions_keep_every_bit(value: float, note: str | None) -> None:
    back = decode_record(Measure, encode_record(Measure(value, note)))
    assert struct.pack("<d", back.value) == struct.pack("<d", value)
    assert back.note == note


def test_outcome_from_before_masks_were_kept_still_loads_and_says_that_nobody_knew() -> None:
    came_later = {"masks_key": "", "covered_share": None, "marks": []}
    outcome = Outcome("r-1", "u-1", True, True, "", "v", "t", 64, 48, 30, 9, 0.5, 0.25, 0, (), 1, 2, 3, 4)
    fields = json.loads(encode_record(outcome))
    assert came_later.items() <= fields.items()
    old = {name: value for name, value in fields.items() if name not in came_later}
    assert decode_record(Outcome, json.dumps(old)) == outcome
    del old["cpu_ms"]
    with pytest.raises(CatalogueDamageError):
        decode_record(Outcome, json.dumps(old))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b'{"start_frame":1}',
        b'{"start_frame":1,"end_frame":2,"more":3}',
        b'{"start_frame":1,"end_frame":"2"}',
        b'{"start_frame":1,"end_frame":true}',
        b'{"start_frame":1,"end_frame":null}',
        b"\xff",
    ],
)
def test_what_is_no_such_record_is_damage(content: bytes) -> None:
    with pytest.raises(CatalogueDamageError, match="stored Stretch"):
        decode_record(Stretch, content)
