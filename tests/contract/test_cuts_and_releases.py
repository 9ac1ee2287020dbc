"""What every catalogue keeps of a worker's word and of what they had erased."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tacit.records.cuts import Cut, Cutting
from tacit.records.errors import AlreadyThereError, CatalogueDamageError, ErasedError
from tacit.records.people import Release, StandingRelease
from tacit.records.purposes import Evidence
from tacit.store.catalogue import SqlCatalogue
from tacit.store.keyring import MemoryKeyring

from .test_catalogue import fill

MOMENT = datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=UTC)
LATER = MOMENT + timedelta(hours=1)


def cutting(cut_id: str = "cut-1", recording: str = "r-1", worker: str = "w-1") -> Cutting:
    return Cutting(Cut(cut_id, 3000, 6001), recording, worker, MOMENT)


def standing(standing_id: str = "s-1", worker: str = "w-1") -> StandingRelease:
    return StandingRelease(standing_id, worker, "a-1", MOMENT, Evidence.SIGNED, "ab" * 64)


def test_cuts_come_back_as_they_were_in_the_order_made(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    fill(catalogue, shop)
    made = [cutting("cut-b"), cutting("cut-a")]
    for one in [*made, cutting("cut-c", "r-2", "w-2")]:
        catalogue.add_cut(one)
        catalogue.add_cut(one)
    assert catalogue.cuttings("r-1") == made
    assert [one.cut.cut_id for one in catalogue.cuttings("r-2")] == ["cut-c"]
    assert catalogue.cuttings("r-9") == []


def test_other_contents_under_a_taken_cut_are_refused(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    fill(catalogue, shop)
    catalogue.add_cut(cutting())
    with pytest.raises(AlreadyThereError):
        catalogue.add_cut(replace(cutting(), cut_at=LATER))
    assert catalogue.cuttings("r-1") == [cutting()]


def test_cut_of_what_is_not_there_is_damage(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    fill(catalogue, shop)
    with pytest.raises(CatalogueDamageError):
        catalogue.add_cut(cutting(recording="r-9"))


def test_outcome_remembers_its_cuts(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    fill(catalogue, shop)
    cut = replace(shop.outcomes[0], cuts=(Cut("cut-1", 0, 500), Cut("cut-2", 900, 901)), cut_from="u-0")
    catalogue.set_outcome(cut, MOMENT)
    assert catalogue.find_outcome("r-1") == cut


def test_moment_since_when_a_preview_can_be_seen_comes_back(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    fill(catalogue, shop)
    assert catalogue.find_ready_at("r-1") is None
    assert catalogue.find_ready_at("r-9") is None
    catalogue.set_outcome(shop.outcomes[0], MOMENT)
    assert catalogue.find_ready_at("r-1") == MOMENT
    catalogue.set_outcome(shop.outcomes[0], LATER)
    assert catalogue.find_ready_at("r-1") == LATER


def test_standing_releases_keep_their_order_and_take_their_end_in(
    catalogue: SqlCatalogue, shop: SimpleNamespace
) -> None:
    fill(catalogue, shop)
    given = [standing("s-2"), standing("s-1")]
    for one in [*given, standing("s-3", "w-2")]:
        catalogue.set_standing_release(one)
        catalogue.set_standing_release(one)
    assert catalogue.standing_releases("w-1") == given
    ended = replace(given[0], ended_at=LATER)
    catalogue.set_standing_release(ended)
    assert catalogue.standing_releases("w-1") == [ended, given[1]]
    assert catalogue.standing_releases("w-2") == [standing("s-3", "w-2")]
    assert catalogue.standing_releases("w-9") == []


def test_release_that_ended_is_remembered_and_gives_way_to_a_new_one(
    catalogue: SqlCatalogue, shop: SimpleNamespace
) -> None:
    fill(catalogue, shop)
    first = shop.releases[0]
    catalogue.end_release("r-1", LATER)
    catalogue.end_release("r-1", LATER + timedelta(hours=1))  # the first end counts
    assert catalogue.find_release("r-1") == replace(first, ended_at=LATER)
    declared = Release("r-1", "w-1", LATER, Evidence.DECLARED, "")
    catalogue.add_release(declared)
    assert catalogue.find_release("r-1") == declared
    catalogue.end_release("r-9", LATER)
    assert catalogue.find_release("r-9") is None
    assert catalogue.find_release("r-2") == shop.releases[1]


def test_release_that_runs_gives_way_to_a_stronger_one_only(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    fill(catalogue, shop)
    catalogue.remove_release("r-1")
    catalogue.remove_release("r-1")
    assert catalogue.find_release("r-1") is None
    declared = Release("r-1", "w-1", MOMENT, Evidence.DECLARED, "")
    catalogue.add_release(declared)
    with pytest.raises(AlreadyThereError):
        catalogue.add_release(replace(declared, released_at=LATER))
    signed = replace(declared, evidence=Evidence.SIGNED, signature="ab" * 64)
    catalogue.add_release(signed)
    with pytest.raises(AlreadyThereError):
        catalogue.add_release(declared)
    assert catalogue.find_release("r-1") == signed


def test_of_an_erased_worker_no_cut_and_no_word_is_there(
    catalogue: SqlCatalogue, shop: SimpleNamespace, memory_keys: MemoryKeyring
) -> None:
    fill(catalogue, shop)
    for one in (cutting(), cutting("cut-2", "r-2", "w-2")):
        catalogue.add_cut(one)
    for word in (standing(), standing("s-2", "w-2")):
        catalogue.set_standing_release(word)
    memory_keys.destroy_worker_key("w-1")
    for _ in range(2):  # with the key gone alone, and then with the rows gone too
        assert catalogue.cuttings("r-1") == []
        assert catalogue.standing_releases("w-1") == []
        assert len(catalogue.cuttings("r-2")) == len(catalogue.standing_releases("w-2")) == 1
        for write in (
            lambda: catalogue.add_cut(cutting("cut-9")),
            lambda: catalogue.set_standing_release(standing("s-9")),
        ):
            with pytest.raises(ErasedError):
                write()
        catalogue.erase_worker("w-1", MOMENT)
