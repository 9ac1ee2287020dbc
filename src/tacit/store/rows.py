"""What all groups of rows of the catalogue share: the database, the keys, and sealing records into a column."""

from typing import Any, TypeVar

from sqlalchemy import Connection, Table, func, select

from tacit.flows.ports import Keys
from tacit.records.errors import AlreadyThereError, ErasedError
from tacit.store.codec import decode_record, encode_record
from tacit.store.database import Database

Record = TypeVar("Record")


class Rows:
    """A group of rows over one database.

    Args:
        database: Where they lie.
        keys: The keyring that seals what is personal.
    """

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    def _seal(self, table: Table, row_id: str, worker_uid: str, record: Any) -> bytes:
        """Seal a record for its place; raises ErasedError where the worker's key is gone."""
        return self._keys.seal(worker_uid, encode_record(record), f"{table.name}/{row_id}")

    def _unseal(
        self, kind: type[Record], table: Table, row_id: str, worker_uid: str, sealed: bytes | None
    ) -> Record | None:
        """Open a sealed record; None where it was erased, for then it is not there."""
        if sealed is None:
            return None
        try:
            return decode_record(kind, self._keys.unseal(worker_uid, sealed, f"{table.name}/{row_id}"))
        except ErasedError:
            return None


def next_position(connection: Connection, table: Table) -> int:
    """The position after the last one of a table; safe, because whoever writes is alone."""
    return int(connection.execute(select(func.coalesce(func.max(table.c.position) + 1, 0))).scalar_one())


def check_same(noun: str, name: str, found: Any, given: Any) -> None:
    """Raise AlreadyThereError where what is there under a name differs from what was given under it."""
    if found != given:
        raise AlreadyThereError(noun, name, "Nothing was changed; use another id for the new one.")
