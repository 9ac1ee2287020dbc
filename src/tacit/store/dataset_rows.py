"""Dataset versions with their lineage and share tables.

A folder may name somebody, so it is sealed; nothing else here names a worker.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, tuple_

from tacit.records.dataset import DatasetHead, DatasetVersion, EpisodeLine, EpisodeSource, ShareTable
from tacit.records.purposes import Purpose
from tacit.seal.canonical import utc_text
from tacit.store import tables
from tacit.store.rows import check_same, next_position
from tacit.store.voucher_rows import VoucherRows

_OF_LINE = frozenset(field.name for field in fields(EpisodeLine))


class DatasetRows(VoucherRows):
    """Rows about what is made."""

    def add_dataset_version(self, dataset: DatasetVersion) -> None:
        """Add a dataset version with its lineage and share table. Raises AlreadyThereError."""
        key = {"dataset_id": dataset.dataset_id, "version": dataset.version}
        with self._database.writing() as connection:
            found = connection.execute(select(tables.datasets).filter_by(**key)).one_or_none()
            if found is not None:
                known = self._read_dataset(connection, found)
                check_same("dataset version", f"{dataset.dataset_id} v{dataset.version}", known, dataset)
                return
            connection.execute(
                insert(tables.datasets).values(
                    **key,
                    position=next_position(connection, tables.datasets),
                    agreement_id=dataset.agreement_id,
                    purpose=dataset.purpose.value,
                    digest=dataset.digest,
                    inputs_mac=dataset.inputs_mac,
                    made_at=utc_text(dataset.made_at),
                    path_sealed=self._keys.seal_for_shop(dataset.path.encode(), _path_context(key)),
                    shares_basis=dataset.shares.basis,
                    shares_signature=dataset.shares.signature,
                    agreement_digest=dataset.agreement_digest or None,
                    release_of=dataset.release_of or None,
                )
            )
            episodes = [key | vars(line) for line in dataset.episodes]
            parts = enumerate(dataset.shares.parts)
            shares = [{**key, "line": line, "account": account, "parts": n} for line, (account, n) in parts]
            for table, rows in ((tables.dataset_episodes, episodes), (tables.dataset_shares, shares)):
                if rows:
                    connection.execute(insert(table), rows)

    def dataset_versions(self) -> list[DatasetVersion]:
        """All dataset versions, in the order made."""
        with self._database.reading() as connection:
            rows = connection.execute(select(tables.datasets).order_by(tables.datasets.c.position)).all()
            return [self._read_dataset(connection, row) for row in rows]

    def dataset_heads(self, worker_uid: str = "") -> list[DatasetHead]:
        """All dataset versions without their episodes, in the order made; those with a worker's footage, if named."""
        heads, lines = tables.datasets, tables.dataset_episodes
        statement = select(heads).order_by(heads.c.position)
        if worker_uid:
            theirs = select(lines.c.dataset_id, lines.c.version).where(lines.c.worker_uid == worker_uid)
            statement = statement.where(tuple_(heads.c.dataset_id, heads.c.version).in_(theirs))
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        return [self._read_head(row) for row in rows]

    def note_episode_sources(self, dataset_id: str, version: int, sources: Sequence[EpisodeSource]) -> None:
        """Put down what each episode of a version was made from, in their order."""
        lines = tables.dataset_episodes
        same = (lines.c.dataset_id == dataset_id, lines.c.version == version, lines.c.episode_index == bindparam("at"))
        values = [{"at": index, **vars(source)} for index, source in enumerate(sources)]
        with self._database.writing() as connection:
            if values:
                connection.execute(lines.update().where(*same), values)
                self._vouch(connection, lines, {"dataset_id": dataset_id, "version": version})

    def episode_sources(self, dataset_id: str, version: int) -> list[EpisodeSource]:
        """What each episode of a version was made from, in their order; none where nobody noted it."""
        lines = tables.dataset_episodes
        statement = select(lines.c.unit_id, lines.c.content).filter_by(dataset_id=dataset_id, version=version)
        with self._database.reading() as connection:
            rows = connection.execute(statement.order_by(lines.c.episode_index)).all()
        return [] if any(None in row for row in rows) else [EpisodeSource(*row) for row in rows]

    def dataset_people(self, dataset_id: str, version: int) -> frozenset[str]:
        """Opaque ids of everybody whose footage is in a dataset version."""
        lines = tables.dataset_episodes
        statement = select(lines.c.worker_uid).filter_by(dataset_id=dataset_id, version=version).distinct()
        with self._database.reading() as connection:
            return frozenset(connection.execute(statement).scalars())

    def find_dataset_version(self, dataset_id: str, version: int = 0) -> DatasetVersion | None:
        """One version of a dataset with its episodes; the newest for 0."""
        heads = tables.datasets
        statement = select(heads).where(heads.c.dataset_id == dataset_id)
        if version:
            statement = statement.where(heads.c.version == version)
        with self._database.reading() as connection:
            row = connection.execute(statement.order_by(heads.c.version.desc()).limit(1)).one_or_none()
            return None if row is None else self._read_dataset(connection, row)

    def _read_head(self, row: Row[tuple[object, ...]]) -> DatasetHead:
        key = {"dataset_id": row.dataset_id, "version": row.version}
        return DatasetHead(
            dataset_id=row.dataset_id,
            version=row.version,
            agreement_id=row.agreement_id,
            purpose=Purpose(row.purpose),
            path=self._keys.unseal_for_shop(row.path_sealed, _path_context(key)).decode(),
            digest=row.digest,
            made_at=datetime.fromisoformat(row.made_at),
            agreement_digest=row.agreement_digest or "",
            release_of=row.release_of or "",
        )

    def _read_dataset(self, connection: Connection, row: Row[tuple[object, ...]]) -> DatasetVersion:
        key = {"dataset_id": row.dataset_id, "version": row.version}
        lines, shares = tables.dataset_episodes, tables.dataset_shares
        episodes = connection.execute(select(lines).filter_by(**key).order_by(lines.c.episode_index)).mappings()
        parts = connection.execute(select(shares.c.account, shares.c.parts).filter_by(**key).order_by(shares.c.line))
        return DatasetVersion(
            **vars(self._read_head(row)),
            inputs_mac=row.inputs_mac,
            episodes=tuple(
                EpisodeLine(**{name: value for name, value in line.items() if name in _OF_LINE}) for line in episodes
            ),
            shares=ShareTable(
                row.shares_basis, tuple((account, count) for account, count in parts), row.shares_signature
            ),
        )


def _path_context(key: dict[str, Any]) -> str:
    return f"datasets/{key['dataset_id']}/{key['version']}"
