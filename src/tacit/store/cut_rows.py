"""Stretches that workers had erased from their recordings; each sealed under the key of its worker."""

from sqlalchemy import insert, select

from tacit.records.cuts import Cutting
from tacit.store import tables
from tacit.store.rows import Rows, check_same, next_position


class CutRows(Rows):
    """Rows about cuts. There is no way to take one back. Those of an erased worker are not there."""

    def add_cut(self, cutting: Cutting) -> None:
        """Add a cut; its recording must be there. Raises AlreadyThereError, ErasedError."""
        cut_id = cutting.cut.cut_id
        sealed = self._seal(tables.cuts, cut_id, cutting.worker_uid, cutting)
        with self._database.writing() as connection:
            found = connection.execute(select(tables.cuts).where(tables.cuts.c.cut_id == cut_id)).one_or_none()
            if found is not None:
                known = self._unseal(Cutting, tables.cuts, cut_id, found.worker_uid, found.sealed)
                check_same("cut", cut_id, known, cutting)
                return
            connection.execute(
                insert(tables.cuts).values(
                    cut_id=cut_id,
                    position=next_position(connection, tables.cuts),
                    recording_id=cutting.recording_id,
                    worker_uid=cutting.worker_uid,
                    sealed=sealed,
                )
            )

    def cuttings(self, recording_id: str) -> list[Cutting]:
        """Every cut of a recording, in the order made."""
        statement = (
            select(tables.cuts).where(tables.cuts.c.recording_id == recording_id).order_by(tables.cuts.c.position)
        )
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        found = (self._unseal(Cutting, tables.cuts, row.cut_id, row.worker_uid, row.sealed) for row in rows)
        return [cutting for cutting in found if cutting is not None]
