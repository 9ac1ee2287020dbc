"""The log: an append-only Merkle tree of entries without personal data (rule R9, RFC 6962), and its checkpoints.

Nothing here reads more of the log than it has to: sizes come from the end of an index, a proof is one query, and
entries are read in runs of a few thousand.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, delete, func, insert, select

from tacit.records.errors import ClockSetBackError, LogDamageError
from tacit.seal.canonical import canonical_json
from tacit.seal.merkle import ReadNode, compute_root, consistency_proof, grow, inclusion_proof, leaf_hash
from tacit.store import tables
from tacit.store.rows import Rows

CLOCK_CORRECTED = "clock-corrected"
"""Kind of the entry by which somebody says that the clock was wrong before; it may be older than the last one."""

_BACK_MAX = timedelta(seconds=60)  # how far two clocks, or a wait for the write lock, may set a moment back
_RUN = 4096  # entries read at a time

Result = TypeVar("Result")


class LogRows(Rows):
    """Rows of the log: entries as canonical JSON, the hash of every whole subtree, and signed checkpoints."""

    def append_log(self, entries: Sequence[dict[str, Any]]) -> int:
        """Append entries; durable when this returns. Returns the log's new size.

        Raises:
            NotCanonicalError: An entry has no canonical form; nothing was appended.
            ClockSetBackError: An entry is more than a minute older than the last one; nothing was appended.
        """
        bodies = [canonical_json(entry) for entry in entries]
        with self._database.writing() as connection:
            size = _size(connection)
            if bodies:
                _check_clock(connection, size, entries)
                leaves = [leaf_hash(body) for body in bodies]
                nodes = _walk(connection, lambda read: grow(size, leaves, read), lambda read: grow(size, (), read))
                texts = [(index, body.decode()) for index, body in enumerate(bodies, start=size)]
                _insert(connection, tables.log_entries, texts)
                _insert(connection, tables.log_nodes, nodes)
        return size + len(bodies)

    def log_moment(self) -> datetime | None:
        """The moment of the last entry; None where there is none."""
        with self._database.reading() as connection:
            return _last_moment(connection, _size(connection))

    def log_entries(self) -> list[dict[str, Any]]:
        """All log entries, in order, as JSON holds them; each is checked against its hash, and all against the root.

        Raises:
            LogDamageError: An entry was changed, or the tree above it was.
        """
        with self._database.reading() as connection:
            nodes: dict[tuple[int, int], bytes] = {}
            entries: list[dict[str, Any]] = []
            size = _size(connection)
            leaves = select(func.max(tables.log_nodes.c.node_index)).filter_by(level=0)
            if connection.execute(leaves).scalar() != (size - 1 if size else None):
                raise LogDamageError(f"entry {size}")
            for body in _checked_bodies(connection, 0, size):
                for level, index, digest in grow(len(entries), [leaf_hash(body.encode())], lambda *at: nodes[at]):
                    nodes[level, index] = digest
                entries.append(json.loads(body))
            if compute_root(size, lambda *at: nodes[at]) != _root(connection, size):
                raise LogDamageError("the tree")
        return entries

    def read_log(self, start: int = 0, stop: int | None = None) -> Iterator[dict[str, Any]]:
        """Entries [start, stop) of the log, a few thousand in memory at a time; each is checked against its hash.

        Raises:
            LogDamageError: An entry is not the one that was appended.
        """
        end = self.log_root()[0] if stop is None else stop
        for first in range(start, end, _RUN):
            with self._database.reading() as connection:
                bodies = list(_checked_bodies(connection, first, min(first + _RUN, end)))
            yield from map(json.loads, bodies)

    def log_root(self, size: int | None = None) -> tuple[int, str]:
        """Size and root hash (hex) of the log, or of its first `size` entries.

        Raises:
            LogDamageError: The log has fewer entries, or a hash is gone.
        """
        with self._database.reading() as connection:
            wanted = _size(connection) if size is None else size
            return wanted, _root(connection, wanted).hex()

    def log_inclusion(self, index: int, size: int) -> list[bytes]:
        """Hashes that lead from an entry to the root over the first `size` entries.

        Raises:
            LogDamageError: A hash is gone.
        """
        with self._database.reading() as connection:
            return _walk(connection, lambda read: inclusion_proof(index, size, read))

    def log_consistency(self, old_size: int, new_size: int) -> list[bytes]:
        """Hashes that show the first `old_size` entries to be unchanged in the larger log.

        Raises:
            LogDamageError: A hash is gone.
        """
        with self._database.reading() as connection:
            return _walk(connection, lambda read: consistency_proof(old_size, new_size, read))

    def log_bodies(self, start: int, stop: int) -> list[tuple[int, str]]:
        """Index and text of the entries in [start, stop), as they lie there; nothing is checked."""
        entries = tables.log_entries
        statement = select(entries.c.entry_index, entries.c.body).where(
            entries.c.entry_index >= start, entries.c.entry_index < stop
        )
        with self._database.reading() as connection:
            rows = connection.execute(statement.order_by(entries.c.entry_index))
            return [(index, body) for index, body in rows]

    def log_hashes(self, level: int, start: int, stop: int) -> list[tuple[int, bytes]]:
        """Index and hash of the stored nodes of one level in [start, stop), as they lie there; nothing is checked."""
        nodes = tables.log_nodes
        statement = select(nodes.c.node_index, nodes.c.hash).where(
            nodes.c.level == level, nodes.c.node_index >= start, nodes.c.node_index < stop
        )
        with self._database.reading() as connection:
            rows = connection.execute(statement.order_by(nodes.c.node_index))
            return [(index, digest) for index, digest in rows]

    def log_counts(self) -> tuple[int, int, int]:
        """Size of the log, and how many entries and how many hashes there are, counted one by one.

        All three are of one moment, whoever else is writing.
        """
        counts = (
            select(func.count()).select_from(table).scalar_subquery()
            for table in (tables.log_entries, tables.log_nodes)
        )
        end = select(func.coalesce(func.max(tables.log_entries.c.entry_index) + 1, 0)).scalar_subquery()
        with self._database.reading() as connection:
            size, n_entries, n_hashes = connection.execute(select(end, *counts)).one()
        return size, n_entries, n_hashes

    def set_checkpoint(self, size: int, note: str) -> None:
        """Put down a signed checkpoint; a note of the same size takes the place of the one before."""
        checkpoints = tables.log_checkpoints
        with self._database.writing() as connection:
            connection.execute(delete(checkpoints).where(checkpoints.c.size == size))
            connection.execute(insert(checkpoints).values(size=size, body=note))

    def checkpoints(self) -> list[tuple[int, str]]:
        """Every checkpoint: its size and its note, the smallest first."""
        checkpoints = tables.log_checkpoints
        with self._database.reading() as connection:
            rows = connection.execute(select(checkpoints).order_by(checkpoints.c.size)).all()
        return [(row.size, row.body) for row in rows]


def _insert(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Put in rows, column by column as the table has them; half the time that SQLAlchemy takes over each row."""
    names, signs = ", ".join(table.c.keys()), ", ".join([_sign(connection)] * len(table.c))
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({signs})", rows)  # noqa: S608 - our names


def _check_clock(connection: Connection, size: int, entries: Sequence[dict[str, Any]]) -> None:
    """Check that no entry is older than the end of the log; one by which a clock was set right may be."""
    last = _last_moment(connection, size)
    for entry in entries:
        moment = datetime.fromisoformat(entry["at"]) if "at" in entry else last
        is_free = entry.get("kind") == CLOCK_CORRECTED
        if not is_free and moment is not None and last is not None and moment < last - _BACK_MAX:
            raise ClockSetBackError(moment.isoformat(timespec="seconds"), last.isoformat(timespec="seconds"))
        last = moment


def _last_moment(connection: Connection, size: int) -> datetime | None:
    body = connection.execute(select(tables.log_entries.c.body).filter_by(entry_index=size - 1)).scalar()
    try:
        at = json.loads(body).get("at") if body else None
        return datetime.fromisoformat(at) if at else None
    except (ValueError, TypeError, AttributeError) as error:
        raise LogDamageError(f"entry {size - 1}") from error


def _size(connection: Connection) -> int:
    last = func.max(tables.log_entries.c.entry_index)
    return int(connection.execute(select(func.coalesce(last + 1, 0))).scalar_one())


def _root(connection: Connection, size: int) -> bytes:
    return _walk(connection, lambda read: compute_root(size, read))


def _checked_bodies(connection: Connection, start: int, stop: int) -> Iterator[str]:
    """Texts of entries, each checked against its hash and none left out."""
    entries, nodes = tables.log_entries, tables.log_nodes
    for first in range(start, stop, _RUN):
        end = min(first + _RUN, stop)
        of_entries = select(entries).where(entries.c.entry_index >= first, entries.c.entry_index < end)
        of_leaves = select(nodes).where(nodes.c.level == 0, nodes.c.node_index >= first, nodes.c.node_index < end)
        rows = connection.execute(of_entries.order_by(entries.c.entry_index)).all()
        leaves = connection.execute(of_leaves.order_by(nodes.c.node_index)).all()
        for index, row, leaf in zip_longest(range(first, end), rows, leaves):
            is_there = row is not None and leaf is not None and row.entry_index == leaf.node_index == index
            if not is_there or leaf_hash(row.body.encode()) != leaf.hash:
                raise LogDamageError(f"entry {index}")
            yield row.body


def _walk(
    connection: Connection, walk: Callable[[ReadNode], Result], rehearse: Callable[[ReadNode], Any] | None = None
) -> Result:
    """Walk the tree with one query: a rehearsal with empty hashes tells which nodes are needed.

    Args:
        walk: Reads nodes; which ones must not depend on what they hold.
        rehearse: Reads the same nodes, where that is less work.
    """
    wanted: set[tuple[int, int]] = set()

    def note(level: int, index: int) -> bytes:
        wanted.add((level, index))
        return bytes(32)

    (rehearse or walk)(note)
    found = _fetch(connection, wanted) if wanted else {}

    def read(level: int, index: int) -> bytes:
        if (level, index) not in found:
            raise LogDamageError(f"node {level}/{index}")
        return found[level, index]

    return walk(read)


def _fetch(connection: Connection, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    sign = _sign(connection)
    places = ", ".join([f"({sign}, {sign})"] * len(wanted))
    statement = (
        f"WITH wanted (a, b) AS (VALUES {places}) "  # noqa: S608 - nothing of it comes from outside
        "SELECT level, node_index, hash FROM wanted, log_nodes WHERE level = a AND node_index = b"
    )
    rows = connection.exec_driver_sql(statement, tuple(number for place in sorted(wanted) for number in place))
    return {(row.level, row.node_index): bytes(row.hash) for row in rows}


def _sign(connection: Connection) -> str:
    """What stands for a value in a statement that goes to the driver as it is."""
    return "?" if connection.dialect.paramstyle == "qmark" else "%s"
