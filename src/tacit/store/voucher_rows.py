"""Keyed digests of rows, so that what changes behind the shop's back is found and named.

The log vouches for itself. The rest is amounts, moments, positions and opaque ids in plain columns, which whoever may
write the file could change, and what is sealed, in the place of which they could put what was sealed there before. So
every row, or group of rows that belong together, has a voucher: a digest of all its columns under a key of the shop.
Whatever a transaction inserts gets its voucher before it is committed, and whatever it deletes loses it; only who
updates a row has to ask.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select
from sqlalchemy.engine import RowMapping

from tacit.flows.ports import Keys
from tacit.seal.canonical import canonical_json
from tacit.store import tables
from tacit.store.database import Database
from tacit.store.rows import Rows

_GROUPED = {
    "dataset_episodes": ("dataset_id", "version"),
    "dataset_shares": ("dataset_id", "version"),
    "postings": ("transaction_id",),
}
"""Tables whose rows stand in groups, and what those of a group have in common; in others each row is by itself."""

_NOT_VOUCHED = frozenset({"vouchers", "log_entries", "log_nodes", "log_checkpoints"})


class VoucherRows(Rows):
    """Makes vouchers, and holds everything against them."""

    def __init__(self, database: Database, keys: Keys) -> None:
        super().__init__(database, keys)
        database.before_commit = self._vouch_for_changes

    def _vouch(self, connection: Connection, table: Table, *rows: Mapping[str, Any]) -> None:
        """Make the vouchers of rows anew that were updated."""
        self._set_vouchers(connection, table, rows)

    def vouch_for_all(self) -> None:
        """Make the vouchers of a catalogue from before there were any."""
        with self._database.writing() as connection:
            for table in _vouched():
                self._set_vouchers(connection, table, _find_groups(connection, table))

    def find_changed_rows(self) -> list[str]:
        """Every row, or group of rows, that was changed, added or removed by something else than the shop."""
        wrong = []
        with self._database.reading() as connection:
            for table in _vouched():
                macs = _find_vouchers(connection, table)
                for same in _find_groups(connection, table):
                    mac = macs.pop(_name(same), None)
                    if mac is None:
                        wrong.append(f"{table.name} {_words(same)}: nothing vouches for it")
                    elif mac != self._compute_voucher(connection, table, same):
                        wrong.append(f"{table.name} {_words(same)}: it was changed")
                wrong += [f"{table.name} {_words(json.loads(name))}: it was removed" for name in macs]
        return wrong

    def _vouch_for_changes(
        self, connection: Connection, inserted: Mapping[str, Collection[Mapping[str, Any]]], deleted: Collection[str]
    ) -> None:
        """Before a commit: what was inserted gets a voucher, what was deleted loses it."""
        for name, rows in inserted.items():
            if name not in _NOT_VOUCHED and name in tables.metadata.tables:
                table = tables.metadata.tables[name]
                groups = {_name(same): same for same in ({key: row[key] for key in _keys(table)} for row in rows)}
                self._set_vouchers(connection, table, list(groups.values()))
        for name in deleted:
            if name not in _NOT_VOUCHED:
                table = tables.metadata.tables[name]
                there = {_name(same) for same in _find_groups(connection, table)}
                gone = [lost for lost in _find_vouchers(connection, table) if lost not in there]
                _drop_vouchers(connection, table, gone)

    def _set_vouchers(self, connection: Connection, table: Table, groups: Collection[Mapping[str, Any]]) -> None:
        made = [
            {"kind": table.name, "name": _name(same), "mac": self._compute_voucher(connection, table, same)}
            for same in groups
        ]
        _drop_vouchers(connection, table, [_name(same) for same in groups])
        if made:
            connection.execute(insert(tables.vouchers), made)

    def _compute_voucher(self, connection: Connection, table: Table, same: Mapping[str, Any]) -> bytes:
        rows = connection.execute(select(table).filter_by(**same).order_by(*table.primary_key)).mappings()
        return self._keys.mac("voucher", canonical_json([table.name, [_plain(row) for row in rows]]))


def _vouched() -> list[Table]:
    return [table for table in tables.metadata.sorted_tables if table.name not in _NOT_VOUCHED]


def _keys(table: Table) -> tuple[str, ...]:
    return _GROUPED.get(table.name) or tuple(column.name for column in table.primary_key)


def _find_groups(connection: Connection, table: Table) -> list[dict[str, Any]]:
    common = [table.c[name] for name in _keys(table)]
    return [dict(row) for row in connection.execute(select(*common).distinct().order_by(*common)).mappings()]


def _find_vouchers(connection: Connection, table: Table) -> dict[str, bytes]:
    found = connection.execute(select(tables.vouchers).where(tables.vouchers.c.kind == table.name))
    return {row.name: row.mac for row in found}


def _drop_vouchers(connection: Connection, table: Table, names: Collection[str]) -> None:
    for name in names:
        connection.execute(delete(tables.vouchers).filter_by(kind=table.name, name=name))


def _plain(row: Mapping[str, Any] | RowMapping) -> dict[str, Any]:
    """As text, for an amount may be larger than what canonical JSON takes as a number."""
    return {name: value.hex() if isinstance(value, bytes) else _text(value) for name, value in row.items()}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _name(same: Mapping[str, Any]) -> str:
    return canonical_json(_plain(same)).decode()


def _words(same: Mapping[str, Any]) -> str:
    return " ".join(str(value) for value in _plain(same).values())
