"""Opens everything in a shop that the keys there are still open, so that an audit of an erasure can search it.

It walks the tables as the database describes them, and the objects as they lie there, and knows nothing of what is
erased when: it shares no code with what erases. What no key opens is counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import MetaData, create_engine, select
from sqlalchemy.engine import URL

from tacit.flows.audit_erasure import Place
from tacit.flows.ports import Keys
from tacit.records.errors import ErasedError, ObjectStoreError, TamperedError
from tacit.seal.envelope import SealedReader
from tacit.store.objects import Objects

_SUFFIXES = ("", "/body", "/source")  # parts of one row that are sealed apart
_CHUNK_BYTES = 1 << 20


@dataclass
class Unopened:
    """How many sealed values no key opened, by table, and `objects` for those."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str) -> None:
        """Count one more."""
        self.counts[kind] = self.counts.get(kind, 0) + 1


def row_places(url: str | URL, keys: Keys, name: str, unopened: Unopened) -> Iterator[Place]:
    """Every table, as one place each: its values as they are, and those that open, opened."""
    engine = create_engine(url)
    metadata = MetaData()
    try:
        metadata.reflect(engine)
        for table in metadata.sorted_tables:

            def parts(table: Any = table) -> Iterator[bytes]:
                pk = [column.name for column in table.primary_key]
                with engine.connect() as connection:
                    for row in connection.execute(select(table)).mappings():
                        yield from _open_row(keys, table.name, pk, dict(row), unopened)

            yield Place(f"{name}: table {table.name}", parts)
    finally:
        engine.dispose()


def object_places(objects: Objects, keys: Keys, name: str, unopened: Unopened) -> Iterator[Place]:
    """Every object, opened; those that nothing opens are counted, and searched as they lie by whoever reads files."""
    for full_name in objects.list():
        worker_uid = full_name.split("/")[0]

        def parts(full_name: str = full_name, worker_uid: str = worker_uid) -> Iterator[bytes]:
            try:
                yield from _open_object(objects, keys, worker_uid, full_name)
            except (ErasedError, TamperedError):
                if objects.find(full_name):  # a tombstone is empty
                    unopened.add("objects")
            except ObjectStoreError as error:
                raise OSError(str(error)) from error

        yield Place(f"{name}: object {full_name}", parts)


def _open_row(keys: Keys, table: str, pk: list[str], row: dict[str, Any], unopened: Unopened) -> Iterator[bytes]:
    place = "/".join([table, *(str(row[column]) for column in pk)])
    for column, value in row.items():
        if isinstance(value, bytes | memoryview):
            sealed = bytes(value)
            if column == "sealed" or column.endswith("_sealed"):
                opened = _open_value(keys, str(row.get("worker_uid", "")), sealed, place)
                if opened is None:
                    unopened.add(table)
                else:
                    yield opened + b"\n"
            else:
                yield sealed + b"\n"
        elif value is not None:
            yield str(value).encode() + b"\n"


def _open_value(keys: Keys, worker_uid: str, sealed: bytes, place: str) -> bytes | None:
    for suffix in _SUFFIXES:
        context = f"{place}{suffix}"
        try:
            return keys.unseal_for_shop(sealed, context)
        except TamperedError:
            pass
        try:
            if worker_uid:
                return keys.unseal(worker_uid, sealed, context)
        except (TamperedError, ErasedError):
            pass
    return None


def _open_object(objects: Objects, keys: Keys, worker_uid: str, full_name: str) -> Iterator[bytes]:
    def unwrap(sealed: bytes, context: str) -> bytes:
        return keys.unseal(worker_uid, sealed, context)

    source = objects.open(full_name)
    if full_name.endswith("/commit"):
        with source:
            yield unwrap(source.read(), full_name)
        return
    with SealedReader(source, unwrap, full_name) as reader:
        while chunk := reader.read(_CHUNK_BYTES):
            yield chunk
