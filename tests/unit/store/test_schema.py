"""The schema over time: what the revisions make, and shops that are older, newer or not there."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

import tacit.store
from tacit.records.errors import (
    CatalogueDamageError,
    CatalogueUnavailableError,
    NewerShopError,
    NoCatalogueError,
    UnwritableCatalogueError,
)
from tacit.store.catalogue import SqlCatalogue, create_catalogue
from tacit.store.keyring import MemoryKeyring
from tacit.store.schema import REVISIONS
from tacit.store.tables import metadata


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"
    create_catalogue(url)
    return url


def change(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_revisions_make_the_tables_that_the_code_uses(url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
    engine.dispose()


def test_known_revisions_are_those_in_the_folder() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(tacit.store.__path__[0]) / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == REVISIONS


def test_making_a_catalogue_twice_is_harmless(url: str, keys: MemoryKeyring) -> None:
    catalogue = SqlCatalogue(url, keys)
    catalogue.append_log([{"n": 1}])
    create_catalogue(url)
    assert catalogue.log_entries() == [{"n": 1}]
    catalogue.close()


def test_newer_shop_is_refused_and_left_alone(url: str, keys: MemoryKeyring) -> None:
    change(url, "UPDATE alembic_version SET version_num = '9999'")
    for opened in (lambda: SqlCatalogue(url, keys), lambda: create_catalogue(url)):
        with pytest.raises(NewerShopError, match=r"catalogue\.db was made by a newer tacit"):
            opened()


def test_older_shop_is_brought_up_to_date(tmp_path: Path, keys: MemoryKeyring) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    change(url, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")  # a shop before the first revision
    catalogue = SqlCatalogue(url, keys)
    assert catalogue.log_root()[0] == 0
    catalogue.close()


def test_revision_that_fails_leaves_nothing_half_done(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'odd.db'}"
    change(url, "CREATE TABLE postings (x INTEGER)")  # in the way of a table that comes late
    with pytest.raises(CatalogueUnavailableError):
        create_catalogue(url)
    engine = create_engine(url)
    assert inspect(engine).get_table_names() == ["postings"]
    engine.dispose()


def test_missing_catalogue_is_told_and_not_made(tmp_path: Path, keys: MemoryKeyring) -> None:
    with pytest.raises(NoCatalogueError, match="from a backup, then run `tacit recover`"):
        SqlCatalogue(f"sqlite:///{tmp_path / 'none.db'}", keys)
    assert list(tmp_path.iterdir()) == []


def test_database_that_is_none_of_ours_is_told(tmp_path: Path, keys: MemoryKeyring) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    change(url, "CREATE TABLE other (x INTEGER)")
    with pytest.raises(NoCatalogueError):
        SqlCatalogue(url, keys)
    (tmp_path / "text.db").write_text("no database at all, but long enough to be read as one" * 20)
    with pytest.raises(CatalogueDamageError, match="not a database"):
        SqlCatalogue(f"sqlite:///{tmp_path / 'text.db'}", keys)


def test_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnwritableCatalogueError, match="unable to open"):
        create_catalogue(f"sqlite:///{tmp_path / 'none' / 'catalogue.db'}")
