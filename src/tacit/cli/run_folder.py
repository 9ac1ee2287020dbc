"""`tacit run`: the main job, a folder of declared footage in and a dataset out."""

import os
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tacit.cli.options import AsJson, require_some
from tacit.cli.show import TerminalProgress, say, say_json, say_table, warn_holds, warn_unreplaced
from tacit.records.errors import ForeignShopFolderError
from tacit.rights.roles import Kind, Verb

if TYPE_CHECKING:
    from tacit.flows.run import Row, RunResult
    from tacit.wiring import OpenShop

_FPS, _WIDTH, _HEIGHT = 30, 1280, 720
_SHOP_IN_FOLDER = ".tacit"


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(
    folder: Annotated[Path, typer.Argument(help="Folder with footage.toml, the agreement it names, and the videos.")],
    out: Annotated[Path, typer.Option(help="Folder of the dataset; an older version of it there is replaced.")],
    shop: Annotated[Path | None, typer.Option(help="Folder of the shop.", show_default="FOLDER/.tacit")] = None,
    jobs: Annotated[int, typer.Option(min=0, help="Recordings at work at once; 0 for one per core.")] = 0,
    json: AsJson = False,
) -> None:
    """Turn a folder of declared footage into a dataset. Run again, it redoes nothing that is done."""
    from tacit.engine.pool import PoolEngine
    from tacit.flows.footage_folder import read_footage_folder
    from tacit.flows.outside import require_outside
    from tacit.flows.run import run as run_folder
    from tacit.wiring import default_jobs, read_environment

    began_s = time.monotonic()
    environment = read_environment(os.environ)
    require_some(environment, Verb.MAKE, Kind.SHOP)
    declared = read_footage_folder(folder)
    shop_folder = shop or folder / _SHOP_IN_FOLDER
    require_outside(shop_folder, environment.keys, out)
    opened = _make_or_open(shop_folder)
    engine = PoolEngine(jobs or default_jobs())
    result = run_folder(opened.shop, engine, opened.contract, opened.make_job, declared, out, TerminalProgress())
    warn_unreplaced(result.unreplaced)
    warn_holds(opened.shop)
    opened.shop.prober.close()  # so that its processor time counts
    if json:
        say_json(_as_json(result, time.monotonic() - began_s))
    else:
        _say_result(result)
    code = _exit_code(result)
    if code:
        raise typer.Exit(code)


def _make_or_open(folder: Path) -> "OpenShop":
    from tacit.wiring import KeySource, create_shop, is_shop, open_shop, read_environment

    environment = read_environment(os.environ)
    if is_shop(folder):
        return open_shop(folder, environment)
    source = KeySource.FILE
    if environment.master_key:
        source = KeySource.ENVIRONMENT
    elif environment.passphrase:
        source = KeySource.PASSPHRASE
    try:
        return create_shop(folder, environment, _FPS, _WIDTH, _HEIGHT, source)
    except ForeignShopFolderError:
        if is_shop(folder):  # another run was quicker
            return open_shop(folder, environment)
        raise


def _exit_code(result: "RunResult") -> int:
    statuses = {row.status.value for row in result.rows}
    if "accepted" in statuses:
        return 0
    return 2 if statuses & {"rejected", "failed"} else 3


def _say_result(result: "RunResult") -> None:
    columns = ("file", "status", "seconds", "hands", "two hands", "faces in", "episodes")
    rows = [
        (
            row.file,
            row.status.value,
            round(_seconds(row), 1) if row.outcome else "",
            f"{row.outcome.hands_fraction:.0%}" if row.outcome else "",
            f"{row.outcome.two_hands_fraction:.0%}" if row.outcome else "",
            row.outcome.faces_frames if row.outcome else "",
            row.episodes,
        )
        for row in result.rows
    ]
    say_table(columns, rows)
    for row in result.rows:
        if row.reason:
            say(f"{row.file}: {row.status.value}{f' by {row.rule}' if row.rule else ''}: {row.reason}")
    if result.dataset is None:
        say("No recording may be in a dataset, so none was made.")
    else:
        say(f"Version {result.dataset.version} of the dataset is in {result.path}.")


def _as_json(result: "RunResult", wall_s: float) -> dict[str, Any]:
    dataset: dict[str, Any] = {"path": None, "episodes": 0, "frames": 0, "seconds": 0.0}
    if result.dataset is not None:
        frames = sum(line.end_frame - line.start_frame for line in result.dataset.episodes)
        fps = next(row.outcome.fps for row in result.rows if row.outcome is not None)
        dataset = {
            "path": str(result.path),
            "episodes": len(result.dataset.episodes),
            "frames": frames,
            "seconds": frames / fps,
        }
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "dataset": dataset,
        "recordings": [_row_as_json(row) for row in result.rows],
        "cpu_s": round(sum(usage.ru_utime + usage.ru_stime for usage in usages), 3),
        "wall_s": round(wall_s, 3),
    }


def _row_as_json(row: "Row") -> dict[str, Any]:
    outcome = row.outcome
    return {
        "file": row.file,
        "recording_id": row.recording_id,
        "status": row.status.value,
        "rule": row.rule,
        "reason": row.reason,
        "seconds": round(_seconds(row), 3),
        "frames": outcome.n_frames if outcome else 0,
        "hands_fraction": round(outcome.hands_fraction, 6) if outcome else 0.0,
        "two_hands_fraction": round(outcome.two_hands_fraction, 6) if outcome else 0.0,
        "faces_frames": outcome.faces_frames if outcome else 0,
        "episodes": row.episodes,
        "cpu_s": outcome.cpu_ms / 1000 if outcome else 0.0,
    }


def _seconds(row: "Row") -> float:
    return row.outcome.filmed_ms / 1000 if row.outcome else 0.0
