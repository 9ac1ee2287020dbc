"""Measures how well hands are found: films the workshop's grid, sends it through the product's own path, and scores it.

Every film is drawn, encoded, opened, anonymised, tracked and assembled as a recording is; what counts is what would be
exported. Nothing of it is kept. It needs no shop, since nobody is filmed.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tacit.flows.contract import Contract
from tacit.flows.ports import Engine, Job, Progress
from tacit.footage.anonymise import Anonymiser
from tacit.footage.canvas import compute_fit
from tacit.footage.face_search import FaceSearch
from tacit.footage.source import open_source
from tacit.models.manifest import FACE_DETECTION
from tacit.models.store import ModelStore
from tacit.motion.accuracy import (
    FoundHands,
    HandFigures,
    HandScores,
    TrueHands,
    add_scores,
    compute_figures,
    covered_part,
    fit_offset,
    score_hands,
)
from tacit.motion.assemble import TrackBuilder
from tacit.motion.tracker import open_tracker
from tacit.records.errors import LostFilmError
from tacit.records.frames import CleanFrame
from tacit.records.hands import LEFT, RIGHT, HandTrack
from tacit.workshop.film import FilmOptions, film
from tacit.workshop.grid import (
    DEVELOPMENT_SEEDS,
    GRID,
    OFFSET_CELLS,
    QUICK_CELLS,
    REPORTING_SEEDS,
    Cell,
    find_cell,
)
from tacit.workshop.truth import GroundTruth

FOUND_SHARE_MIN, ERROR_PERCENT_MAX, SIDE_SHARE_MIN = 0.98, 8.0, 0.995
"""What is asked of the whole grid; cells are sorted by how far they fall short of it."""

_FACE_COVERED_MIN = 0.95
_FILM_TIMEOUT_S = 900.0


@dataclass(frozen=True)
class Take:
    """One film of the grid: the name of its cell, and its seed."""

    cell: str
    seed: int

    @property
    def options(self) -> FilmOptions:
        """What to film."""
        return find_cell(self.cell).film_options(self.seed)


@dataclass(frozen=True)
class FilmScore:
    """One film's scores.

    face_frames: frames in which a passer-by's face is in the picture. faces_left: those in which less than 95 % of its
    true box, from hairline to chin, is covered.
    """

    take: Take
    hands: HandScores
    face_frames: int
    faces_left: int


@dataclass(frozen=True)
class CellFigures:
    """The figures of one cell over all its films."""

    cell: Cell
    hands: HandFigures
    face_frames: int
    faces_left: int

    @property
    def shortfall(self) -> float:
        """How far the worst of found share, error and sides is from what is asked: 1 is just there, more is worse."""
        hands = self.hands
        missed = (1 - hands.found_share) / (1 - FOUND_SHARE_MIN) if hands.found_share is not None else 0.0
        wrong = (1 - hands.side_share) / (1 - SIDE_SHARE_MIN) if hands.side_share is not None else 0.0
        error = hands.error_percent / ERROR_PERCENT_MAX if hands.error_percent is not None else 0.0
        return max(missed, wrong, error)


@dataclass(frozen=True)
class Accuracy:
    """The whole grid, and each cell of it, the worst first."""

    whole: HandFigures
    face_frames: int
    faces_left: int
    cells: tuple[CellFigures, ...]


def list_takes(quick: bool) -> tuple[list[Take], list[Take]]:
    """The films to fit the offset on (development seeds) and the films to report (reporting seeds).

    quick: a few cells and one seed of each kind.
    """
    n_seeds = 1 if quick else None
    cells = QUICK_CELLS if quick else tuple(cell.name for cell in GRID)
    fitting = [Take(name, seed) for name in OFFSET_CELLS for seed in DEVELOPMENT_SEEDS[:n_seeds]]
    reported = [Take(name, seed) for name in cells for seed in REPORTING_SEEDS[:n_seeds]]
    return fitting, reported


def measure_accuracy(engine: Engine, models: Path, quick: bool, progress: Progress) -> Accuracy:
    """Film, track and score the grid.

    Args:
        models: Folder of the model store.
        quick: Only a few cells, one film each.

    Raises:
        ModelMissingError, WrongModelError: A model is not in the store, or not the right one.
        LostFilmError: A film was lost every time it was tried.
    """
    fitting, reported = list_takes(quick)
    jobs = [_make_job(take, models) for take in (*fitting, *reported)]
    scores: dict[Take, FilmScore] = {}
    with progress.step("Filming and tracking", sum(job.weight for job in jobs)) as tell:
        for end in engine.run(jobs, tell):
            if end.error is not None:
                raise end.error
            if end.lost:
                raise LostFilmError(end.job.name, end.lost)
            scores[end.result.take] = end.result
    return summarise([scores[take] for take in fitting], [scores[take] for take in reported])


def summarise(fitting: Sequence[FilmScore], reported: Sequence[FilmScore]) -> Accuracy:
    """Figures of the films that are reported, the offset fitted on the others."""
    offset = fit_offset(add_scores([one.hands for one in fitting]))
    by_cell: dict[str, list[FilmScore]] = {}
    for one in reported:
        by_cell.setdefault(one.take.cell, []).append(one)
    cells = [
        CellFigures(
            find_cell(name),
            compute_figures(add_scores([one.hands for one in films]), offset),
            sum(one.face_frames for one in films),
            sum(one.faces_left for one in films),
        )
        for name, films in by_cell.items()
    ]
    return Accuracy(
        compute_figures(add_scores([one.hands for one in reported]), offset),
        sum(one.face_frames for one in reported),
        sum(one.faces_left for one in reported),
        tuple(sorted(cells, key=lambda one: one.shortfall, reverse=True)),
    )


def _make_job(take: Take, models: Path) -> Job:
    return Job(
        name=f"{take.cell}, seed {take.seed}",
        target="tacit.flows.measure_accuracy:score_film",
        arguments={"take": take, "models": models},
        weight=take.options.seconds,
        timeout_s=_FILM_TIMEOUT_S,
    )


def score_film(report: Callable[[float], None], take: Take, models: Path) -> FilmScore:
    """What a process of the engine does with one film."""
    store = ModelStore(models)
    options = take.options
    with tempfile.TemporaryDirectory(prefix="tacit-film-") as folder:
        path = Path(folder) / "film.mp4"
        truth = film(path, options)
        contract = Contract(options.fps, options.width, options.height)
        builder = TrackBuilder(contract.fps, contract.width, contract.height, contract.assemble)
        tracker = open_tracker(store, contract.tracker)
        covered = []
        for clean in watch_film(path, contract, store):
            for seen in tracker.push(clean):
                builder.add(seen)
            covered.append(clean.covered)
            report(len(covered) / contract.fps)
    for seen in tracker.flush():
        builder.add(seen)
    hands = score_hands(TrueHands(truth.px, truth.visible), exported_hands(builder.finish()))
    return FilmScore(take, hands, *count_faces_left(truth, covered))


def watch_film(path: Path, contract: Contract, models: ModelStore) -> Iterator[CleanFrame]:
    """The clean frames of a film, made as a unit of work makes them."""
    with open_source(path, contract.fps) as source:
        fit = compute_fit(source.width, source.height, contract.width, contract.height)
        search = FaceSearch(models.path(FACE_DETECTION), source.width, source.height, fit, contract.anonymise.search)
        anonymiser = Anonymiser(search, fit, contract.anonymise)
        for raw in source.frames():
            yield from anonymiser.push(raw)
        yield from anonymiser.flush()


def exported_hands(track: HandTrack) -> FoundHands:
    """The wearer's hands that were read in each frame; bridged ones do not count as found."""
    px = np.where((track.seen == 1)[:, :, None, None], track.px, np.float32(np.nan))
    return FoundHands(px, np.tile(np.array([LEFT, RIGHT], np.int8), (track.n_frames, 1)))


def count_faces_left(truth: GroundTruth, covered: Sequence[NDArray[np.float32]]) -> tuple[int, int]:
    """Frames with a face in the picture, and those in which it is not covered."""
    with_face = np.flatnonzero(np.isfinite(truth.face_px).all(axis=1)).tolist()
    left = [
        frame
        for frame in with_face
        if covered_part(truth.face_px[frame].astype(float), covered[frame]) < _FACE_COVERED_MIN
    ]
    return len(with_face), len(left)
