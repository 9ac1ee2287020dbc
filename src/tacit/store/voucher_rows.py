"""Keyed digests of rows that no seal protects, so that a change behind the shop's back is found and named.

What is sealed cannot be changed unseen, and the log vouches for itself. The rest is amounts, moments and opaque ids in
plain columns: whoever may write the file could change them. Every such row, or group of rows that belong together, has
a voucher: a digest under a key of the shop, made in the transaction that wrote it.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from tacit.seal.canonical import canonical_json
from tacit.store import tables
from tacit.store.rows import Rows

GROUPS: Mapping[Table, tuple[str, ...]] = {
    tables.agreement_pauses: ("position",),
    tables.erasures: ("label_mac", "erased_at"),
    tables.withdrawals: ("withdrawal_id",),
    tables.recordings: ("recording_id",),
    tables.outcomes: ("recording_id",),
    tables.holds: ("worker_uid",),
    tables.datasets: ("dataset_id", "version"),
    tables.dataset_episodes: ("dataset_id", "version"),
    tables.dataset_shares: ("dataset_id", "version"),
    tables.licenses: ("license_id",),
    tables.license_events: ("position",),
    tables.outbox: ("notice_id",),
    tables.transactions: ("transaction_id",),
    tables.postings: ("transaction_id",),
}
"""Tables with columns that no seal protects, and what the rows that one voucher stands for have in common."""

# Their seals find a change; a content digest stands in the sealed record too.
_SEALED = {"sealed", "body_sealed", "path_sealed", "content_mac"}


class VoucherRows(Rows):
    """Makes vouchers, and holds everything against them."""

    def _vouch(self, connection: Connection, table: Table, **same: Any) -> None:
        """Make the voucher of rows that were just written, or make it anew."""
        name, mac = _name(same), self._compute_voucher(connection, table, same)
        mine = (tables.vouchers.c.kind == table.name, tables.vouchers.c.name == name)
        if not connection.execute(update(tables.vouchers).where(*mine).values(mac=mac)).rowcount:
            connection.execute(insert(tables.vouchers).values(kind=table.name, name=name, mac=mac))

    def _vouch_no_more(self, connection: Connection, table: Table, **same: Any) -> None:
        """Forget the voucher of rows that were just deleted."""
        mine = (tables.vouchers.c.kind == table.name, tables.vouchers.c.name == _name(same))
        connection.execute(delete(tables.vouchers).where(*mine))

    def vouch_for_all(self) -> None:
        """Make the vouchers of a catalogue from before there were any."""
        with self._database.writing() as connection:
            for table, columns in GROUPS.items():
                for same in _find_groups(connection, table, columns):
                    self._vouch(connection, table, **same)

    def find_changed_rows(self) -> list[str]:
        """Every row, or group of rows, that was changed, added or removed by something else than the shop."""
        wrong = []
        with self._database.reading() as connection:
            for table, columns in GROUPS.items():
                kind = tables.vouchers.c.kind == table.name
                found = connection.execute(select(tables.vouchers.c.name, tables.vouchers.c.mac).where(kind))
                macs = dict(found.tuples().all())
                for same in _find_groups(connection, table, columns):
                    mac = macs.pop(_name(same), None)
                    if mac is None:
                        wrong.append(f"{table.name} {_words(same)}: nothing vouches for it")
                    elif mac != self._compute_voucher(connection, table, same):
                        wrong.append(f"{table.name} {_words(same)}: it was changed")
                # A group may rightly be empty, such as the shares of a dataset in which nobody is.
                lost = (json.loads(name) for name, mac in macs.items() if mac != self._voucher(table, []))
                wrong += [f"{table.name} {_words(same)}: it was removed" for same in lost]
        return wrong

    def _compute_voucher(self, connection: Connection, table: Table, same: Mapping[str, Any]) -> bytes:
        columns = [column for column in table.columns if column.name not in _SEALED]
        order = tuple(table.primary_key)
        rows = connection.execute(select(*columns).filter_by(**same).order_by(*order)).mappings()
        return self._voucher(table, [_plain(row) for row in rows])

    def _voucher(self, table: Table, rows: list[dict[str, Any]]) -> bytes:
        return self._keys.mac("voucher", canonical_json([table.name, rows]))


def _find_groups(connection: Connection, table: Table, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    common = [table.c[name] for name in columns]
    return [dict(row) for row in connection.execute(select(*common).distinct().order_by(*common)).mappings()]


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """As text, for an amount may be larger than what canonical JSON takes as a number."""
    return {
        name: value.hex() if isinstance(value, bytes) else None if value is None else str(value)
        for name, value in row.items()
    }


def _name(same: Mapping[str, Any]) -> str:
    return canonical_json(_plain(same)).decode()


def _words(same: Mapping[str, Any]) -> str:
    return " ".join(str(value) for value in _plain(same).values())
