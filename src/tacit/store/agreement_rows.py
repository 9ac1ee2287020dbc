"""Agreements with their versions and pauses, and the stewards who watch over them.

A party of an agreement and a steward may be a person, so both are sealed under the shop's key.
"""

from datetime import datetime

from sqlalchemy import insert, select

from tacit.records.agreement import Agreement, PauseWord
from tacit.records.people import Steward
from tacit.seal.canonical import utc_text
from tacit.store import tables
from tacit.store.codec import decode_record, encode_record
from tacit.store.rows import check_same, next_position
from tacit.store.voucher_rows import VoucherRows


class AgreementRows(VoucherRows):
    """Rows about what is agreed."""

    def add_agreement(self, agreement: Agreement, source: str, added_at: datetime) -> int:
        """Add an agreement, or a new version of one, with the text it was read from; returns the version's number.

        A version that is there already is left as it is.
        """
        with self._database.writing() as connection:
            known = self.agreement_versions(agreement.agreement_id)
            for number, version in enumerate(known, start=1):
                if version.digest == agreement.digest:
                    check_same("agreement", agreement.agreement_id, version, agreement)
                    return number
            number = len(known) + 1
            place = _place(agreement.agreement_id, number)
            values = {
                "agreement_id": agreement.agreement_id,
                "body_sealed": self._keys.seal_for_shop(encode_record(agreement), f"{place}/body"),
                "source_sealed": self._keys.seal_for_shop(source.encode(), f"{place}/source"),
            }
            if known:
                later = {"version": number, "added_at": utc_text(added_at)}
                connection.execute(insert(tables.agreement_versions).values(**values, **later))
            else:
                position = next_position(connection, tables.agreements)
                connection.execute(insert(tables.agreements).values(**values, position=position))
        return number

    def agreement_versions(self, agreement_id: str) -> list[Agreement]:
        """Every version of an agreement, oldest first; none where there is no such agreement."""
        bodies = self._sealed_versions(agreement_id, "body_sealed")
        return [
            decode_record(Agreement, self._keys.unseal_for_shop(body, f"{_place(agreement_id, number)}/body"))
            for number, body in enumerate(bodies, start=1)
        ]

    def agreement_sources(self, agreement_id: str) -> list[str]:
        """The text of every version, as it was added, oldest first."""
        sources = self._sealed_versions(agreement_id, "source_sealed")
        return [
            self._keys.unseal_for_shop(source, f"{_place(agreement_id, number)}/source").decode()
            for number, source in enumerate(sources, start=1)
        ]

    def find_version_added_at(self, agreement_id: str, digest: str) -> datetime | None:
        """When a later version of an agreement was added; None for the first one."""
        later = tables.agreement_versions
        for number, version in enumerate(self.agreement_versions(agreement_id), start=1):
            if version.digest == digest and number > 1:
                statement = select(later.c.added_at).filter_by(agreement_id=agreement_id, version=number)
                with self._database.reading() as connection:
                    return datetime.fromisoformat(connection.execute(statement).scalar_one())
        return None

    def agreements(self) -> list[Agreement]:
        """The newest version of every agreement, in the order the agreements were added."""
        statement = select(tables.agreements.c.agreement_id).order_by(tables.agreements.c.position)
        with self._database.reading() as connection:
            names = connection.execute(statement).scalars().all()
        return [self.agreement_versions(name)[-1] for name in names]

    def add_pause_word(self, word: PauseWord) -> None:
        """Add a steward's word that an agreement stops or goes on."""
        with self._database.writing() as connection:
            position = next_position(connection, tables.agreement_pauses)
            connection.execute(
                insert(tables.agreement_pauses).values(
                    position=position,
                    agreement_id=word.agreement_id,
                    body=encode_record(word).decode(),
                )
            )

    def pause_words(self, agreement_id: str) -> list[PauseWord]:
        """Every such word about an agreement, in the order said; the last one counts."""
        pauses = tables.agreement_pauses
        statement = select(pauses.c.body).where(pauses.c.agreement_id == agreement_id).order_by(pauses.c.position)
        with self._database.reading() as connection:
            bodies = connection.execute(statement).scalars().all()
        return [decode_record(PauseWord, body) for body in bodies]

    def add_steward(self, steward: Steward) -> None:
        """Add a steward, or put new contents in the place of the old ones."""
        name = steward.steward_id
        sealed = self._keys.seal_for_shop(encode_record(steward), f"stewards/{name}")
        with self._database.writing() as connection:
            if self.find_steward(name) is not None:
                same = tables.stewards.c.steward_id == name
                connection.execute(tables.stewards.update().where(same).values(body_sealed=sealed))
                self._vouch(connection, tables.stewards, {"steward_id": name})
                return
            position = next_position(connection, tables.stewards)
            connection.execute(insert(tables.stewards).values(steward_id=name, position=position, body_sealed=sealed))

    def find_steward(self, steward_id: str) -> Steward | None:
        """The steward of that id."""
        return next((steward for steward in self.stewards() if steward.steward_id == steward_id), None)

    def stewards(self) -> list[Steward]:
        """All stewards, in the order they were added."""
        with self._database.reading() as connection:
            rows = connection.execute(select(tables.stewards).order_by(tables.stewards.c.position)).all()
        return [
            decode_record(Steward, self._keys.unseal_for_shop(row.body_sealed, f"stewards/{row.steward_id}"))
            for row in rows
        ]

    def _sealed_versions(self, agreement_id: str, column: str) -> list[bytes]:
        first, later = tables.agreements, tables.agreement_versions
        with self._database.reading() as connection:
            of_first = select(first.c[column]).where(first.c.agreement_id == agreement_id)
            of_later = select(later.c[column]).where(later.c.agreement_id == agreement_id).order_by(later.c.version)
            return [*connection.execute(of_first).scalars(), *connection.execute(of_later).scalars()]


def _place(agreement_id: str, number: int) -> str:
    """Where a version lies, for its seal."""
    return f"agreements/{agreement_id}" if number == 1 else f"agreement_versions/{agreement_id}/{number}"
