"""A record as plain JSON that people and other programs can read; not the form in which the shop keeps it."""

import dataclasses
from datetime import date, datetime
from enum import Enum
from typing import Any


def as_plain(value: Any) -> Any:
    """A record, and all that is in it, as dictionaries, lists, texts and numbers.

    Moments and days are ISO 8601; sets are sorted; amounts keep their minor units and their currency.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, frozenset | set):
        return sorted(as_plain(item) for item in value)
    if isinstance(value, tuple | list):
        return [as_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | datetime) else value
