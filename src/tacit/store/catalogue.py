"""The catalogue of a shop: everything the flows put down, in one SQL database, with what is personal sealed."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy.engine import URL

from tacit.flows.ports import Keys
from tacit.store.agreement_rows import AgreementRows
from tacit.store.cut_rows import CutRows
from tacit.store.database import Database
from tacit.store.dataset_rows import DatasetRows
from tacit.store.grievance_rows import GrievanceRows
from tacit.store.leaving_rows import LeavingRows
from tacit.store.ledger_rows import LedgerRows
from tacit.store.license_rows import LicenseRows
from tacit.store.log_rows import LogRows
from tacit.store.mark_rows import MarkRows
from tacit.store.recording_rows import RecordingRows
from tacit.store.release_rows import ReleaseRows
from tacit.store.review_rows import ReviewRows
from tacit.store.schema import bring_up_to_date, is_older
from tacit.store.seal_rows import SealRows


def create_catalogue(url: str | URL) -> None:
    """Make the tables of a new shop; harmless where they are there.

    Args:
        url: See `Database`. A SQLite file is made; its folder must exist. A PostgreSQL database must exist.
    """
    database = Database(url)
    try:
        if database.is_sqlite:
            _switch_to_write_ahead_log(database)
        bring_up_to_date(database)
    finally:
        database.close()


class SqlCatalogue(
    AgreementRows,
    LeavingRows,
    RecordingRows,
    ReleaseRows,
    MarkRows,
    CutRows,
    DatasetRows,
    LicenseRows,
    LedgerRows,
    LogRows,
    ReviewRows,
    GrievanceRows,
    SealRows,
):
    """The catalogue over SQLite or PostgreSQL; several processes and threads may use it at a time.

    Args:
        url: See `Database`; "sqlite://" is the twin in memory. Made before by `create_catalogue`, unless in memory.
        keys: The keyring of the same shop.

    Raises:
        NoCatalogueError: There is none.
        NewerShopError: A newer tacit made it.
        CatalogueUnavailableError, CatalogueDamageError: From every call, see `Database`.
    """

    def __init__(self, url: str | URL, keys: Keys) -> None:
        database = Database(url)
        super().__init__(database, keys)
        with ExitStack() as on_failure:
            on_failure.callback(database.close)
            if database.is_in_memory:
                bring_up_to_date(database)
            elif is_older(database):
                with database.writing():
                    bring_up_to_date(database)
                    self.vouch_for_all()
            on_failure.pop_all()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything this thread writes inside is written together or not at all; nobody else writes meanwhile."""
        with self._database.writing():
            yield

    def close(self) -> None:
        """Close all connections; the last process to do so leaves no side files behind."""
        self._database.close()


def _switch_to_write_ahead_log(database: Database) -> None:
    """Let readers and a writer of a SQLite file not wait for each other; the file remembers it."""
    with database.reading() as connection:
        connection.exec_driver_sql("COMMIT")  # the mode cannot change inside a transaction
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        connection.exec_driver_sql("BEGIN")
