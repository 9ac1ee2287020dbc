"""Complaints of workers, sealed under the worker's key."""

from sqlalchemy import insert, select

from tacit.records.grievance import Grievance
from tacit.store import tables
from tacit.store.rows import next_position
from tacit.store.voucher_rows import VoucherRows


class GrievanceRows(VoucherRows):
    """Rows about complaints. Those of an erased worker are not there."""

    def set_grievance(self, grievance: Grievance) -> None:
        """Add a complaint, or put an answer into it. Raises ErasedError."""
        sealed = self._seal(tables.grievances, grievance.grievance_id, grievance.worker_uid, grievance)
        same = tables.grievances.c.grievance_id == grievance.grievance_id
        with self._database.writing() as connection:
            if connection.execute(tables.grievances.update().where(same).values(sealed=sealed)).rowcount:
                self._vouch(connection, tables.grievances, {"grievance_id": grievance.grievance_id})
                return
            connection.execute(
                insert(tables.grievances).values(
                    grievance_id=grievance.grievance_id,
                    position=next_position(connection, tables.grievances),
                    worker_uid=grievance.worker_uid,
                    sealed=sealed,
                )
            )

    def find_grievance(self, grievance_id: str) -> Grievance | None:
        """The complaint of that id."""
        statement = select(tables.grievances).where(tables.grievances.c.grievance_id == grievance_id)
        with self._database.reading() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            return None
        return self._unseal(Grievance, tables.grievances, grievance_id, row.worker_uid, row.sealed)

    def grievances(self, worker_uid: str = "") -> list[Grievance]:
        """Every complaint, or those of one worker, in the order opened."""
        statement = select(tables.grievances).order_by(tables.grievances.c.position)
        if worker_uid:
            statement = statement.where(tables.grievances.c.worker_uid == worker_uid)
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        found = (
            self._unseal(Grievance, tables.grievances, row.grievance_id, row.worker_uid, row.sealed) for row in rows
        )
        return [grievance for grievance in found if grievance is not None]
