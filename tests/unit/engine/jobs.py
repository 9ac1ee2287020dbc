"""What the pool's processes are given to do in the tests, each by its reference `module:function`."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tacit.records.errors import ObjectStoreError, RefusedError

Report = Callable[[float], None]


def add(report: Report, number: int, weight: float = 1.0) -> tuple[int, int]:
    """Add one, and say in which process."""
    report(weight / 2)
    return number + 1, os.getpid()


def die(report: Report, log: Path) -> None:
    """Put down a try, then be killed."""
    report(0.5)
    with log.open("a", encoding="utf-8") as file:
        file.write("x")
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(report: Report, log: Path) -> str:
    """Be killed the first time only."""
    if not log.exists():
        die(report, log)
    return "done"


def hang(report: Report, log: Path) -> None:
    """Put down a try, then never end."""
    report(0.5)
    with log.open("a", encoding="utf-8") as file:
        file.write("x")
    time.sleep(600)


def creep(report: Report, steps: int) -> int:
    """Make slow progress."""
    for step in range(steps):
        time.sleep(0.25)
        report((step + 1) / steps)
    return steps


def refuse(report: Report) -> None:
    """End with a refusal of ours."""
    report(0.5)
    raise RefusedError("R1", "the worker did not consent.")


def find_no_room(report: Report) -> None:
    """End as on a full disk."""
    report(0.5)
    raise ObjectStoreError("write", "No space left on device")


def break_down(report: Report) -> None:
    """End with an error that nobody thought of."""
    report(0.5)
    raise ZeroDivisionError


def fill_memory(report: Report, log: Path, mb: int) -> int:
    """Put down a try, then hold so much memory."""
    report(0.5)
    with log.open("a", encoding="utf-8") as file:
        file.write("x")
    return len(bytearray(mb << 20))


def wait_for_ever(report: Report, pid_file: Path) -> None:
    """Say which process it is, then never end."""
    report(0.5)
    pid_file.write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(600)
