"""How long `tacit --help` takes, and `import tacit`: median and worst of twenty runs.

python -m benchmarks.startup
"""

import statistics
import subprocess
import sys
import time


def seconds(command: list[str]) -> float:
    """Wall seconds of one run."""
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    for name, rest in (("tacit --help", ["-m", "tacit", "--help"]), ("import tacit", ["-c", "import tacit"])):
        runs = [seconds([sys.executable, *rest]) for _ in range(21)][1:]
        print(f"{name}: median {statistics.median(runs):.3f} s, worst {max(runs):.3f} s")


if __name__ == "__main__":
    main()
