"""Decodes thousands of damaged and hostile videos, each in a process of its own with limits, and counts how they end.

    python -m benchmarks.fuzz [N] [SEED] [FOLDER]

Every file is one of the small healthy videos of `benchmarks.fuzz_seeds` (with FOLDER, also the videos in it) after one
to four of `benchmarks.mutations`. It is decoded to its end as a unit of work does, half of them for the readable part
only, and what comes is checked: frames without a gap, all of one size. The same N and SEED give the same run with the
same FFmpeg and the same FOLDER. It ends with 1 where a process was ended by anything but a limit, or an error was not
one of ours.
"""

import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fuzz_seeds import make_seeds
from benchmarks.mutations import mutate
from tacit.footage.source import open_source
from tacit.records.errors import UnreadableVideoError

_MEMORY_MB = 2048
_CPU_S = 10
_WALL_S = 20
_SEED_BYTES_MAX = 400_000
_OK, _REASON, _MEMORY, _DEFECT = 0, 10, 11, 12


@dataclass
class Tally:
    """How the files ended: counts by name, the worst in memory and time, and what should not have been.

    of_containers: the same counts for each kind of container.
    """

    ends: Counter[str] = field(default_factory=Counter)
    of_containers: dict[str, Counter[str]] = field(default_factory=dict)
    rss_mb_max: float = 0.0
    cpu_s_max: float = 0.0
    wall_s_max: float = 0.0
    wrong: list[str] = field(default_factory=list)


def _decode_and_exit(path: Path, readable_part: bool) -> None:
    """Decode a file to its end under limits, and end this process with a number that says how that went."""
    code = _DEFECT
    try:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MB << 20, _MEMORY_MB << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S + 1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.alarm(_WALL_S)
        with open_source(path, 30, readable_part=readable_part) as source:
            shape = (source.height * 3 // 2, source.width)
            is_sound = all(
                (frame.frame_index, frame.i420.shape) == (count, shape) for count, frame in enumerate(source.frames())
            )
        code = _OK if is_sound else _DEFECT
    except UnreadableVideoError:
        code = _REASON
    except MemoryError:
        code = _MEMORY
    except BaseException as error:  # whatever it is, it is what this looks for
        os.write(2, f"{type(error).__name__}: {error}\n".encode()[:300])
    finally:
        os._exit(code)


def fuzz(n_files: int, seed: int, folder: Path | None, scratch: Path) -> Tally:
    """Decode so many files; those that ended a process otherwise than by a limit stay in the working folder."""
    seeds = make_seeds(scratch)
    if folder is not None:
        more = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
        seeds |= {name: content for name, content in more.items() if len(content) <= _SEED_BYTES_MAX}
    tally = Tally()
    names = {_OK: "decoded", _REASON: "reason", _MEMORY: "memory limit", _DEFECT: "defect"}
    for number in range(n_files):
        rng = random.Random(f"{seed}-{number}")  # noqa: S311 - it must be the same every time
        path = scratch / "file.bin"
        seed_name = rng.choice(sorted(seeds))
        path.write_bytes(mutate(seeds[seed_name], rng))
        began_s = time.monotonic()
        pid = os.fork()
        if pid == 0:
            _decode_and_exit(path, readable_part=rng.random() < 0.5)
        _, status, usage = os.wait4(pid, 0)
        tally.rss_mb_max = max(tally.rss_mb_max, usage.ru_maxrss / 1024)
        tally.cpu_s_max = max(tally.cpu_s_max, usage.ru_utime + usage.ru_stime)
        tally.wall_s_max = max(tally.wall_s_max, time.monotonic() - began_s)
        end = os.waitstatus_to_exitcode(status)
        if end in (-signal.SIGXCPU, -signal.SIGALRM, -signal.SIGKILL):
            name = "time limit"
        else:
            name = names.get(end, f"crash {signal.Signals(-end).name}" if end < 0 else f"exit {end}")
        tally.ends[name] += 1
        tally.of_containers.setdefault(Path(seed_name).suffix[1:], Counter())[name] += 1
        if name not in ("decoded", "reason", "memory limit", "time limit"):
            tally.wrong.append(f"{number}: {name}")
            path.rename(Path(f"fuzz-{seed}-{number}.bin"))
    return tally


def main() -> None:
    """Run and print one JSON object."""
    n_files = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    folder = Path(sys.argv[3]) if len(sys.argv) > 3 else None
    os.environ["SVT_LOG"] = "1"  # the AV1 encoder talks otherwise
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        tally = fuzz(n_files, seed, folder, Path(scratch))
    print(
        json.dumps(
            {
                "files": n_files,
                "seed": seed,
                "ends": dict(sorted(tally.ends.items())),
                "of_containers": {name: dict(sorted(ends.items())) for name, ends in tally.of_containers.items()},
                "rss_mb_max": round(tally.rss_mb_max),
                "cpu_s_max": round(tally.cpu_s_max, 2),
                "wall_s_max": round(tally.wall_s_max, 2),
                "wall_s": round(time.monotonic() - began_s),
                "wrong": tally.wrong,
            },
            indent=1,
        )
    )
    sys.exit(bool(tally.wrong))


if __name__ == "__main__":
    main()
