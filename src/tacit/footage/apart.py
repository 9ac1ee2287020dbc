"""Looks at video files in a process of its own, so that a hostile or damaged one can harm nothing but that.

In: paths. Out: what `probe` says of each, or a reason. The process has limits of memory, processor time and patience,
may write no file and is handed no secret; it starts with the first file, serves all that follow, and is replaced when
a file ended it. It must never decide what may be opened: whoever calls it has asked before (R1).
"""

import errno
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
import weakref
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import av.subtitles.stream  # noqa: F401 - PyAV loads it with the first file, when there may be no memory left for it

from tacit.footage.probe import Probe, probe
from tacit.records.errors import UnreadableVideoError

_TRIES = 2
"""Somebody else can end a process too, so a file is blamed only when it happened again."""


@dataclass(frozen=True)
class ProbeLimits:
    """What looking at one file may take ("ours": a picture of 8K and 10 bit takes 0.9 GB and two seconds).

    memory_mb: address space of the process. cpu_s: processor time for one file. wait_s: how long one file may take by
    the clock, a slow disk included.
    """

    memory_mb: int = 4096
    cpu_s: int = 30
    wait_s: float = 120.0


class Prober:
    """Looks at files, one after the other, in a process that it keeps; closing it twice is harmless."""

    def __init__(self, limits: ProbeLimits | None = None) -> None:
        self._limits = limits or ProbeLimits()
        self._process: subprocess.Popen[bytes] | None = None
        self._stop: Any = None

    def probe(self, path: Path) -> Probe:
        """Look at a video file.

        Raises:
            UnreadableVideoError: It is no video that can be decoded, or looking at it took more than it may, or ended
                the process that did; the error says why in plain words.
        """
        why = ""
        for _ in range(_TRIES):
            answer, why = self._ask(path)
            if answer is None:
                continue
            if "reason" in answer:
                raise UnreadableVideoError(answer["reason"], answer["readable_s"])
            return Probe(**answer)
        raise UnreadableVideoError(f"it is damaged or made to do harm: {why}", None)

    def close(self) -> None:
        """End the process; the next file starts another."""
        if self._stop is not None:
            self._stop()
        self._process = self._stop = None

    def _ask(self, path: Path) -> tuple[dict[str, Any] | None, str]:
        """Hand a path over and wait; what comes back, or None and what became of the process."""
        process = self._process or self._start()
        assert process.stdin is not None  # noqa: S101 - it and the next are pipes
        assert process.stdout is not None  # noqa: S101
        line: bytes | None = b""
        try:
            process.stdin.write(os.fsencode(path.absolute()).hex().encode() + b"\n")
            process.stdin.flush()
            line = _read_line(process.stdout.fileno(), self._limits.wait_s)
        except BrokenPipeError:
            pass
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer, ""
        if line is None:
            self.close()
            return None, f"looking at it took longer than {self._limits.wait_s:g} s"
        code = process.wait()
        self.close()
        if code == -signal.SIGXCPU:
            return None, f"looking at it took more than {self._limits.cpu_s} s of processor time"
        return None, f"looking at it ended the process that did so ({_name_end(code)})"

    def _start(self) -> "subprocess.Popen[bytes]":
        # Its environment holds where Python finds its modules and nothing else: no pass phrase, no key.
        environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"}
        self._process = process = subprocess.Popen(  # noqa: S603 - our own module, by this very Python
            [sys.executable, "-P", "-m", "tacit.footage.apart", json.dumps(asdict(self._limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the program; this one ends when its input does
        )
        self._stop = weakref.finalize(self, _end_process, process)
        return process


def _end_process(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.communicate()


def _read_line(descriptor: int, wait_s: float) -> bytes | None:
    """Read up to the end of a line; b"" where the other side ended, None where it took too long."""
    line = b""
    until_s = time.monotonic() + wait_s
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    while not line.endswith(b"\n"):
        if not poll.poll(max(0.0, until_s - time.monotonic()) * 1000):
            return None
        piece = os.read(descriptor, 65536)
        if not piece:
            return b""
        line += piece
    return line


def _name_end(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def serve(limits: ProbeLimits) -> None:
    """Answer one line of standard output for every line of standard input: a path in hexadecimal, as `Prober` sends."""
    confine(limits)
    for line in sys.stdin.buffer:
        _allow_cpu(limits.cpu_s)
        answer = _look(Path(os.fsdecode(bytes.fromhex(line.decode()))), limits)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def confine(limits: ProbeLimits) -> None:
    """Put the limits on this very process, for good: memory, no writing of files, no core dump."""
    if sys.platform == "linux":  # elsewhere the address space cannot be limited
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_mb << 20, limits.memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_cpu(cpu_s: int) -> None:
    """Let this process use so many more seconds of processor time, then end it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + cpu_s, most))


def _look(path: Path, limits: ProbeLimits) -> dict[str, Any]:
    """Look at a file; what it holds, or the reason why not."""
    try:
        return asdict(probe(path))
    except UnreadableVideoError as error:
        return {"reason": error.reason, "readable_s": error.readable_s}
    except (MemoryError, OSError) as error:
        reason = f"its bytes cannot be read ({getattr(error, 'strerror', '')})"
        if isinstance(error, MemoryError) or error.errno == errno.ENOMEM:
            reason = f"looking at it takes more than {limits.memory_mb} MB of memory"
        return {"reason": reason, "readable_s": None}


if __name__ == "__main__":
    serve(ProbeLimits(**json.loads(sys.argv[1])))
