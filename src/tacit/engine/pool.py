"""Runs units of work in processes of this machine (rules D3, D4).

In: jobs that name their work as "module:function". Out: how each ended, as it ends. A killed, crashed or stuck
process loses only the job in its hands, which is tried again; it never takes another job with it. Workers do not
outlive the program that started them.
"""

import ctypes
import importlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from ctypes import c_double
from typing import Any

from pebble import ProcessExpired, ProcessPool

from tacit.flows.ports import Job, JobEnd

_POLL_S = 0.2
_PR_SET_PDEATHSIG = 1  # Linux prctl(2)

# The one thing a pool process remembers between jobs: where it tells how far each has come.
_progress: Any = None


class PoolEngine:
    """A pool of processes, each with one job at a time."""

    def __init__(self, n_workers: int, tries: int = 3) -> None:
        """Prepare a pool; processes start with the first job.

        Args:
            n_workers: Processes at work at once.
            tries: How often a job is begun before it counts as lost.
        """
        self._n_workers = n_workers
        self._tries = tries

    def run(self, jobs: Sequence[Job], progress: Callable[[float], None]) -> Iterator[JobEnd]:
        """Run the jobs and yield how each ended, in the order in which they end.

        Args:
            progress: Called several times a second with the weight that is done so far.
        """
        context = multiprocessing.get_context("spawn")
        done = context.Array(c_double, max(len(jobs), 1))
        with ProcessPool(
            max_workers=min(self._n_workers, max(len(jobs), 1)),
            context=context,
            initializer=_begin_process,
            initargs=(done, os.getpid()),
        ) as pool:
            try:
                yield from self._drain(pool, jobs, done, progress)
            except BaseException:
                pool.stop()  # type: ignore[no-untyped-call]  # Pebble has no types here
                raise

    def _drain(
        self, pool: ProcessPool, jobs: Sequence[Job], done: Any, progress: Callable[[float], None]
    ) -> Iterator[JobEnd]:
        def begin(slot: int) -> "Future[Any]":
            done[slot] = 0.0
            job = jobs[slot]
            future: Future[Any] = pool.schedule(_do_job, args=(slot, job.target, job.arguments), timeout=job.timeout_s)
            return future

        tries = [1] * len(jobs)
        running = {begin(slot): slot for slot in range(len(jobs))}
        while running:
            finished, _ = wait(running, timeout=_POLL_S, return_when=FIRST_COMPLETED)
            progress(sum(done))
            for future in finished:
                slot = running.pop(future)
                lost, end = _how_it_ended(jobs[slot], future)
                if lost and tries[slot] < self._tries:
                    tries[slot] += 1
                    running[begin(slot)] = slot
                    continue
                done[slot] = jobs[slot].weight
                progress(sum(done))
                yield end


def _how_it_ended(job: Job, future: "Future[Any]") -> tuple[bool, JobEnd]:
    try:
        return False, JobEnd(job, future.result(), None, "")
    except TimeoutError:
        why = f"it took longer than {job.timeout_s:.0f} s"
    except ProcessExpired as error:
        why = f"its process ended with {error.exitcode}"
    except Exception as error:  # the job's own error comes back as it was raised there
        return False, JobEnd(job, None, error, "")
    return True, JobEnd(job, None, None, why)


def _begin_process(done: Any, parent: int) -> None:
    global _progress
    _progress = done
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that started us; it stops the pool
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _do_job(slot: int, target: str, arguments: dict[str, Any]) -> Any:
    module, _, function = target.partition(":")

    def report(done: float) -> None:
        _progress[slot] = done

    return getattr(importlib.import_module(module), function)(report=report, **arguments)
