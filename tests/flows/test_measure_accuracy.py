"""Measuring accuracy: films through the product's own path, the worst cells first, the offset from other films."""

import os
from contextlib import nullcontext

import cv2
import numpy as np
import pytest

from tacit.flows.measure_accuracy import FilmScore, Take, list_takes, measure_accuracy, score_film, summarise
from tacit.flows.ports import JobEnd
from tacit.footage.faces import FaceDetector
from tacit.models.manifest import FACE_DETECTION
from tacit.motion.accuracy import HandScores
from tacit.records.errors import LostFilmError
from tacit.wiring import read_environment
from tacit.workshop.film import FilmOptions, Stage
from tacit.workshop.grid import DEVELOPMENT_SEEDS, GRID, QUICK_CELLS, REPORTING_SEEDS, Cell, find_cell


@pytest.fixture(scope="module")
def folder(models):
    """Folder of the model store; skips where a model is missing."""
    assert models
    return read_environment(os.environ).models


class Silent:
    """Progress that nobody watches."""

    def step(self, _what, _total):
        return nullcontext(lambda _done: None)


class Loses:
    """An engine that loses every job."""

    def run(self, jobs, _progress):
        yield JobEnd(jobs[0], None, None, "its process ended with -9")


def scores(n_visible, n_found, shift=0.0):
    true = np.zeros((n_found, 21, 2), np.float32)
    true[:, :, 1] = np.linspace(300, 100, 21)
    true[:, 0], true[:, 9] = (200, 300), (200, 200)
    side = np.ones(n_found, np.int8)
    found = true + np.float32([shift, 0])
    return HandScores(60, n_visible, 0, true, found, side, side)


def scored(cell, seed, *args):
    return FilmScore(Take(cell, seed), scores(*args), 0, 0)


def test_films_to_fit_on_and_films_to_report_share_no_seed():
    for quick in (False, True):
        fitting, reported = list_takes(quick)
        assert {take.seed for take in fitting} <= set(DEVELOPMENT_SEEDS)
        assert {take.seed for take in reported} <= set(REPORTING_SEEDS)
    assert {take.cell for take in list_takes(False)[1]} == {cell.name for cell in GRID}
    assert [take.cell for take in list_takes(True)[1]] == list(QUICK_CELLS)


def test_the_worst_cells_come_first_and_films_of_a_cell_count_together():
    fitting = [scored("plain: plain", 101, 10, 10)]
    reported = [
        scored("plain: plain", 901, 120, 120),
        scored("light: dim", 901, 120, 60),
        scored("light: dim", 902, 120, 120),
        scored("skin: dark", 901, 120, 120, 12.0),
    ]
    measured = summarise(fitting, reported)
    assert [one.cell.name for one in measured.cells] == ["light: dim", "skin: dark", "plain: plain"]
    assert measured.cells[0].hands.found_share == pytest.approx(180 / 240)
    assert measured.cells[1].hands.error_percent == pytest.approx(12, abs=0.01)
    assert measured.whole.n_visible == 480


def test_an_offset_that_other_films_show_is_taken_away():
    measured = summarise([scored("skin: fair", 101, 10, 10, 5.0)], [scored("plain: plain", 901, 10, 10, 5.0)])
    assert measured.whole.error_percent == pytest.approx(5, abs=0.01)
    assert measured.whole.error_percent_less_offset == pytest.approx(0, abs=0.01)


def test_a_lost_film_is_told(folder):
    with pytest.raises(LostFilmError, match="its process ended with -9"):
        measure_accuracy(Loses(), folder, True, Silent())


def test_a_film_goes_through_the_whole_path(folder, monkeypatch):
    short = Cell("short", "passer-by", FilmOptions(seconds=0.3, passer_by=True, passer_by_skin="dark"))
    monkeypatch.setattr("tacit.flows.measure_accuracy.find_cell", lambda _name: short)
    told = []
    got = score_film(told.append, Take("short", REPORTING_SEEDS[0]), folder)
    assert got.hands.n_visible == 18
    assert len(got.hands.found_px) >= 14
    assert (got.face_frames, got.faces_left) == (9, 0)
    assert told[-1] == pytest.approx(0.3)


@pytest.mark.parametrize("cell", [cell for cell in GRID if cell.axis == "passer-by"], ids=lambda cell: cell.level)
def test_passers_by_have_faces_that_are_found_before_anything_is_covered(cell, models):
    options = find_cell(cell.name).film_options(REPORTING_SEEDS[0])
    stage = Stage(options)
    detector = FaceDetector(models.path(FACE_DETECTION), options.width, options.height)
    for frame_index in (0, 25, 59):
        shot = stage.frame(frame_index)
        x, y, width, height = shot.face_px
        found = detector.find(np.asarray(cv2.cvtColor(shot.rgb, cv2.COLOR_RGB2YUV_I420), np.uint8))
        middles = found[:, :2] + found[:, 2:4] / 2
        on_face = (np.abs(middles - (x + width / 2, y + height / 2)) < (width / 2, height / 2)).all(axis=1)
        assert found[on_face, 4].max(initial=0) >= 0.5
