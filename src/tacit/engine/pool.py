"""Runs units of work in processes of this machine (rules D3, D4).

In: jobs that name their work as "module:function". Out: how each ended, as it ends. A killed, crashed or stuck
process loses only the job in its hands, which is tried again; it never takes another job with it. A job that needs
more memory than it may is lost at once: it would need as much again. Workers do not outlive the program that started
them.
"""

import ctypes
import importlib
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from ctypes import c_double
from typing import Any

from pebble import ProcessExpired, ProcessPool

from tacit.flows.ports import Job, JobEnd

_POLL_S = 0.2
_PR_SET_PDEATHSIG = 1  # Linux prctl(2)

WORKER_MEMORY_MB = 4096
"""What a worker may hold as its own memory; only a file that is made to fill the memory needs more ("ours")."""
_THREAD_MB = 128
"""What libraries set aside for every core of the machine, and hardly touch; a worker may hold that besides."""

WORKER_STILL_S = 900.0
"""How long a job may be silent; the longest silence that we know is reading a file of 100 GB through ("ours")."""

# The one thing a pool process remembers between jobs: where it tells how far each has come.
_progress: Any = None


class _Silence:
    """How long a job has told nothing new."""

    def __init__(self) -> None:
        self._done = -1.0
        self._since_s = 0.0

    def last_s(self, done: float, is_running: bool) -> float:
        """Take in how far it is now; seconds since that changed."""
        now_s = time.monotonic()
        if done != self._done or not is_running:
            self._done, self._since_s = done, now_s
        return now_s - self._since_s


class PoolEngine:
    """A pool of processes, each with one job at a time."""

    def __init__(
        self, n_workers: int, tries: int = 3, memory_mb: int = WORKER_MEMORY_MB, still_s: float = WORKER_STILL_S
    ) -> None:
        """Prepare a pool; processes start with the first job.

        Args:
            n_workers: Processes at work at once.
            tries: How often a job is begun before it counts as lost.
            memory_mb: What one process may hold: private writable memory, as Linux counts it (RLIMIT_DATA); code,
                shared memory and address space that is only set aside are not in it. Each core of the machine adds
                128 MB, because libraries set that much aside for each. Elsewhere there is no limit.
            still_s: A job that tells of no progress for so long is stopped, however much time it has left.
        """
        self._n_workers = n_workers
        self._tries = tries
        self._memory_mb = memory_mb
        self._still_s = still_s

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
            initargs=(done, os.getpid(), self._memory_mb),
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
        silences = [_Silence() for _ in jobs]
        running = {begin(slot): slot for slot in range(len(jobs))}
        while running:
            finished, _ = wait(running, timeout=_POLL_S, return_when=FIRST_COMPLETED)
            progress(sum(done))
            for future, slot in running.items():
                # One that waits for its turn is silent too, and may be.
                if silences[slot].last_s(done[slot], future.running()) > self._still_s:
                    future.cancel()  # Pebble ends its process
            for future in finished:
                slot = running.pop(future)
                lost, end = self._how_it_ended(jobs[slot], future)
                if lost and tries[slot] < self._tries:
                    tries[slot] += 1
                    silences[slot] = _Silence()
                    running[begin(slot)] = slot
                    continue
                done[slot] = jobs[slot].weight
                progress(sum(done))
                yield end

    def _how_it_ended(self, job: Job, future: "Future[Any]") -> tuple[bool, JobEnd]:
        """Whether another try may help, and how this one ended."""
        try:
            return False, JobEnd(job, future.result(), None, "")
        except TimeoutError:
            why = f"it took longer than {job.timeout_s:.0f} s"
        except CancelledError:
            why = f"it stood still for {self._still_s:.0f} s"
        except ProcessExpired as error:
            why = f"its process ended with {error.exitcode}"
        except MemoryError:
            return False, JobEnd(job, None, None, f"it needs more than {self._memory_mb} MB of memory")
        except Exception as error:  # the job's own error comes back as it was raised there
            return False, JobEnd(job, None, error, "")
        return True, JobEnd(job, None, None, why)


def _begin_process(done: Any, parent: int, memory_mb: int) -> None:
    global _progress
    _progress = done
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that started us; it stops the pool
    if sys.platform == "linux":
        most = (memory_mb + _THREAD_MB * (os.cpu_count() or 1)) << 20
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _do_job(slot: int, target: str, arguments: dict[str, Any]) -> Any:
    module, _, function = target.partition(":")

    def report(done: float) -> None:
        _progress[slot] = done

    return getattr(importlib.import_module(module), function)(report=report, **arguments)
