"""What is typed at the command line and read by us, not by Typer."""

from datetime import UTC, datetime

import pytest

from tacit.cli.options import read_moment
from tacit.records.errors import BadNameError


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2026-01-31T08:30:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-14:00"],
    ids=["a word", "without an offset", "before all time", "after all time"],
)
def test_moment_that_is_none_is_told(text):
    with pytest.raises(BadNameError, match="a date and time with its offset"):
        read_moment(text)


def test_moment_is_read_in_utc():
    assert read_moment("2026-01-31T08:30:00+05:30") == datetime(2026, 1, 31, 3, tzinfo=UTC)
