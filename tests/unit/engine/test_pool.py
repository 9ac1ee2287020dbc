"""The pool of processes: whatever happens to one, the others and the program go on (D3, D4)."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tacit
from tacit.engine.pool import PoolEngine
from tacit.flows.ports import Job
from tacit.records.errors import ObjectStoreError, RefusedError

HERE = Path(__file__).parent
PARENT = """\
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tacit.engine.pool import PoolEngine
from tacit.flows.ports import Job
if __name__ == "__main__":
    jobs = [Job(str(n), "jobs:wait_for_ever", {"pid_file": Path(sys.argv[2]) / f"{n}.pid"}, 1.0, 600.0) for n in (1, 2)]
    list(PoolEngine(2).run(jobs, lambda done: None))
"""


@pytest.fixture(autouse=True)
def jobs_can_be_found(monkeypatch):
    """Let this process and those of the pool import the module `jobs` beside this file."""
    monkeypatch.syspath_prepend(str(HERE))
    # also this very tacit, where another one is installed
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(HERE), str(Path(tacit.__file__).parents[1]))))


def job(name, function, weight=1.0, timeout_s=60.0, **arguments):
    return Job(name, f"jobs:{function}", arguments, weight, timeout_s)


def run(jobs, n_workers=2, tries=3, progress=lambda _done: None):
    return {end.job.name: end for end in PoolEngine(n_workers, tries).run(jobs, progress)}


def is_alive(pid):
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return False


def wait_until(true, at_most_s=20.0):
    end = time.monotonic() + at_most_s
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


def test_jobs_run_in_other_processes_and_every_end_comes_once():
    ends = run([job(str(number), "add", number=number) for number in range(5)])
    assert {name: end.result[0] for name, end in ends.items()} == {str(n): n + 1 for n in range(5)}
    assert os.getpid() not in {end.result[1] for end in ends.values()}
    assert not [end for end in ends.values() if end.error or end.lost]


def test_no_jobs_is_no_work():
    assert run([]) == {}


def test_killed_process_loses_only_its_job_which_is_tried_again(tmp_path):
    ends = run([job("once", "die_once", log=tmp_path / "log"), *(job(str(n), "add", number=n) for n in range(4))])
    assert ends["once"].result == "done"
    assert [ends[str(n)].result[0] for n in range(4)] == [1, 2, 3, 4]


def test_job_that_is_killed_every_time_is_lost_after_its_tries_and_harms_no_other(tmp_path):
    ends = run([job("cursed", "die", log=tmp_path / "log"), *(job(str(n), "add", number=n) for n in range(3))])
    assert (tmp_path / "log").read_text(encoding="utf-8") == "xxx"
    assert ends["cursed"].lost == "its process ended with -9"
    assert (ends["cursed"].result, ends["cursed"].error) == (None, None)
    assert [ends[str(n)].result[0] for n in range(3)] == [1, 2, 3]


def test_job_that_takes_too_long_is_stopped_and_lost(tmp_path):
    ends = run([job("stuck", "hang", timeout_s=1.0, log=tmp_path / "log"), job("0", "add", number=0)], tries=2)
    assert ends["stuck"].lost == "it took longer than 1 s"
    assert (tmp_path / "log").read_text(encoding="utf-8") == "xx"
    assert ends["0"].result[0] == 1


def test_job_that_stands_still_is_stopped_and_one_that_waits_or_moves_is_not(tmp_path):
    jobs = [
        job("stuck", "hang", timeout_s=600.0, log=tmp_path / "log"),
        job("slow", "creep", steps=8),
        job("last", "add", number=0),
    ]
    ends = {end.job.name: end for end in PoolEngine(1, tries=2, still_s=1.0).run(jobs, lambda _done: None)}
    assert ends["stuck"].lost == "it stood still for 1 s"
    assert (tmp_path / "log").read_text(encoding="utf-8") == "xx"
    assert ends["slow"].result == 8
    assert ends["last"].result[0] == 1


def test_errors_come_back_as_they_were_raised_and_are_not_tried_again():
    ends = run([job(name, name) for name in ("refuse", "find_no_room", "break_down")], n_workers=1)
    refused, no_room, broken = (ends[name].error for name in ("refuse", "find_no_room", "break_down"))
    assert isinstance(refused, RefusedError)
    assert (refused.rule, refused.sentence) == ("R1", "the worker did not consent.")
    assert isinstance(no_room, ObjectStoreError)
    assert "No space left on device" in str(no_room)
    assert isinstance(broken, ZeroDivisionError)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits what a process holds")
def test_job_that_fills_the_memory_is_lost_at_once_and_harms_no_other(tmp_path):
    log = tmp_path / "log"
    jobs = [
        job("greedy", "fill_memory", log=log, mb=512 + 129 * (os.cpu_count() or 1)),
        job("modest", "fill_memory", log=tmp_path / "l", mb=100),
    ]
    ends = {end.job.name: end for end in PoolEngine(2, memory_mb=512).run(jobs, lambda _done: None)}
    assert ends["greedy"].lost == "it needs more than 512 MB of memory"
    assert log.read_text(encoding="utf-8") == "x", "another try would need as much again"
    assert ends["modest"].result == 100 << 20


def test_unknown_reference_is_an_error_of_that_job_alone():
    ends = run([job("odd", "nowhere"), job("0", "add", number=0)], n_workers=1)
    assert isinstance(ends["odd"].error, AttributeError)
    assert ends["0"].result[0] == 1


def test_progress_never_exceeds_the_whole_and_ends_at_it():
    seen = []
    run(
        [
            job(
                str(n),
                "add",
                weight=2.0,
                number=n,
            )
            for n in range(3)
        ],
        n_workers=1,
        progress=seen.append,
    )
    assert seen[-1] == 6.0
    assert max(seen) <= 6.0


def test_leaving_early_stops_the_processes(tmp_path):
    jobs = [job("0", "add", number=0), job("1", "wait_for_ever", pid_file=tmp_path / "pid")]
    ends = PoolEngine(2).run(jobs, lambda _done: None)
    assert next(ends).result[0] == 1
    assert wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text(encoding="ascii"))
    pid = int((tmp_path / "pid").read_text(encoding="ascii"))
    ends.close()
    assert wait_until(lambda: not is_alive(pid))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process ask to die with its parent")
def test_processes_do_not_outlive_a_killed_program(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    parent = subprocess.Popen([sys.executable, str(script), str(HERE), str(tmp_path)])
    files = [tmp_path / "1.pid", tmp_path / "2.pid"]
    try:
        assert wait_until(lambda: all(file.exists() and file.read_text(encoding="ascii") for file in files))
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    pids = [int(file.read_text(encoding="ascii")) for file in files]
    assert wait_until(lambda: not any(is_alive(pid) for pid in pids), at_most_s=10.0)
