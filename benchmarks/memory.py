"""Peak memory of a worker process by length of footage: the same film once, and repeated.

python -m benchmarks.memory [WIDTHxHEIGHT] [MINUTES ...]
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import av

from benchmarks.folder import command, environment, make_folder
from benchmarks.kills import processes_of
from tacit.workshop.film import FilmOptions, film

_FILM_S = 10.0


def repeat(source: Path, target: Path, times: int) -> None:
    """Copy the packets of a film into a longer one, again and again."""
    with av.open(str(target), "w") as out:
        offset = 0
        stream = None
        for _ in range(times):
            with av.open(str(source)) as one:
                video = one.streams.video[0]
                if stream is None:
                    stream = out.add_stream_from_template(video)
                length = 0
                for packet in one.demux(video):
                    if packet.pts is None or packet.dts is None or not packet.duration:
                        continue
                    length = max(length, packet.pts + packet.duration)
                    packet.pts += offset
                    packet.dts += offset
                    packet.stream = stream
                    out.mux(packet)
                offset += length


def peak_mb(folder: Path, out: Path, world: Path) -> tuple[float, float]:
    """Highest resident memory of any child process of a run, in MB, and seconds it took."""
    began = time.monotonic()
    process = subprocess.Popen(command(folder, out, "--jobs", "1"), env=environment(world), stdout=subprocess.DEVNULL)
    peak_kb = 0
    while process.poll() is None:
        for pid in processes_of(process.pid)[1:]:
            peak_kb = max(peak_kb, _high_water_kb(pid))
        time.sleep(0.1)
    return peak_kb / 1024, time.monotonic() - began


def _high_water_kb(pid: int) -> int:
    try:
        status = (Path("/proc") / str(pid) / "status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def main() -> None:
    """Measure and print."""
    width, height = (int(part) for part in (sys.argv[1] if len(sys.argv) > 1 else "1280x720").split("x"))
    minutes = [float(word) for word in sys.argv[2:]] or [1.0, 4.0]
    with tempfile.TemporaryDirectory() as temporary:
        world = Path(temporary)
        film(world / "short.mp4", FilmOptions(seconds=_FILM_S, width=width, height=height))
        for length in minutes:
            clip = world / f"film-{length:g}.mp4"
            repeat(world / "short.mp4", clip, round(length * 60 / _FILM_S))
            folder = make_folder(world / f"folder-{length:g}", [clip])
            mb, wall_s = peak_mb(folder, world / f"out-{length:g}", world)
            print(f"{width}x{height}, {length:g} minutes: peak {mb:.0f} MB in a worker, {wall_s:.0f} s")


if __name__ == "__main__":
    main()
