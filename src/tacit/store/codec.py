"""Records as canonical JSON and back, bit for bit.

Fractions have no canonical form, so they travel as C99 hexadecimal text (`0x1.8p+1`), which holds every bit of a
double. Moments come back in UTC. A field that a record does not have is damage, and so is one that it lacks. But a
field that came later has a default in the record, which says that nobody knew; old bytes may lack it.
"""

import dataclasses
import json
import types
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from tacit.records.errors import CatalogueDamageError
from tacit.seal.canonical import canonical_json

Record = TypeVar("Record")


def encode_record(record: Any) -> bytes:
    """Write a frozen record as canonical JSON, its fractions in hexadecimal."""
    return canonical_json(_without_floats(record))


def decode_record(kind: type[Record], content: bytes | str) -> Record:
    """Read a record that `encode_record` wrote.

    Raises:
        CatalogueDamageError: The content is not a record of this kind.
    """
    try:
        record: Record = _as_record(kind, json.loads(content))
    except (ValueError, KeyError, TypeError) as error:
        raise CatalogueDamageError(f"a stored {kind.__name__} has another form than it should") from error
    return record


def _without_floats(value: Any) -> Any:
    if isinstance(value, float):
        return float(value).hex()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _without_floats(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, (tuple, list)):
        return [_without_floats(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_floats(item) for key, item in value.items()}
    return value


def _as_record(kind: Any, plain: Any) -> Any:
    hints, came_later = _hints(kind)
    if not isinstance(plain, dict) or not hints.keys() - came_later <= plain.keys() <= hints.keys():
        raise KeyError(kind.__name__)
    return kind(**{name: _as_type(hints[name], value) for name, value in plain.items()})


@cache
def _hints(kind: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """Field types of a record, and the fields that came later; worked out once per class."""
    hints, fields = get_type_hints(kind), dataclasses.fields(kind)
    came_later = frozenset(field.name for field in fields if field.default is not dataclasses.MISSING)
    return {field.name: hints[field.name] for field in fields}, came_later


def _as_type(hint: Any, plain: Any) -> Any:
    """Give a JSON value the type that a record's field asks for."""
    origin = get_origin(hint)
    if origin is not None:
        return _as_collection(origin, get_args(hint), plain)
    if hint is float:
        return float.fromhex(plain)
    if hint is datetime:
        return datetime.fromisoformat(plain)
    if hint is date:
        return date.fromisoformat(plain)
    if dataclasses.is_dataclass(hint):
        return _as_record(hint, plain)
    if issubclass(hint, Enum):
        return hint(plain)
    if type(plain) is not hint:  # exactly: a bool is no int here
        raise TypeError(hint.__name__)
    return plain


def _as_collection(origin: Any, arguments: tuple[Any, ...], plain: Any) -> Any:
    if origin is tuple and arguments[1:] == (Ellipsis,):
        return tuple(_as_type(arguments[0], item) for item in plain)
    if origin is tuple:
        return tuple(_as_type(hint, item) for hint, item in zip(arguments, plain, strict=True))
    if origin is frozenset:
        return frozenset(_as_type(arguments[0], item) for item in plain)
    if origin is dict:
        return {key: _as_type(arguments[1], item) for key, item in plain.items()}
    if origin is types.UnionType and plain is None:
        return None
    if origin is types.UnionType:
        return _as_type(next(hint for hint in arguments if hint is not types.NoneType), plain)
    raise TypeError(str(origin))
