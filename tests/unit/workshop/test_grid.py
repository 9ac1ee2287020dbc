"""The grid: fixed, each cell one step from the plain film, development and reporting seeds apart."""

import hashlib
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from tacit.workshop.film import Stage
from tacit.workshop.grid import (
    DEVELOPMENT_SEEDS,
    GRID,
    OFFSET_CELLS,
    PLAIN,
    QUICK_CELLS,
    REPORTING_SEEDS,
    find_cell,
)

NAMES = [cell.name for cell in GRID]


def changes(cell):
    plain = asdict(PLAIN)
    return {name for name, value in asdict(cell.options).items() if value != plain[name]}


def test_no_seed_is_both_for_development_and_for_reporting():
    assert not set(DEVELOPMENT_SEEDS) & set(REPORTING_SEEDS)


def test_every_cell_has_a_name_of_its_own_and_is_found_by_it():
    assert len(set(NAMES)) == len(GRID)
    assert all(find_cell(cell.name) is cell for cell in GRID)
    assert set(OFFSET_CELLS) | set(QUICK_CELLS) <= set(NAMES)


@pytest.mark.parametrize("cell", GRID, ids=NAMES)
def test_a_cell_changes_one_thing_a_pair_two(cell):
    changed = changes(cell) - {"passer_by_skin"}
    assert len(changed) == {"plain": 0, "pairs": 2}.get(cell.axis, 1)


def test_films_of_a_cell_differ_in_their_seed_and_the_part_of_the_work_they_show():
    first, second = (GRID[0].film_options(seed) for seed in REPORTING_SEEDS[:2])
    assert first.seed != second.seed
    assert first.begin_s != second.begin_s


def test_every_axis_that_was_promised_is_there():
    promised = {"skin", "gloves", "sleeves", "light", "blur", "distance", "head", "clutter", "hands", "passer-by"}
    assert promised <= {cell.axis for cell in GRID}


@pytest.mark.parametrize("name", ["plain: plain", "pairs: fast turns, motion blur"])
def test_a_cell_is_drawn_the_same_every_time(name):
    options = find_cell(name).film_options(REPORTING_SEEDS[0])
    digests = [hashlib.sha256(Stage(options).frame(20).rgb.tobytes()).hexdigest() for _ in range(2)]
    assert digests[0] == digests[1]
    other = find_cell(name).film_options(REPORTING_SEEDS[1])
    assert hashlib.sha256(Stage(other).frame(20).rgb.tobytes()).hexdigest() != digests[0]


@pytest.fixture(scope="module")
def plain_picture():
    return Stage(small(PLAIN)).frame(30).rgb


def small(options):
    return replace(options, width=320, height=240, begin_s=0.85)


@pytest.mark.parametrize("axis", ["gloves", "sleeves", "light", "blur", "distance", "head", "clutter", "hands"])
def test_each_axis_can_be_seen(axis, plain_picture):
    cell = next(cell for cell in GRID if cell.axis == axis)
    assert np.abs(Stage(small(cell.options)).frame(30).rgb.astype(int) - plain_picture).mean() > 0.2


def test_the_published_page_names_every_level():
    page = (Path(__file__).parents[3] / "docs" / "accuracy.md").read_text(encoding="utf-8")
    rows = {row.split("|")[1].strip(): row for row in page.splitlines() if row.startswith("| ")}
    for cell in GRID:
        words = [cell.level] if cell.axis != "pairs" else cell.level.split(", ")
        assert cell.axis in rows
        for word in words:
            assert word in rows[cell.axis] or word in page, cell.name
