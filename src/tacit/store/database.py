"""One database of a shop: connections, transactions, and its errors in our words. SQLite or PostgreSQL.

Whoever writes is alone: a write transaction begins with the write lock of the shop (BEGIN IMMEDIATE in SQLite, an
advisory lock in PostgreSQL), so that it may look first and write after. Readers never wait. SQLite runs with a
write-ahead log and is flushed to disk at every commit.
"""

import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, Delete, Engine, Insert, Table, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.pool import StaticPool

from tacit.records.errors import (
    CatalogueDamageError,
    CatalogueUnavailableError,
    UnfinishedErasureError,
    UnwritableCatalogueError,
)

BUSY_TIMEOUT_S = 60

BeforeCommit = Callable[[Connection, Mapping[str, Collection[Mapping[str, Any]]], Collection[str]], None]
"""Called inside a write transaction before its commit: with what was inserted, by table, and where was deleted."""

# One lock per schema: the schema's name as a 60-bit number.
_POSTGRES_LOCK = "SELECT pg_advisory_xact_lock(('x' || substr(md5(current_schema()), 1, 15))::bit(60)::bigint)"

# One view for all that is read together. Not for whoever writes: theirs would be from before the lock was theirs.
_POSTGRES_VIEW = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


class Database:
    """The database behind a catalogue.

    Args:
        url: As SQLAlchemy writes it: "sqlite:////shop/catalogue.db", "sqlite://" (in memory, for one thread) or
            "postgresql+psycopg://user@host/name"; or a URL made of its parts, which a path of any signs needs.

    Raises:
        CatalogueUnavailableError: From every call, where it cannot be reached, is locked for too long or has no room.
        CatalogueDamageError: From every call, where it contradicts itself or is no database.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.is_in_memory = self.is_sqlite and self.url.database in (None, "", ":memory:")
        self._engine = _make_engine(self.url, self.is_in_memory)
        event.listen(self._engine, "begin", self._begin)
        event.listen(self._engine, "handle_error", self._tell)
        if self.is_sqlite:
            event.listen(self._engine, "connect", _set_up_sqlite)
        self._mine = threading.local()
        self.before_commit: BeforeCommit = lambda *_: None
        event.listen(self._engine, "after_execute", self._note)

    @property
    def place(self) -> str:
        """Where it is, for sentences: the file or the address without its password."""
        return str(self.sqlite_file or self.url.render_as_string(hide_password=True))

    @property
    def sqlite_file(self) -> Path | None:
        """The file of a SQLite database; None for others."""
        return Path(str(self.url.database)) if self.is_sqlite and not self.is_in_memory else None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Everything inside is written together or not at all; joins the transaction that this thread is in already."""
        current: Connection | None = getattr(self._mine, "connection", None)
        if current is not None:
            yield current
            return
        self._mine.must_clear = False
        self._mine.inserted, self._mine.deleted = defaultdict(list), set()
        try:
            with self._engine.connect().execution_options(tacit_writes=True) as connection, connection.begin():
                self._mine.connection = connection
                yield connection
                inserted, deleted = self._mine.inserted, self._mine.deleted
                self._mine.inserted, self._mine.deleted = defaultdict(list), set()
                self.before_commit(connection, inserted, deleted)
        finally:
            self._mine.connection = None
        if self._mine.must_clear:
            self._clear_old_pages()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view; inside a write transaction of this thread, that transaction's own."""
        current: Connection | None = getattr(self._mine, "connection", None)
        if current is not None:
            yield current
            return
        with self._engine.connect() as connection, connection.begin():
            yield connection

    def clear_old_pages_after(self) -> None:
        """Ask, inside a write transaction, that what it deletes does not survive in the file either."""
        self._mine.must_clear = True

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _note(
        self, connection: Connection, statement: Any, _many: Any, _one: Any, _options: Any, result: CursorResult[Any]
    ) -> None:
        """Keep in mind what a write transaction inserts, and from which tables it deletes."""
        if getattr(self._mine, "connection", None) is not connection:
            return
        if isinstance(statement, Insert | Delete) and isinstance(statement.table, Table):
            name = statement.table.name
            if isinstance(statement, Insert):
                self._mine.inserted[name] += result.context.compiled_parameters
            else:
                self._mine.deleted.add(name)

    def _begin(self, connection: Connection) -> None:
        writes = connection.get_execution_options().get("tacit_writes", False)
        if self.is_sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
        else:
            connection.exec_driver_sql(_POSTGRES_LOCK if writes else _POSTGRES_VIEW)

    def _tell(self, context: ExceptionContext) -> None:
        """Say what a database driver says in our words, without the statement and its values."""
        original = context.original_exception
        cause = str(original).partition("\n")[0]
        if isinstance(context.sqlalchemy_exception, IntegrityError):
            raise CatalogueDamageError("a row contradicts another") from original
        if self.sqlite_file and isinstance(original, sqlite3.Error) and _is_closed_to_us(original):
            raise UnwritableCatalogueError(self.place, str(self.sqlite_file.parent), cause) from original
        if isinstance(context.sqlalchemy_exception, OperationalError):
            raise CatalogueUnavailableError(cause) from original
        if isinstance(original, sqlite3.DatabaseError):
            raise CatalogueDamageError(cause) from original

    def _clear_old_pages(self) -> None:
        """Write the SQLite file anew and empty its write-ahead log.

        `secure_delete` zeroes deleted cells, but not what moving cells between pages leaves behind; a new file has
        none of that. PostgreSQL clears pages in its own time; what is left there is sealed under a key that is gone.
        """
        if not self.is_sqlite:
            return
        raw = self._engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("VACUUM")
            is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError as error:
            raise UnfinishedErasureError from error
        finally:
            raw.close()
        if is_busy:
            raise UnfinishedErasureError


def _make_engine(url: URL, is_in_memory: bool) -> Engine:
    if is_in_memory:  # all threads share the one connection that holds the data
        return create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False}, hide_parameters=True)
    return create_engine(url, hide_parameters=True)


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    """Settings of every SQLite connection; the driver leaves BEGIN to us."""
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_S * 1000}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _is_closed_to_us(error: sqlite3.Error) -> bool:
    """True where SQLite may not open or write its files; the low byte of its extended codes says that."""
    code = getattr(error, "sqlite_errorcode", None)  # set for errors of SQLite's own, not for those of the driver
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
