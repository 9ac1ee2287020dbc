"""Licences, what happened to them, and the notices to licensees that wait in the outbox.

An event may hold a reason that somebody typed and that may name a person, so it is sealed; nothing else here names one.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from tacit.records.license import License, LicenseEvent, LicenseNotice
from tacit.seal.canonical import utc_text
from tacit.store import tables
from tacit.store.codec import decode_record, encode_record
from tacit.store.rows import check_same, next_position
from tacit.store.voucher_rows import VoucherRows


class LicenseRows(VoucherRows):
    """Rows about what is licensed."""

    def add_license(self, granted: License) -> None:
        """Add a licence; the dataset version must be there. Raises AlreadyThereError."""
        with self._database.writing() as connection:
            known = self.find_license(granted.license_id)
            if known is not None:
                check_same("licence", granted.license_id, known, granted)
                return
            connection.execute(
                insert(tables.licenses).values(
                    license_id=granted.license_id,
                    position=next_position(connection, tables.licenses),
                    dataset_id=granted.dataset_id,
                    version=granted.version,
                    body=encode_record(granted).decode(),
                )
            )

    def find_license(self, license_id: str) -> License | None:
        """The licence of that id."""
        statement = select(tables.licenses.c.body).where(tables.licenses.c.license_id == license_id)
        with self._database.reading() as connection:
            body = connection.execute(statement).scalar()
        return body and decode_record(License, body)

    def licenses(self) -> list[License]:
        """All licences, in the order granted."""
        with self._database.reading() as connection:
            bodies = connection.execute(select(tables.licenses.c.body).order_by(tables.licenses.c.position))
            return [decode_record(License, body) for body in bodies.scalars()]

    def add_license_event(self, event: LicenseEvent) -> None:
        """Add what happened to a licence; the licence must be there."""
        events = tables.license_events
        with self._database.writing() as connection:
            position = next_position(connection, events)
            sealed = self._keys.seal_for_shop(encode_record(event), _event_context(position))
            connection.execute(
                insert(events).values(position=position, license_id=event.license_id, body_sealed=sealed)
            )

    def license_events(self, license_id: str = "") -> list[LicenseEvent]:
        """What happened to a licence, or to all of them where none is named, in the order it happened."""
        events = tables.license_events
        statement = select(events.c.position, events.c.body_sealed).order_by(events.c.position)
        if license_id:
            statement = statement.where(events.c.license_id == license_id)
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        return [
            decode_record(LicenseEvent, self._keys.unseal_for_shop(row.body_sealed, _event_context(row.position)))
            for row in rows
        ]

    def add_license_notice(self, notice: LicenseNotice) -> None:
        """Put a notice to a licensee into the outbox. Raises AlreadyThereError."""
        outbox = tables.outbox
        with self._database.writing() as connection:
            known = self.find_license_notice(notice.notice_id)
            if known is not None:
                check_same("notice", notice.notice_id, known, notice)
                return
            connection.execute(
                insert(outbox).values(
                    notice_id=notice.notice_id,
                    position=next_position(connection, outbox),
                    license_id=notice.license_id,
                    sent_at=notice.sent_at and utc_text(notice.sent_at),
                    body=encode_record(replace(notice, sent_at=None)).decode(),
                )
            )

    def set_notice_sent(self, notice_id: str, sent_at: datetime) -> None:
        """Put down when a notice was sent; harmless where there is no such notice."""
        outbox = tables.outbox
        with self._database.writing() as connection:
            sent = outbox.update().where(outbox.c.notice_id == notice_id).values(sent_at=utc_text(sent_at))
            if connection.execute(sent).rowcount:
                self._vouch(connection, outbox, {"notice_id": notice_id})

    def find_license_notice(self, notice_id: str) -> LicenseNotice | None:
        """The notice of that id."""
        with self._database.reading() as connection:
            row = connection.execute(select(tables.outbox).where(tables.outbox.c.notice_id == notice_id)).one_or_none()
        return None if row is None else _read_notice(row)

    def license_notices(self) -> list[LicenseNotice]:
        """All notices, sent or not, in the order made."""
        with self._database.reading() as connection:
            rows = connection.execute(select(tables.outbox).order_by(tables.outbox.c.position)).all()
        return [_read_notice(row) for row in rows]


def _event_context(position: int) -> str:
    return f"license_events/{position}"


def _read_notice(row: Row[Any]) -> LicenseNotice:
    sent_at = None if row.sent_at is None else datetime.fromisoformat(row.sent_at)
    return replace(decode_record(LicenseNotice, row.body), sent_at=sent_at)
