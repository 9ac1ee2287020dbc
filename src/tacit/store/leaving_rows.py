"""What remains of those who left: packed rows under a legal hold, who opened them, and certificates.

A hold names nobody: its accounts are opaque and its halves are sealed to stewards. The packed rows lie under the
worker's key, which is wrapped under a hold key; openings and certificates lie under the shop's key.
"""

import base64
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from tacit.flows.catalogue_port import Unseal
from tacit.records.certificate import Certificate
from tacit.records.errors import CatalogueDamageError, ErasedError
from tacit.records.hold import Hold, HoldOpening
from tacit.store import tables
from tacit.store.codec import decode_record, encode_record
from tacit.store.people_rows import OF_ONE_WORKER, PeopleRows
from tacit.store.rows import check_same, next_position

_PACKED = (*OF_ONE_WORKER, tables.recordings)
_OF_ONE_RECORDING = (tables.outcomes, tables.releases, tables.marks, tables.cuts)
_WORDS = (tables.consents, tables.standing_releases, tables.grievances)


class LeavingRows(PeopleRows):
    """Rows about people, and about what is left of them."""

    def count_rows(self, worker_uid: str) -> dict[str, int]:
        """How many rows there are of a worker, by kind; kinds without any are left out."""
        counts = {}
        with self._database.reading() as connection:
            for table in _PACKED:
                mine = select(func.count()).where(table.c.worker_uid == worker_uid, table.c.sealed.is_not(None))
                counts[table.name] = int(connection.execute(mine).scalar_one())
        return {kind: count for kind, count in sorted(counts.items()) if count}

    def drop_rows(self, worker_uid: str, recordings: Collection[str], words: Collection[str]) -> None:
        """Delete rows of a worker that no law asks to keep, before the others are packed.

        Args:
            worker_uid: Whose they are; rows of anybody else stay, whatever is named.
            recordings: Ids; what was put down about them goes with them, and a husk stays, as after an erasure.
            words: Ids of consents, standing releases and complaints.

        Raises:
            UnfinishedErasureError: All is deleted, but old pages of the file are not cleared; do it again.
        """
        if not recordings and not words:
            return
        with self._database.writing() as connection:
            for table in _OF_ONE_RECORDING:
                mine = table.c.worker_uid == worker_uid
                connection.execute(delete(table).where(mine, table.c.recording_id.in_(recordings)))
            for table in _WORDS:
                key = next(iter(table.primary_key))
                connection.execute(delete(table).where(table.c.worker_uid == worker_uid, key.in_(words)))
            husks = tables.recordings.c.recording_id.in_(recordings) & (tables.recordings.c.worker_uid == worker_uid)
            connection.execute(tables.recordings.update().where(husks).values(sealed=None))
            names = connection.execute(select(tables.recordings.c.recording_id).where(husks)).mappings().all()
            self._vouch(connection, tables.recordings, *map(dict, names))
            self._database.clear_old_pages_after()

    def hold_worker(self, hold: Hold, erased_at: datetime) -> None:
        """Pack a worker's rows under their key, put them down with the hold, and erase the rows; all or nothing.

        Raises:
            ErasedError: The worker's key is gone.
            UnfinishedErasureError: All is done, but old pages of the file are not cleared; erase the worker again.
        """
        uid = hold.worker_uid
        with self._database.writing() as connection:
            packed: dict[str, list[dict[str, Any]]] = {}
            for table in _PACKED:
                mine = select(table).where(table.c.worker_uid == uid, table.c.sealed.is_not(None))
                key = next(iter(table.primary_key)).name
                packed[table.name] = [
                    {"id": row[key], "sealed": base64.b64encode(row["sealed"]).decode()}
                    for row in connection.execute(mine).mappings()
                ]
            connection.execute(
                insert(tables.holds).values(
                    worker_uid=uid,
                    position=next_position(connection, tables.holds),
                    body=encode_record(hold).decode(),
                    sealed=self._keys.seal(uid, json.dumps(packed).encode(), _place(uid)),
                )
            )
            self.erase_worker(uid, erased_at)

    def find_hold(self, worker_uid: str) -> Hold | None:
        """The hold on what a worker left."""
        statement = select(tables.holds.c.body).where(tables.holds.c.worker_uid == worker_uid)
        with self._database.reading() as connection:
            body = connection.execute(statement).scalar()
        return None if body is None else decode_record(Hold, body)

    def holds(self) -> list[Hold]:
        """All holds, those destroyed too, in the order sealed."""
        with self._database.reading() as connection:
            bodies = connection.execute(select(tables.holds.c.body).order_by(tables.holds.c.position)).scalars().all()
        return [decode_record(Hold, body) for body in bodies]

    def replace_hold(self, hold: Hold) -> None:
        """Put new contents in the place of a hold's old ones; once it is destroyed, the packed rows go too.

        Raises:
            UnfinishedErasureError: All is deleted, but old pages of the file are not cleared; do it again.
        """
        values: dict[str, Any] = {"body": encode_record(hold).decode()}
        if hold.destroyed_at is not None:
            values["sealed"] = None
        with self._database.writing() as connection:
            same = tables.holds.c.worker_uid == hold.worker_uid
            connection.execute(tables.holds.update().where(same).values(**values))
            self._vouch(connection, tables.holds, {"worker_uid": hold.worker_uid})
            if hold.destroyed_at is not None:
                self._database.clear_old_pages_after()

    def held_rows(self, worker_uid: str, unseal: Unseal) -> dict[str, list[dict[str, Any]]]:
        """What was packed, as plain values by kind, with the key that two halves made.

        Raises:
            ErasedError: It was destroyed, or there never was a hold.
            TamperedError: It was changed, or the key is another one.
        """
        statement = select(tables.holds.c.sealed).where(tables.holds.c.worker_uid == worker_uid)
        with self._database.reading() as connection:
            sealed = connection.execute(statement).scalar()
        if sealed is None:
            raise ErasedError(worker_uid)
        try:
            packed = json.loads(unseal(sealed, _place(worker_uid)))
            return {
                kind: [json.loads(unseal(base64.b64decode(row["sealed"]), f"{kind}/{row['id']}")) for row in rows]
                for kind, rows in packed.items()
                if rows
            }
        except (ValueError, KeyError, TypeError) as error:
            raise CatalogueDamageError("packed rows have another form than they should") from error

    def add_hold_opening(self, opening: HoldOpening) -> None:
        """Put down that a hold was opened; the hold must be there."""
        with self._database.writing() as connection:
            position = next_position(connection, tables.hold_openings)
            sealed = self._keys.seal_for_shop(encode_record(opening), f"hold_openings/{position}")
            values = {"position": position, "worker_uid": opening.worker_uid, "body_sealed": sealed}
            connection.execute(insert(tables.hold_openings).values(**values))

    def hold_openings(self, worker_uid: str) -> list[HoldOpening]:
        """Every opening of a hold, in order."""
        rows_of = tables.hold_openings
        statement = select(rows_of).where(rows_of.c.worker_uid == worker_uid).order_by(rows_of.c.position)
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        return [
            decode_record(HoldOpening, self._keys.unseal_for_shop(row.body_sealed, f"hold_openings/{row.position}"))
            for row in rows
        ]

    def set_certificate(self, certificate: Certificate) -> None:
        """Add a certificate, or put the later state of a draft in its place.

        Raises:
            AlreadyThereError: It was issued already, with other contents.
        """
        name, rows_of = certificate.certificate_id, tables.certificates
        sealed = self._keys.seal_for_shop(encode_record(certificate), f"certificates/{name}")
        with self._database.writing() as connection:
            row = connection.execute(select(rows_of).where(rows_of.c.certificate_id == name)).one_or_none()
            if row is not None:
                known = self._read_certificate(name, row.body_sealed)
                if known.issued_at is not None:
                    check_same("certificate", name, known, certificate)
                    return
                same = rows_of.c.certificate_id == name
                connection.execute(rows_of.update().where(same).values(body_sealed=sealed))
                self._vouch(connection, rows_of, {"certificate_id": name})
                return
            position = next_position(connection, rows_of)
            values = {"certificate_id": name, "position": position, "worker_uid": certificate.account}
            connection.execute(insert(rows_of).values(**values, body_sealed=sealed))

    def certificates(self, worker_uid: str = "") -> list[Certificate]:
        """All certificates and drafts, in the order begun; those of one account where it is named."""
        rows_of = tables.certificates
        statement = select(rows_of).order_by(rows_of.c.position)
        if worker_uid:
            statement = statement.where(rows_of.c.worker_uid == worker_uid)
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        return [self._read_certificate(row.certificate_id, row.body_sealed) for row in rows]

    def _read_certificate(self, name: str, sealed: bytes) -> Certificate:
        return decode_record(Certificate, self._keys.unseal_for_shop(sealed, f"certificates/{name}"))


def _place(worker_uid: str) -> str:
    return f"holds/{worker_uid}"
