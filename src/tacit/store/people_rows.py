"""Workers and what they said: consents and withdrawals. All of it but withdrawals is sealed under the worker's key."""

from datetime import UTC, datetime

from sqlalchemy import delete, func, insert, select

from tacit.records.errors import AlreadyThereError
from tacit.records.people import Consent, Withdrawal, Worker
from tacit.seal.canonical import utc_text
from tacit.store import tables
from tacit.store.codec import decode_record, encode_record
from tacit.store.rows import check_same, next_position
from tacit.store.voucher_rows import VoucherRows

# What an erasure deletes, those that others point at last.
OF_ONE_WORKER = (
    tables.outcomes,
    tables.releases,
    tables.standing_releases,
    tables.marks,
    tables.cuts,
    tables.grievances,
    tables.consents,
    tables.workers,
)


class PeopleRows(VoucherRows):
    """Rows about people. A worker whose key is gone is not there, whether or not the rows are deleted yet."""

    def add_worker(self, worker: Worker) -> None:
        """Add a worker; the key must exist already.

        Raises:
            AlreadyThereError: The label is taken, or the worker is there with other contents.
            ErasedError: There is no key for this worker.
        """
        label_mac = self._label_mac(worker.label)
        sealed = self._seal(tables.workers, worker.worker_uid, worker.worker_uid, worker)
        with self._database.writing() as connection:
            same_id = tables.workers.c.worker_uid == worker.worker_uid
            same_label = tables.workers.c.label_mac == label_mac
            for found in connection.execute(select(tables.workers).where(same_id | same_label)).all():
                known = self._unseal(Worker, tables.workers, found.worker_uid, found.worker_uid, found.sealed)
                if known is None:  # an erasure was cut short after the key: finish it, so that the label is free
                    self._finish_erasure(found.worker_uid)
                elif known.worker_uid != worker.worker_uid:
                    raise AlreadyThereError("worker", worker.label, "Choose another label.")
                else:
                    check_same("worker", worker.worker_uid, known, worker)
                    return
            connection.execute(
                insert(tables.workers).values(
                    worker_uid=worker.worker_uid,
                    position=next_position(connection, tables.workers),
                    label_mac=label_mac,
                    sealed=sealed,
                )
            )

    def replace_worker(self, worker: Worker) -> None:
        """Put new contents in the place of a worker's old ones; the label stays. Raises ErasedError."""
        sealed = self._seal(tables.workers, worker.worker_uid, worker.worker_uid, worker)
        with self._database.writing() as connection:
            same = tables.workers.c.worker_uid == worker.worker_uid
            if connection.execute(tables.workers.update().where(same).values(sealed=sealed)).rowcount:
                self._vouch(connection, tables.workers, {"worker_uid": worker.worker_uid})

    def find_worker(self, label: str) -> Worker | None:
        """The worker whom people call by this label."""
        statement = select(tables.workers).where(tables.workers.c.label_mac == self._label_mac(label))
        with self._database.reading() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            return None
        return self._unseal(Worker, tables.workers, row.worker_uid, row.worker_uid, row.sealed)

    def workers(self) -> list[Worker]:
        """All workers who were not erased, in the order they were added."""
        with self._database.reading() as connection:
            rows = connection.execute(select(tables.workers).order_by(tables.workers.c.position)).all()
        found = (self._unseal(Worker, tables.workers, row.worker_uid, row.worker_uid, row.sealed) for row in rows)
        return [worker for worker in found if worker is not None]

    def add_consent(self, consent: Consent) -> None:
        """Add a yes; worker and agreement must be there. Raises AlreadyThereError, ErasedError."""
        sealed = self._seal(tables.consents, consent.consent_id, consent.worker_uid, consent)
        with self._database.writing() as connection:
            found = connection.execute(
                select(tables.consents).where(tables.consents.c.consent_id == consent.consent_id)
            ).one_or_none()
            if found is not None:
                known = self._unseal(Consent, tables.consents, found.consent_id, found.worker_uid, found.sealed)
                check_same("consent", consent.consent_id, known, consent)
                return
            connection.execute(
                insert(tables.consents).values(
                    consent_id=consent.consent_id,
                    position=next_position(connection, tables.consents),
                    worker_uid=consent.worker_uid,
                    agreement_id=consent.agreement_id,
                    sealed=sealed,
                )
            )

    def consents(self, worker_uid: str) -> list[Consent]:
        """Every yes of a worker, in the order given."""
        statement = (
            select(tables.consents)
            .where(tables.consents.c.worker_uid == worker_uid)
            .order_by(tables.consents.c.position)
        )
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        found = (self._unseal(Consent, tables.consents, row.consent_id, row.worker_uid, row.sealed) for row in rows)
        return [consent for consent in found if consent is not None]

    def add_withdrawal(self, withdrawal: Withdrawal) -> None:
        """Add a no; it stays after an erasure, by the worker's opaque id. Raises AlreadyThereError."""
        body = encode_record(withdrawal).decode()
        with self._database.writing() as connection:
            found = connection.execute(
                select(tables.withdrawals.c.body).where(tables.withdrawals.c.withdrawal_id == withdrawal.withdrawal_id)
            ).scalar()
            if found is not None:
                check_same("withdrawal", withdrawal.withdrawal_id, found, body)
                return
            connection.execute(
                insert(tables.withdrawals).values(
                    withdrawal_id=withdrawal.withdrawal_id,
                    position=next_position(connection, tables.withdrawals),
                    worker_uid=withdrawal.worker_uid,
                    body=body,
                )
            )

    def withdrawals(self, worker_uid: str = "") -> list[Withdrawal]:
        """Every withdrawal of a worker, or of everybody where nobody is named, in the order given."""
        statement = select(tables.withdrawals.c.body).order_by(tables.withdrawals.c.position)
        if worker_uid:
            statement = statement.where(tables.withdrawals.c.worker_uid == worker_uid)
        with self._database.reading() as connection:
            bodies = connection.execute(statement).scalars().all()
        return [decode_record(Withdrawal, body) for body in bodies]

    def forget_worker(self, worker_uid: str) -> None:
        """Delete a worker who never said yes, as if they had never been added.

        Raises:
            CatalogueDamageError: There is a yes of this worker.
        """
        with self._database.writing() as connection:
            connection.execute(delete(tables.workers).where(tables.workers.c.worker_uid == worker_uid))
            self._database.clear_old_pages_after()

    def erase_worker(self, worker_uid: str, erased_at: datetime) -> None:
        """Delete the worker's row and everything sealed under the worker's key; what is owed stays owed.

        The digest of the label stays with the moment, so that an earlier yes cannot rise again from an old list.

        Raises:
            UnfinishedErasureError: All is deleted, but old pages of the file are not cleared; do it again.
        """
        with self._database.writing() as connection:
            label_mac = connection.execute(
                select(tables.workers.c.label_mac).where(tables.workers.c.worker_uid == worker_uid)
            ).scalar()
            if label_mac:
                self._keys.note_erasure(label_mac.hex(), erased_at)
            erasure = {"label_mac": label_mac, "erased_at": utc_text(erased_at)}
            if label_mac and not connection.execute(select(tables.erasures).filter_by(**erasure)).one_or_none():
                connection.execute(insert(tables.erasures).values(erasure))
            for table in OF_ONE_WORKER:
                connection.execute(delete(table).where(table.c.worker_uid == worker_uid))
            connection.execute(
                tables.recordings.update()
                .where(tables.recordings.c.worker_uid == worker_uid)
                .values(sealed=None)  # what it was, by a keyed digest, stays: it may not come back as another's
            )
            husks = select(tables.recordings.c.recording_id).where(tables.recordings.c.worker_uid == worker_uid)
            self._vouch(connection, tables.recordings, *map(dict, connection.execute(husks).mappings().all()))
            self._database.clear_old_pages_after()

    def unfinished_erasures(self) -> list[str]:
        """Opaque ids of workers of whom there are rows without a key, or a withdrawal and a key without a row."""
        with self._database.reading() as connection:
            here = connection.execute(select(tables.workers.c.worker_uid).order_by(tables.workers.c.position))
            rows = here.scalars().all()
            noes = connection.execute(select(tables.withdrawals.c.worker_uid).distinct()).scalars().all()
        without_key = [uid for uid in rows if not self._keys.has_worker_key(uid)]
        without_row = [uid for uid in sorted(set(noes) - set(rows)) if self._keys.has_worker_key(uid)]
        return without_key + without_row

    def find_erasure(self, label: str) -> datetime | None:
        """When a worker of this label was erased, the latest time."""
        label_mac = self._label_mac(label)
        latest = select(func.max(tables.erasures.c.erased_at)).filter_by(label_mac=label_mac)
        with self._database.reading() as connection:
            erased_at = connection.execute(latest).scalar()
        here = [datetime.fromisoformat(erased_at)] if erased_at else []
        noted = self._keys.find_erasure(label_mac.hex())  # an old copy of the shop may have lost the row
        return max([*here, *([noted] if noted else [])], default=None)

    def _finish_erasure(self, worker_uid: str) -> None:
        """Delete what is left of a worker whose key is gone; where the no is lost too, every yes until now is void."""
        noes = [withdrawal.withdrawn_at for withdrawal in self.withdrawals(worker_uid)]
        self.erase_worker(worker_uid, max(noes, default=datetime.now(UTC)))

    def _label_mac(self, label: str) -> bytes:
        return self._keys.mac("worker-label", label.encode())
