"""Dataset versions with their lineage and share tables.

A folder may name somebody, so it is sealed; nothing else here names a worker.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from tacit.records.dataset import DatasetVersion, EpisodeLine, ShareTable
from tacit.records.purposes import Purpose
from tacit.seal.canonical import utc_text
from tacit.store import tables
from tacit.store.rows import Rows, check_same, next_position


class DatasetRows(Rows):
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

    def _read_dataset(self, connection: Connection, row: Row[tuple[object, ...]]) -> DatasetVersion:
        key = {"dataset_id": row.dataset_id, "version": row.version}
        lines, shares = tables.dataset_episodes, tables.dataset_shares
        episodes = connection.execute(select(lines).filter_by(**key).order_by(lines.c.episode_index)).mappings()
        parts = connection.execute(select(shares.c.account, shares.c.parts).filter_by(**key).order_by(shares.c.line))
        return DatasetVersion(
            dataset_id=row.dataset_id,
            version=row.version,
            agreement_id=row.agreement_id,
            purpose=Purpose(row.purpose),
            path=self._keys.unseal_for_shop(row.path_sealed, _path_context(key)).decode(),
            digest=row.digest,
            inputs_mac=row.inputs_mac,
            made_at=datetime.fromisoformat(row.made_at),
            episodes=tuple(
                EpisodeLine(**{name: value for name, value in line.items() if name not in key}) for line in episodes
            ),
            shares=ShareTable(
                row.shares_basis, tuple((account, count) for account, count in parts), row.shares_signature
            ),
            agreement_digest=row.agreement_digest or "",
            release_of=row.release_of or "",
        )


def _path_context(key: dict[str, Any]) -> str:
    return f"datasets/{key['dataset_id']}/{key['version']}"
