"""How answers and progress are shown: tables for people, JSON for machines, progress only where somebody watches."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tacit.records.oneline import escape_controls

if TYPE_CHECKING:
    from tacit.flows.ports import Shop
    from tacit.flows.replace_datasets import Replaced


def say(text: str) -> None:
    """Print a line of the answer; where nobody reads any more, the rest of it goes nowhere and the work goes on."""
    try:
        print(text)  # noqa: T201 - this is where answers are printed
    except BrokenPipeError:
        _stop_saying()


def finish_saying() -> None:
    """Bring all that was said to whoever reads it."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _stop_saying()


def _stop_saying() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def warn_unreplaced(unreplaced: "Sequence[Replaced]") -> None:
    """Say on standard error which datasets still hold footage of somebody who withdrew, and why."""
    for one in unreplaced:
        print(f"tacit: {one.path} still holds footage that was withdrawn. {one.problem}", file=sys.stderr)  # noqa: T201


def warn_holds(shop: "Shop") -> None:
    """Say on standard error what of those who left will soon be destroyed."""
    from tacit.flows.destroy_hold import warn_of_holds

    for hold in warn_of_holds(shop):
        day = hold.until.isoformat(timespec="minutes")
        print(f"tacit: what is sealed of {hold.worker_uid} will be destroyed on {day}.", file=sys.stderr)  # noqa: T201


def say_json(value: Any) -> None:
    """Print the whole answer as one JSON object."""
    say(json.dumps(value, ensure_ascii=False, indent=2))


def say_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; numbers are set right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for index, name in enumerate(columns):
        is_number = any(isinstance(row[index], int | float) for row in rows)
        table.add_column(name, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else escape_controls(str(cell))) for cell in row))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)
    with console.capture() as drawn:
        console.print(table)
    say(drawn.get().rstrip("\n"))


class TerminalProgress:
    """Bars with the time left on standard error; silent where that is no terminal."""

    @contextmanager
    def step(self, what: str, total: float) -> Iterator[Callable[[float], None]]:
        """Show one step of a known size."""
        if not sys.stderr.isatty() or total <= 0:
            yield lambda _done: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bars:
            task = bars.add_task(what, total=total)
            yield lambda done: bars.update(task, completed=min(done, total))
