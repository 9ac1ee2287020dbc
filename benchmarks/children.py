"""Runs measured child processes, each in an environment of its own, and says what they cost.

Processor time and peak memory are those of the child and of everything that it started and waited for. Where a child
wants pictures they are decoded here and given to it over a pipe, so that neither side is charged for them.
"""

import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import av

PEERS = Path(".venv-peers")
"""Where `make peers` puts the environments of the peers."""


@dataclass(frozen=True)
class Cost:
    """What a child process took. peak_mb: of its largest process."""

    cpu_s: float
    peak_mb: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.cpu_s + other.cpu_s, max(self.peak_mb, other.peak_mb))


def python_of(peer: str) -> Path:
    """The interpreter of a peer's environment; ends the program where there is none."""
    path = PEERS / peer / "bin" / "python"
    if not path.exists():
        raise SystemExit(f"{path} is not there. Run: make peers")
    return path.absolute()


def run_measured(
    command: Sequence[str | Path],
    pictures: Iterable[bytes] = (),
    environment: Mapping[str, str] | None = None,
    codes: Sequence[int] = (0,),
) -> tuple[str, Cost]:
    """Run a command to its end, feeding it pictures.

    Returns:
        Its standard output and what it took. What it says on standard error is shown only where it fails.
    """
    words = [str(word) for word in command]
    out, complaints = _scratch(), _scratch()
    process = subprocess.Popen(
        words, env={**os.environ, **(environment or {})}, stdin=subprocess.PIPE, stdout=out, stderr=complaints
    )
    try:
        with process.stdin as pipe:
            for picture in pictures:
                pipe.write(picture)
    except BrokenPipeError:
        pass  # it ended early; its exit code says why
    _, status, usage = os.wait4(process.pid, 0)
    code = process.returncode = os.waitstatus_to_exitcode(status)
    texts = [_read(descriptor) for descriptor in (out, complaints)]
    if code not in codes:
        raise SystemExit(f"{' '.join(words)} ended with {code}:\n{texts[1][-2000:]}")
    return texts[0], Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _scratch() -> int:
    """A nameless file, which takes any length of output without anybody reading along."""
    return os.memfd_create("output")


def _read(descriptor: int) -> str:
    with os.fdopen(descriptor, "rb") as file:
        file.seek(0)
        return file.read().decode(errors="replace")


def rgb_pictures(video: Path) -> Iterable[bytes]:
    """Every picture of a video in RGB."""
    with av.open(str(video)) as container:
        for picture in container.decode(video=0):
            yield picture.to_ndarray(format="rgb24").tobytes()


def size_kb(place: Path) -> float:
    """Size of a file, or of all files below a folder, in kB (1000 bytes)."""
    files = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    return sum(path.stat().st_size for path in files) / 1000
