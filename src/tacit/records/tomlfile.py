"""TOML files that people write: read typed, with every fault collected at once, each with its line.

In: a path. Out: typed values through `Table`, and one FaultyFileError with all faults from `TomlFile.check`.
Must never guess: a missing or malformed value is a fault, not a default.
"""

import re
import tomllib
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tacit.records.errors import Fault, FaultyFileError, UnreadableFileError
from tacit.records.oneline import find_control

_Path = tuple[str | int, ...]

_GROUP_LINES_MAX = 500  # of one value; without a bound, a bracket left open makes a long file take forever
_KEY_PARTS_MAX = 8  # of a dotted key whose own line is kept; no file of ours nests deeper, and a hostile one may


class TomlFile:
    """One TOML file, its values, the line of every key, and the faults found so far."""

    def __init__(self, path: Path) -> None:
        """Read and parse a file.

        Raises:
            UnreadableFileError: There is no such file, or it may not be read.
            FaultyFileError: It is no TOML; every line that does not parse is listed.
        """
        self.name = path.name
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise UnreadableFileError(str(path), error.strerror or "cannot be read") from error
        self.faults: list[Fault] = []
        self._lines: dict[_Path, int] = {}
        try:
            self.text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            fault = Fault(self.name, line, "this line is not UTF-8 text; save the file as UTF-8.")
            raise FaultyFileError([fault]) from error
        self._locate()
        self.check()
        try:
            values = _parse(self.text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"\(at line (\d+)", str(error))
            line = int(found.group(1)) if found else 0
            fault = Fault(self.name, line, f"not valid TOML: {str(error).split(' (at ')[0]}.")
            raise FaultyFileError([fault]) from error
        self.root = Table(self, values, ())

    def _locate(self) -> None:
        """Find the line of every key by parsing the smallest groups of lines that are TOML by themselves."""
        lines = self.text.split("\n")
        prefix: _Path = ()
        counts: dict[_Path, int] = {}
        at = 0
        while at < len(lines):
            end, parsed = _parse_group(lines, at)
            if parsed is None:
                self.faults.append(Fault(self.name, at + 1, f"this line is not valid TOML: {lines[at].strip()[:60]}"))
            elif lines[at].lstrip().startswith("["):
                prefix = self._enter(parsed, counts)
                self._lines.setdefault(prefix, at + 1)
            else:
                for key in _paths(parsed):
                    self._lines.setdefault(prefix + key, at + 1)
            at = end

    def _enter(self, header: dict[str, Any], counts: dict[_Path, int]) -> _Path:
        path: _Path = ()
        value: Any = header
        while value:
            if isinstance(value, list):
                counts[path] = counts.get(path, -1) + 1
                path = (*path, counts[path])
                value = value[0]
            else:
                key, value = next(iter(value.items()))
                path = (*path, key)
                if path in counts and not isinstance(value, list):
                    path = (*path, counts[path])
        return path

    def line(self, path: _Path) -> int:
        """The line of a key, or of the nearest table around it; 0 where the file has none."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 0)

    def fault(self, path: _Path, sentence: str) -> None:
        """Put down a fault at a key."""
        self.faults.append(Fault(self.name, self.line(path), sentence))

    def check(self) -> None:
        """Raise all faults found so far, in the order of their lines.

        Raises:
            FaultyFileError: There is at least one fault.
        """
        if self.faults:
            raise FaultyFileError(sorted(self.faults, key=lambda fault: fault.line))


class Table:
    """One table of a TOML file. Every getter puts down a fault and returns an empty value where the file is wrong."""

    def __init__(self, file: TomlFile, values: dict[str, Any], path: _Path) -> None:
        self.file = file
        self.path = path
        self._values = values
        self._asked: set[str] = set()

    def fault(self, key: str, sentence: str) -> None:
        """Put down a fault at a key of this table."""
        self.file.fault((*self.path, key), sentence)

    def has(self, key: str) -> bool:
        """True where the key is in the file."""
        return key in self._values

    def keys(self) -> list[str]:
        """The keys of this table, in the order of the file."""
        return list(self._values)

    def _take(self, key: str, kind: type | tuple[type, ...], expected: str) -> Any:
        self._asked.add(key)
        if key not in self._values:
            self.fault(key, f'"{key}" is missing; {expected} is expected.')
            return None
        value = self._values[key]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            self.fault(key, f'"{key}" is {_describe(value)}; {expected} is expected.')
            return None
        control = next(filter(None, (find_control(text) for text in _texts_of(value))), "")
        if control:  # such a text is not repeated either
            self.fault(key, f'"{key}" holds the control character {control}; a text of one plain line is expected.')
            return None
        return value

    def text(self, key: str, pattern: str = r"\S(.*\S)?", expected: str = "a text in quotes") -> str:
        """A text that matches a pattern whole."""
        value = self._take(key, str, expected)
        if value is not None and not re.fullmatch(pattern, value, re.DOTALL):
            self.fault(key, f'"{key}" is "{value[:60]}"; {expected} is expected.')
        return value or ""

    def choice(self, key: str, allowed: Collection[str]) -> str:
        """One of a closed list of words."""
        expected = f"one of {', '.join(sorted(allowed))}"
        value = self._take(key, str, expected)
        if value is not None and value not in allowed:
            self.fault(key, f'"{key}" is "{value[:60]}"; {expected} is expected.')
            return ""
        return value or ""

    def texts(self, key: str, allowed: Collection[str] | None = None, at_least: int = 0) -> tuple[str, ...]:
        """A list of texts without repeats, each from a closed list where one is given."""
        expected = "a list of texts" if allowed is None else f"a list of {', '.join(sorted(allowed))}"
        values = self._take(key, list, expected)
        if values is None:
            return ()
        for value in values:
            if not isinstance(value, str) or not value.strip() or (allowed is not None and value not in allowed):
                self.fault(key, f'"{key}" holds {_describe(value)}; {expected} is expected.')
            elif values.count(value) > 1:
                self.fault(key, f'"{key}" holds "{value}" more than once.')
                break
        if len(values) < at_least:
            self.fault(key, f'"{key}" holds {len(values)}; at least {at_least} is expected.')
        return tuple(value for value in values if isinstance(value, str))

    def integer(self, key: str, low: int, high: int) -> int:
        """A whole number within bounds."""
        expected = f"a whole number from {low} to {high}"
        value = self._take(key, int, expected)
        if value is not None and not low <= value <= high:
            self.fault(key, f'"{key}" is {_describe(value)}; {expected} is expected.')
        return low if value is None else int(value)

    def boolean(self, key: str) -> bool:
        """True or false."""
        return bool(self._take(key, bool, "true or false"))

    def day(self, key: str) -> date:
        """A date without a time."""
        value = self._take(key, date, "a date such as 2026-01-31")
        if isinstance(value, datetime):
            self.fault(key, f'"{key}" is a date with a time; a date such as 2026-01-31 is expected.')
            return value.date()
        return value or date.min

    def moment(self, key: str) -> datetime:
        """A date and time with its offset, in UTC."""
        expected = "a date and time with its offset, such as 2026-01-31T08:30:00+05:30,"
        value: datetime | None = self._take(key, datetime, expected)
        if value is None:
            return datetime.min.replace(tzinfo=UTC)
        if value.tzinfo is None:
            self.fault(key, f'"{key}" is a time without an offset; {expected} is expected.')
            return value.replace(tzinfo=UTC)
        try:
            return value.astimezone(UTC)
        except OverflowError:
            self.fault(key, f'"{key}" lies before the year 1 or after the year 9999 in UTC; {expected} is expected.')
            return value.replace(tzinfo=UTC)

    def table(self, key: str) -> "Table":
        """A table inside this one; an empty one where it is missing."""
        value = self._take(key, dict, f"a table [{key}]")
        return Table(self.file, value or {}, (*self.path, key))

    def tables(self, key: str) -> list["Table"]:
        """The entries of an array of tables, each from its own [[header]]."""
        values = self._take(key, list, f"at least one [[{key}]]") or []
        found = []
        for index, value in enumerate(values):
            if isinstance(value, dict):
                found.append(Table(self.file, value, (*self.path, key, index)))
            else:
                self.fault(key, f'"{key}" holds {_describe(value)}; tables [[{key}]] are expected.')
        return found

    def close(self) -> None:
        """Put down a fault for every key that nobody asked for: most are misspelt."""
        for key in self._values:
            if key not in self._asked:
                known = ", ".join(sorted(self._asked))
                self.fault(key, f'"{key}" is not a known key here; known are {known}.')


def _parse(text: str) -> dict[str, Any]:
    """Parse TOML.

    Raises:
        tomllib.TOMLDecodeError: It is no TOML, or none that Python can hold.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except (RecursionError, ValueError) as error:  # ValueError: a number of thousands of digits
        raise tomllib.TOMLDecodeError("a value is nested too deep, or a number is too long") from error


def _parse_group(lines: list[str], at: int) -> tuple[int, dict[str, Any] | None]:
    """Parse the shortest run of lines from `at` that is TOML; returns the line after it, and None if there is none."""
    for end in range(at + 1, min(at + _GROUP_LINES_MAX, len(lines)) + 1):
        try:
            return end, _parse("\n".join(lines[at:end]))
        except tomllib.TOMLDecodeError:
            if not _may_go_on("\n".join(lines[at:end])):
                return at + 1, None
    return at + 1, None


def _may_go_on(text: str) -> bool:
    """True where an open bracket or a triple quote may still be closed by a later line."""
    value = text.split("=", 1)[1] if "=" in text else ""
    return value.count("[") > value.count("]") or value.count('"""') % 2 == 1 or value.count("'''") % 2 == 1


def _paths(values: dict[str, Any], n_parts_max: int = _KEY_PARTS_MAX) -> Iterable[_Path]:
    for key, value in values.items():
        yield (key,)
        if isinstance(value, dict) and n_parts_max > 1:
            for rest in _paths(value, n_parts_max - 1):
                yield (key, *rest)


def _texts_of(value: object) -> Iterable[str]:
    return (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))


def _describe(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'the text "{value[:60]}"'
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a number of more than 18 digits"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, datetime):
        return "a date with a time"
    if isinstance(value, date):
        return "a date"
    return "a list" if isinstance(value, list) else "a table"
