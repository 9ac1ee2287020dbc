"""What the log of every catalogue has to do: grow, prove, be read part by part, and never go back in time."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tacit.records.errors import ClockSetBackError, LogDamageError
from tacit.seal.canonical import canonical_json
from tacit.seal.merkle import EMPTY_ROOT, is_consistent, is_included, leaf_hash
from tacit.store import tables
from tacit.store.catalogue import SqlCatalogue
from tacit.store.keyring import MemoryKeyring

from .conftest import MOMENT


def entry(n: int, at: datetime = MOMENT, kind: str = "decision") -> dict[str, Any]:
    return {"kind": kind, "at": at.isoformat(), "subject": f"{n:064x}"}


def fill(catalogue: SqlCatalogue, n_entries: int, size: int = 5000) -> list[dict[str, Any]]:
    entries = [entry(n) for n in range(n_entries)]
    for start in range(0, n_entries, size):
        catalogue.append_log(entries[start : start + size])
    return entries


def test_r9_a_proof_leads_from_an_entry_to_the_root(catalogue: SqlCatalogue) -> None:
    entries = fill(catalogue, 23, 7)
    for size in (1, 8, 22, 23):
        root = bytes.fromhex(catalogue.log_root(size)[1])
        for index in range(size):
            proof = catalogue.log_inclusion(index, size)
            assert is_included(leaf_hash(canonical_json(entries[index])), index, size, proof, root)


def test_r9_a_proof_leads_from_an_older_root_to_a_newer_one(catalogue: SqlCatalogue) -> None:
    fill(catalogue, 23, 7)
    roots = {size: bytes.fromhex(catalogue.log_root(size)[1]) for size in range(1, 24)}
    for old in range(1, 24):
        assert is_consistent(old, 23, roots[old], roots[23], catalogue.log_consistency(old, 23))
    assert catalogue.log_root(0) == (0, EMPTY_ROOT.hex())


def test_a_root_of_more_entries_than_there_are_is_damage(catalogue: SqlCatalogue) -> None:
    fill(catalogue, 3)
    with pytest.raises(LogDamageError):
        catalogue.log_root(4)


def test_log_is_read_part_by_part(catalogue: SqlCatalogue) -> None:
    entries = fill(catalogue, 9001)
    assert list(catalogue.read_log()) == entries
    assert list(catalogue.read_log(4000, 8200)) == entries[4000:8200]
    assert list(catalogue.read_log(9001)) == []
    lines = catalogue.read_log()
    assert next(lines) == entries[0]
    assert catalogue.log_bodies(2, 4) == [(n, canonical_json(entries[n]).decode()) for n in (2, 3)]
    assert catalogue.log_hashes(0, 2, 3) == [(2, leaf_hash(canonical_json(entries[2])))]
    assert catalogue.log_counts() == (9001, 9001, sum(9001 >> level for level in range(14)))
    assert catalogue.log_entries() == entries


def test_log_that_grows_while_it_is_read_is_read_to_where_it_was(catalogue: SqlCatalogue) -> None:
    fill(catalogue, 5000)
    lines = catalogue.read_log()
    next(lines)
    catalogue.append_log([entry(7)])
    assert len(list(lines)) == 4999


def test_r9_log_is_read_as_it_was_at_one_moment_while_another_appends(
    catalogue: SqlCatalogue, catalogue_url: str, memory_keys: MemoryKeyring
) -> None:
    if catalogue_url == "sqlite://":
        pytest.skip("in memory there is one connection, and nobody beside it")
    with closing(SqlCatalogue(catalogue_url, memory_keys)) as other:
        catalogue.append_log([entry(1)])
        with catalogue._database.reading() as connection:
            count = select(func.count()).select_from(tables.log_entries)
            before = connection.execute(count).scalar_one()
            other.append_log([entry(2)])
            assert connection.execute(count).scalar_one() == before
        assert len(catalogue.log_entries()) == before + 1


def test_r9_entries_from_before_the_last_one_are_refused_and_nothing_is_lost(catalogue: SqlCatalogue) -> None:
    catalogue.append_log([entry(0)])
    with pytest.raises(ClockSetBackError, match=r"R9.*accept-clock"):
        catalogue.append_log([entry(1), entry(2, MOMENT - timedelta(seconds=61))])
    with pytest.raises(ClockSetBackError):
        _append_in_one_transaction(catalogue, entry(3, MOMENT + timedelta(days=1)), entry(4))
    assert catalogue.log_entries() == [entry(0)]


def _append_in_one_transaction(catalogue: SqlCatalogue, *entries: dict[str, Any]) -> None:
    with catalogue.transaction():
        for one in entries:
            catalogue.append_log([one])


def test_a_minute_between_two_clocks_is_allowed(catalogue: SqlCatalogue) -> None:
    catalogue.append_log([entry(0), entry(1, MOMENT - timedelta(seconds=60))])
    assert catalogue.append_log([{"kind": "without a moment"}]) == 3
    assert catalogue.append_log([entry(2)]) == 4


def test_a_clock_that_was_wrong_is_set_right_in_the_open(catalogue: SqlCatalogue) -> None:
    ahead = MOMENT + timedelta(days=3650)
    catalogue.append_log([entry(0, ahead)])
    with pytest.raises(ClockSetBackError):
        catalogue.append_log([entry(1)])
    catalogue.append_log([entry(2, kind="clock-corrected")])
    assert catalogue.append_log([entry(3)]) == 3


def test_checkpoints_are_kept_one_for_each_size(catalogue: SqlCatalogue) -> None:
    assert catalogue.checkpoints() == []
    catalogue.set_checkpoint(7, "seven")
    catalogue.set_checkpoint(3, "three")
    catalogue.set_checkpoint(7, "seven, signed twice")
    assert catalogue.checkpoints() == [(3, "three"), (7, "seven, signed twice")]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE log_entries SET body = '{\"n\":7' WHERE entry_index = 4",
        "UPDATE log_entries SET body = '[7]' WHERE entry_index = 4",
        'UPDATE log_entries SET body = \'{"at":"yesterday"}\' WHERE entry_index = 4',
        "UPDATE log_entries SET body = '{\"at\":7}' WHERE entry_index = 4",
        "DELETE FROM log_nodes WHERE level = 2",
    ],
)
def test_nothing_is_appended_to_an_end_that_cannot_be_read(
    catalogue: SqlCatalogue, sql: Callable[[str], None], damage: str
) -> None:
    fill(catalogue, 5)
    sql(damage)
    with pytest.raises(LogDamageError):
        catalogue.append_log([entry(5)])
    assert catalogue.log_counts()[:2] == (5, 5)


@pytest.fixture
def sql(catalogue: SqlCatalogue) -> Callable[[str], None]:
    """Runs a statement behind the catalogue's back."""

    def run(statement: str) -> None:
        with catalogue._database.writing() as connection:
            connection.exec_driver_sql(statement)

    return run
