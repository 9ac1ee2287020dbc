"""How accuracy is shown: a table for people, one object for machines."""

import json

import pytest

from tacit.cli.accuracy import _as_json, _say
from tacit.flows.measure_accuracy import Accuracy, CellFigures
from tacit.motion.accuracy import HandFigures
from tacit.workshop.grid import find_cell

GOOD = HandFigures(180, 360, 1.0, 1.0, 4.24, 2.5, 5.04, 9.0, 3.0, 0.0)
NONE = HandFigures(180, 360, 0.0, None, None, None, None, None, None, 1.5)


@pytest.fixture
def measured():
    cells = (CellFigures(find_cell("light: dim"), NONE, 0, 0), CellFigures(find_cell("passer-by: tan"), GOOD, 180, 2))
    return Accuracy(GOOD, 180, 2, cells)


def test_table_names_every_cell_in_order_and_leaves_out_what_was_not_there(measured, capsys):
    _say(measured)
    lines = [line for line in capsys.readouterr().out.splitlines() if " %" in line and "Found" not in line]
    assert [line.split("  ")[1].strip() for line in lines] == ["light: dim", "passer-by: tan", "all"]
    assert lines[0].split() == ["light:", "dim", "0.0", "%", "1.5"]
    assert " ".join(lines[1].split()[2:]) == "100.0 % 4.2 2.5 5.0 9.0 3.0 100.0 % 0.0 2 of 180"


def test_json_holds_the_same_and_nothing_that_json_does_not_know(measured):
    read = json.loads(json.dumps(_as_json(measured), allow_nan=False))
    assert read["whole"]["error_percent"] == 5.04
    assert read["cells"][0]["axis"] == "light"
    assert read["cells"][0]["found_share"] == 0.0
    assert read["cells"][0]["error_percent"] is None
    assert read["cells"][0]["shortfall"] == pytest.approx(50)
