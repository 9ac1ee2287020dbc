"""Releases of recordings, one by one and standing; sealed under the worker's key."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, insert, select

from tacit.records.people import Release, StandingRelease
from tacit.store import tables
from tacit.store.rows import check_same, next_position
from tacit.store.voucher_rows import VoucherRows


class ReleaseRows(VoucherRows):
    """Rows about what may leave. Those of an erased worker are not there."""

    def add_release(self, release: Release) -> None:
        """Add a release; the recording must be there.

        It takes the place of one that ended, and a signed or witnessed one takes the place of a declared one.

        Raises:
            AlreadyThereError: There is another release that is as strong, or stronger.
            ErasedError: The worker's key is gone.
        """
        sealed = self._seal(tables.releases, release.recording_id, release.worker_uid, release)
        with self._database.writing() as connection:
            known = self.find_release(release.recording_id)
            if known is not None:
                is_stronger = release.evidence.is_good_for_license and not known.evidence.is_good_for_license
                if known.ended_at is None and not is_stronger:
                    check_same("release", release.recording_id, known, release)
                    return
                connection.execute(
                    delete(tables.releases).where(tables.releases.c.recording_id == release.recording_id)
                )
            connection.execute(
                insert(tables.releases).values(
                    recording_id=release.recording_id, worker_uid=release.worker_uid, sealed=sealed
                )
            )

    def end_release(self, recording_id: str, ended_at: datetime) -> None:
        """Put down that the release of a recording was taken back; harmless where none runs. Raises ErasedError."""
        with self._database.writing() as connection:
            known = self.find_release(recording_id)
            if known is None or known.ended_at is not None:
                return
            ended = replace(known, ended_at=ended_at)
            sealed = self._seal(tables.releases, recording_id, known.worker_uid, ended)
            same = tables.releases.c.recording_id == recording_id
            connection.execute(tables.releases.update().where(same).values(sealed=sealed))
            self._vouch(connection, tables.releases, {"recording_id": recording_id})

    def remove_release(self, recording_id: str) -> None:
        """Forget the release of a recording, as if it had never been given; harmless where there is none."""
        with self._database.writing() as connection:
            connection.execute(delete(tables.releases).where(tables.releases.c.recording_id == recording_id))

    def find_release(self, recording_id: str) -> Release | None:
        """The last release of a recording, also where it was taken back."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(tables.releases).where(tables.releases.c.recording_id == recording_id)
            ).one_or_none()
        if row is None:
            return None
        return self._unseal(Release, tables.releases, recording_id, row.worker_uid, row.sealed)

    def releases(self, worker_uid: str) -> list[Release]:
        """The last release of each recording of a worker; quicker than one by one."""
        rows_of = tables.releases
        statement = select(rows_of).where(rows_of.c.worker_uid == worker_uid)
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        found = (self._unseal(Release, rows_of, row.recording_id, worker_uid, row.sealed) for row in rows)
        return [release for release in found if release is not None]

    def set_standing_release(self, standing: StandingRelease) -> None:
        """Add a standing release, or put its end into it. Raises ErasedError."""
        sealed = self._seal(tables.standing_releases, standing.standing_id, standing.worker_uid, standing)
        same = tables.standing_releases.c.standing_id == standing.standing_id
        with self._database.writing() as connection:
            if connection.execute(tables.standing_releases.update().where(same).values(sealed=sealed)).rowcount:
                self._vouch(connection, tables.standing_releases, {"standing_id": standing.standing_id})
                return
            connection.execute(
                insert(tables.standing_releases).values(
                    standing_id=standing.standing_id,
                    position=next_position(connection, tables.standing_releases),
                    worker_uid=standing.worker_uid,
                    sealed=sealed,
                )
            )

    def standing_releases(self, worker_uid: str) -> list[StandingRelease]:
        """Every standing release of a worker, those taken back too, in the order given."""
        rows_of = tables.standing_releases
        statement = select(rows_of).where(rows_of.c.worker_uid == worker_uid).order_by(rows_of.c.position)
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        found = (self._unseal(StandingRelease, rows_of, row.standing_id, worker_uid, row.sealed) for row in rows)
        return [standing for standing in found if standing is not None]
