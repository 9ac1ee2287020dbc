"""The schema of a catalogue over time: made for a new shop, brought up to date for an old one, refused for a newer."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from tacit.records.errors import NewerShopError, NoCatalogueError
from tacit.store.database import Database

REVISIONS = ("0001", "0002", "0003")
"""Every revision of the schema, oldest first; each has its file in `migrations/versions`."""


def is_older(database: Database) -> bool:
    """True where the catalogue is there and lacks revisions.

    Raises:
        NoCatalogueError: There is none.
    """
    file = database.sqlite_file
    if file is not None and not file.exists():
        raise NoCatalogueError(database.place)
    with database.reading() as connection:
        has_tables = inspect(connection).has_table("alembic_version")
        revision = _revision(connection) if has_tables else ""
    if not has_tables:
        raise NoCatalogueError(database.place)
    return revision != REVISIONS[-1]


def bring_up_to_date(database: Database) -> None:
    """Run the revisions that are missing, in one transaction.

    Raises:
        NewerShopError: The catalogue has a revision that this tacit does not know.
    """
    # Imported here, for alembic takes a tenth of a second and is needed when a schema changes only.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    with database.writing() as connection:
        if inspect(connection).has_table("alembic_version"):
            revision = _revision(connection)
            if revision and revision not in REVISIONS:
                raise NewerShopError(database.place)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(connection: Connection) -> str:
    """The revision that alembic noted; "" before the first."""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
