"""Opens every seal in the catalogue, so that a changed one is found wherever it is."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, select

from tacit.records.errors import ErasedError, TamperedError
from tacit.store import tables
from tacit.store.rows import Rows

_PARTS = {"body_sealed": ("", "/body"), "source_sealed": ("/source",), "path_sealed": ("",), "sealed": ("",)}
"""What follows the place of a row in the place of a sealed column."""


class SealRows(Rows):
    """Looks at every sealed column there is."""

    def find_broken_seals(self) -> list[str]:
        """Every row with a seal that does not open, though its key is there: table and key of the row."""
        broken = []
        with self._database.reading() as connection:
            for table in tables.metadata.sorted_tables:
                columns = [column for column in table.columns if column.name in _PARTS]
                if columns and table is not tables.holds:  # what is under a hold has no key here
                    broken += [
                        _place(table, row)
                        for row in connection.execute(select(table)).mappings()
                        if not all(self._opens(table, row, column.name) for column in columns)
                    ]
        return broken

    def _opens(self, table: Table, row: Mapping[Any, Any], column: str) -> bool:
        if row[column] is None:
            return True
        return any(self._opens_at(row, column, _place(table, row) + part) for part in _PARTS[column])

    def _opens_at(self, row: Mapping[Any, Any], column: str, place: str) -> bool:
        try:
            if column == "sealed":
                self._keys.unseal(row["worker_uid"], row[column], place)
            else:
                self._keys.unseal_for_shop(row[column], place)
        except TamperedError:
            return False
        except ErasedError:  # right for an erasure that was cut short, which the next command finishes
            return self._keys.find_erasure(row["worker_uid"]) is not None
        return True


def _place(table: Table, row: Mapping[Any, Any]) -> str:
    return "/".join([table.name, *(str(row[column.name]) for column in table.primary_key)])
