"""`tacit accuracy`: how well hands are found on synthetic films whose truth is known."""

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tacit.cli.options import AsJson
from tacit.cli.show import TerminalProgress, say, say_json, say_table

if TYPE_CHECKING:
    from tacit.flows.measure_accuracy import Accuracy, CellFigures
    from tacit.motion.accuracy import HandFigures


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command("accuracy")(accuracy)


def accuracy(
    quick: Annotated[bool, typer.Option("--quick", help="Only a few kinds of film, one of each.")] = False,
    jobs: Annotated[int, typer.Option(min=0, help="Films at work at once; 0 for one per core.")] = 0,
    json: AsJson = False,
) -> None:
    """Measure how well hands are found, on synthetic films of many kinds. The worst come first.

    Errors are in percent of the palm, from wrist to middle knuckle. Takes minutes; needs no shop.
    """
    from tacit.engine.pool import PoolEngine
    from tacit.flows.measure_accuracy import measure_accuracy
    from tacit.wiring import default_jobs, read_environment

    models = read_environment(os.environ).models
    measured = measure_accuracy(PoolEngine(jobs or default_jobs()), models, quick, TerminalProgress())
    if json:
        say_json(_as_json(measured))
    else:
        _say(measured)


def _say(measured: "Accuracy") -> None:
    errors = ("landmark", "less offset", "hand", "95th", "less offset")
    columns = ("films", "found", *errors, "side right", "false/1000", "faces left")
    rows = [(one.cell.name, *_row(one.hands), _faces(one)) for one in measured.cells]
    whole = f"{measured.faces_left} of {measured.face_frames}" if measured.face_frames else ""
    say_table(columns, [*rows, ("all", *_row(measured.whole), whole)])
    say("Found: visible hands that were found. Landmark: median error of all landmarks, in percent of the palm. Hand:")
    say("median over hands of the mean of their landmarks. Less offset: without a constant shift of each landmark,")
    say("fitted on other films. Faces left: frames with a passer-by's face not covered.")


def _row(hands: "HandFigures") -> tuple[str, ...]:
    def percent(share: float | None) -> str:
        return "" if share is None else f"{100 * share:.1f} %"

    def number(value: float | None) -> str:
        return "" if value is None else f"{value:.1f}"

    return (
        percent(hands.found_share),
        number(hands.landmark_percent),
        number(hands.landmark_percent_less_offset),
        number(hands.error_percent),
        number(hands.error_percent_p95),
        number(hands.error_percent_less_offset),
        percent(hands.side_share),
        number(hands.false_per_1000),
    )


def _faces(one: "CellFigures") -> str:
    return f"{one.faces_left} of {one.face_frames}" if one.face_frames else ""


def _as_json(measured: "Accuracy") -> dict[str, Any]:
    whole = vars(measured.whole) | {"face_frames": measured.face_frames, "faces_left": measured.faces_left}
    cells = [
        {"axis": one.cell.axis, "level": one.cell.level, "shortfall": round(one.shortfall, 4)}
        | vars(one.hands)
        | {"face_frames": one.face_frames, "faces_left": one.faces_left}
        for one in measured.cells
    ]
    return {"whole": whole, "cells": cells}
