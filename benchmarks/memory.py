"""Peak memory of a worker process by length of footage.

    python -m benchmarks.memory [--size WIDTHxHEIGHT] [--canvas WIDTHxHEIGHT] [--rate N] [--minutes M [M ...]]

A film of three seconds in N pictures a second is repeated as often as a length needs, and goes through `tacit run` in a
shop whose frames have the size of the canvas, 30 a second. The peak is the high-water mark of resident memory of the
largest child process, libraries included. A film of fewer than 30 pictures a second is worked through sooner, since a
picture then stands for several frames. All that memory could grow with is there, frames, fragments and rows; but fewer
pictures wait at a time. So the growth is told by a slow film of two lengths, and the peak by a film of 30 pictures a
second, which it reaches within seconds.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import av

from benchmarks.folder import command, environment, make_folder
from benchmarks.kills import processes_of
from tacit.workshop.film import FilmOptions, film

_FILM_S = 3.0
_FPS = 30


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


def make_shop(shop: Path, canvas: str, world: Path) -> None:
    """Make a shop whose frames have a size, with its keys in the world."""
    words = ["init", str(shop), "--fps", str(_FPS), "--canvas", canvas]
    subprocess.run(
        [sys.executable, "-m", "tacit", *words], env=environment(world), stdout=subprocess.DEVNULL, check=True
    )


def peak_mb(folder: Path, shop: Path, out: Path, world: Path) -> tuple[float, float]:
    """Highest resident memory of any child process of a run, in MB (2**20 bytes), and seconds it took."""
    began = time.monotonic()
    words = command(folder, out, "--shop", str(shop), "--jobs", "1")
    process = subprocess.Popen(words, env=environment(world), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak_kb = 0
    while process.poll() is None:
        for pid in processes_of(process.pid)[1:]:
            peak_kb = max(peak_kb, _high_water_kb(pid))
        time.sleep(0.1)
    if process.returncode not in (0, 2, 3):
        raise SystemExit(f"tacit run ended with {process.returncode}")
    return peak_kb / 1024, time.monotonic() - began


def _high_water_kb(pid: int) -> int:
    try:
        status = (Path("/proc") / str(pid) / "status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--size", default="1920x1080")
    arguments.add_argument("--canvas", default="1280x720")
    arguments.add_argument("--rate", type=int, default=_FPS)
    arguments.add_argument("--minutes", type=float, nargs="+", default=[0.25])
    options = arguments.parse_args()
    width, height = map(int, options.size.split("x"))
    with tempfile.TemporaryDirectory() as temporary:
        world = Path(temporary)
        film(world / "short.mp4", FilmOptions(seconds=_FILM_S, fps=options.rate, width=width, height=height))
        for length in options.minutes:
            clip = world / f"film-{length:g}.mp4"
            repeat(world / "short.mp4", clip, round(length * 60 / _FILM_S))
            folder, shop = make_folder(world / f"folder-{length:g}", [clip]), world / f"shop-{length:g}"
            make_shop(shop, options.canvas, world)
            mb, wall_s = peak_mb(folder, shop, world / f"out-{length:g}", world)
            print(
                f"{options.size} on {options.canvas}, {length:g} minutes of {options.rate} pictures a second: "
                f"peak {mb:.0f} MB in a worker, {wall_s:.0f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
