"""Recordings and what became of them, sealed under the worker's key."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Row, Select, delete, insert, select

from tacit.records.errors import CatalogueDamageError, ErasedError
from tacit.records.recording import Outcome, Recording
from tacit.seal.canonical import utc_text
from tacit.store import tables
from tacit.store.rows import next_position
from tacit.store.voucher_rows import VoucherRows


class RecordingRows(VoucherRows):
    """Rows about recordings. Those of an erased worker are husks, and not there for any question."""

    def add_recording(self, recording: Recording) -> Recording:
        """Add a recording, or correct what was declared about it; returns it with its position, which stays.

        Raises:
            ErasedError: The worker's key is gone.
        """
        with self._database.writing() as connection:
            statement = select(tables.recordings).where(tables.recordings.c.recording_id == recording.recording_id)
            found = connection.execute(statement).one_or_none()
            if found is not None:
                known = self._read_recording(found)
                if known is None:
                    raise ErasedError(found.worker_uid)
                return self._correct_recording(connection, known, recording)
            placed = replace(recording, position=next_position(connection, tables.recordings))
            connection.execute(
                insert(tables.recordings).values(
                    recording_id=placed.recording_id,
                    position=placed.position,
                    worker_uid=placed.worker_uid,
                    content_mac=placed.content_mac,
                    sealed=self._seal(tables.recordings, placed.recording_id, placed.worker_uid, placed),
                )
            )
        return placed

    def _correct_recording(self, connection: Connection, known: Recording, recording: Recording) -> Recording:
        corrected = replace(recording, position=known.position)
        if corrected != known:
            sealed = self._seal(tables.recordings, known.recording_id, known.worker_uid, corrected)
            same_id = tables.recordings.c.recording_id == known.recording_id
            connection.execute(tables.recordings.update().where(same_id).values(sealed=sealed))
            self._vouch(connection, tables.recordings, {"recording_id": known.recording_id})
        return corrected

    def find_recording(self, recording_id: str) -> Recording | None:
        """The recording of that id."""
        found = self._read_recordings(select(tables.recordings).where(tables.recordings.c.recording_id == recording_id))
        return found[0] if found else None

    def find_content_owner(self, content_mac: str) -> str | None:
        """Whose recording has that content, erased or not; of several the first one's."""
        recordings = tables.recordings
        statement = select(recordings.c.worker_uid).where(recordings.c.content_mac == content_mac)
        with self._database.reading() as connection:
            return connection.execute(statement.order_by(recordings.c.position)).scalars().first()

    def find_recording_by_content(self, content_mac: str) -> Recording | None:
        """The recording with that content, whoever submitted it; the first of several."""
        found = self._read_recordings(
            select(tables.recordings)
            .where(tables.recordings.c.content_mac == content_mac)
            .order_by(tables.recordings.c.position)
        )
        return found[0] if found else None

    def recordings(self, worker_uid: str = "") -> list[Recording]:
        """All recordings of workers who were not erased, by position; those of one worker where named."""
        statement = select(tables.recordings).order_by(tables.recordings.c.position)
        if worker_uid:
            statement = statement.where(tables.recordings.c.worker_uid == worker_uid)
        return self._read_recordings(statement)

    def set_outcome(self, outcome: Outcome, ready_at: datetime | None) -> None:
        """Put down what became of a recording, and since when it can be looked at; the later replaces the earlier.

        Raises:
            ErasedError: The worker's key is gone.
            CatalogueDamageError: The recording is not there.
        """
        with self._database.writing() as connection:
            worker_uid = _owner(connection, outcome.recording_id)
            connection.execute(delete(tables.outcomes).where(tables.outcomes.c.recording_id == outcome.recording_id))
            connection.execute(
                insert(tables.outcomes).values(
                    recording_id=outcome.recording_id,
                    worker_uid=worker_uid,
                    sealed=self._seal(tables.outcomes, outcome.recording_id, worker_uid, outcome),
                    ready_at=utc_text(ready_at) if ready_at is not None else None,
                )
            )

    def find_outcome(self, recording_id: str) -> Outcome | None:
        """What became of a recording."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(tables.outcomes).where(tables.outcomes.c.recording_id == recording_id)
            ).one_or_none()
        if row is None:
            return None
        return self._unseal(Outcome, tables.outcomes, recording_id, row.worker_uid, row.sealed)

    def outcomes(self, worker_uid: str = "") -> list[Outcome]:
        """What became of all recordings, by position, or of those of one worker; quicker than one by one."""
        places, rows_of = tables.recordings, tables.outcomes
        statement = select(rows_of).join(places).order_by(places.c.position)
        if worker_uid:
            statement = statement.where(rows_of.c.worker_uid == worker_uid)
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        found = (self._unseal(Outcome, rows_of, row.recording_id, row.worker_uid, row.sealed) for row in rows)
        return [outcome for outcome in found if outcome is not None]

    def altered_recordings(self) -> frozenset[str]:
        """Ids of the recordings on which a box was ever drawn or from which something was cut."""
        with self._database.reading() as connection:
            marked = connection.execute(select(tables.marks.c.recording_id)).scalars().all()
            cut = connection.execute(select(tables.cuts.c.recording_id)).scalars().all()
        return frozenset((*marked, *cut))

    def find_ready_at(self, recording_id: str) -> datetime | None:
        """Since when what became of a recording can be looked at; None where nobody noted it."""
        statement = select(tables.outcomes.c.ready_at).where(tables.outcomes.c.recording_id == recording_id)
        with self._database.reading() as connection:
            ready_at = connection.execute(statement).scalar()
        return datetime.fromisoformat(ready_at) if ready_at else None

    def _read_recordings(self, statement: Select[tuple[object, ...]]) -> list[Recording]:
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        found = (self._read_recording(row) for row in rows)
        return [recording for recording in found if recording is not None]

    def _read_recording(self, row: Row[tuple[object, ...]]) -> Recording | None:
        return self._unseal(Recording, tables.recordings, row.recording_id, row.worker_uid, row.sealed)


def _owner(connection: Connection, recording_id: str) -> str:
    """Whose recording it is."""
    owner = connection.execute(
        select(tables.recordings.c.worker_uid).where(tables.recordings.c.recording_id == recording_id)
    ).scalar()
    if owner is None:
        raise CatalogueDamageError(f"recording {recording_id} has an outcome but is not registered")
    return str(owner)
