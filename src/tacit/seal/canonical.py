"""One byte form of a value, so that what is signed, hashed or compared is the same on every machine.

The form is that of RFC 8785 (JSON Canonicalization Scheme) for objects, arrays, strings, integers, true, false and
null: keys sorted by UTF-16 code units, no spaces, shortest escapes, UTF-8. We leave out its section 3.2.2.3, the
printing of fractions: floats are refused. Integers that a double cannot hold exactly (beyond 2**53 - 1) are refused
too, as the RFC advises. Dates, moments, enumerations, sets and records have the forms that `canonical_json` names;
those are ours.
"""

import dataclasses
import json
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from tacit.records.errors import NotCanonicalError

# One encoder for all: the log writes tens of thousands of small objects a second.
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode

INTEGER_MAX = 2**53 - 1  # RFC 8785 section 3.2.2.3 and appendix D: larger ones do not survive a JSON number


def canonical_json(value: Any) -> bytes:
    """Write a value in its one byte form.

    Args:
        value: None, bool, int, str, a text enumeration (its value), date ("2026-11-20"), aware datetime (in UTC, always
            six digits of microseconds and Z), list or tuple (array), frozenset or set (array, sorted by the canonical
            bytes of its members), dict with text keys, or dataclass instance (object by field name), nested at will.

    Returns:
        UTF-8 JSON without a line end.

    Raises:
        NotCanonicalError: There is a float, a moment without its offset, an integer beyond 2**53 - 1, a lone
            surrogate, a key that is no text, or a type that is not listed above.
    """
    try:
        return _write(_plain(value)).encode()
    except UnicodeEncodeError as error:
        raise NotCanonicalError("A text with half a surrogate pair", "Use whole Unicode characters.") from error


def utc_text(moment: datetime) -> str:
    """Write a moment in UTC with microseconds, such as 2026-11-20T09:30:00.000000Z; sorts as it lies in time."""
    if moment.utcoffset() is None:
        raise NotCanonicalError("A moment without its offset from UTC", "Give it a time zone.")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _plain(value: Any) -> Any:
    """Turn a value into dicts, lists and scalars that `json.dumps` writes canonically as they stand."""
    if type(value) is str or value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value.value) if isinstance(value, Enum) else value
    if isinstance(value, int):
        return _plain_integer(value)
    if isinstance(value, datetime):  # before date, which it is a kind of
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (frozenset, set)):
        return [json.loads(member) for member in sorted(canonical_json(item) for item in value)]
    if isinstance(value, dict):
        return _plain_object(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain_object({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    raise NotCanonicalError(f"A value of type {type(value).__name__}", "Use text or an integer for it.")


def _plain_integer(value: int) -> int:
    if isinstance(value, Enum):
        raise NotCanonicalError(f"A value of type {type(value).__name__}", "Use a text enumeration.")
    if abs(value) > INTEGER_MAX:
        raise NotCanonicalError("An integer beyond 2**53 - 1", "Write it as text.")
    return value


def _plain_object(items: dict[Any, Any]) -> dict[str, Any]:
    for key in items:
        if not isinstance(key, str):
            raise NotCanonicalError(f"A key of type {type(key).__name__}", "Use text for keys.")
    if all(type(key) is str and key.isascii() for key in items):  # the same order, without writing every key anew
        return {key: _plain(items[key]) for key in sorted(items)}
    # surrogatepass: a lone surrogate in a key is found when the whole text is encoded, with a plain sentence
    ordered = sorted(items, key=lambda key: str(key).encode("utf-16-be", "surrogatepass"))
    return {str(_plain(key)): _plain(items[key]) for key in ordered}
