"""Boxes that reviewers drew on recordings; each sealed under the key of the recording's worker."""

from sqlalchemy import delete, insert, select

from tacit.records.marks import Marking
from tacit.store import tables
from tacit.store.rows import Rows, check_same, next_position


class MarkRows(Rows):
    """Rows about marks. Those of an erased worker are not there."""

    def add_mark(self, marking: Marking) -> None:
        """Add a reviewer's box; its recording must be there. Raises AlreadyThereError, ErasedError."""
        mark_id = marking.mark.mark_id
        sealed = self._seal(tables.marks, mark_id, marking.worker_uid, marking)
        with self._database.writing() as connection:
            found = connection.execute(select(tables.marks).where(tables.marks.c.mark_id == mark_id)).one_or_none()
            if found is not None:
                known = self._unseal(Marking, tables.marks, mark_id, found.worker_uid, found.sealed)
                check_same("mark", mark_id, known, marking)
                return
            connection.execute(
                insert(tables.marks).values(
                    mark_id=mark_id,
                    position=next_position(connection, tables.marks),
                    recording_id=marking.recording_id,
                    worker_uid=marking.worker_uid,
                    sealed=sealed,
                )
            )

    def remove_mark(self, mark_id: str) -> None:
        """Take a reviewer's box away; harmless where there is none."""
        with self._database.writing() as connection:
            connection.execute(delete(tables.marks).where(tables.marks.c.mark_id == mark_id))

    def markings(self, recording_id: str) -> list[Marking]:
        """Every box that was drawn on a recording, in the order drawn."""
        statement = (
            select(tables.marks).where(tables.marks.c.recording_id == recording_id).order_by(tables.marks.c.position)
        )
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        found = (self._unseal(Marking, tables.marks, row.mark_id, row.worker_uid, row.sealed) for row in rows)
        return [marking for marking in found if marking is not None]
