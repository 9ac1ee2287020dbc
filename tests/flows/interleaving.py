"""Two things done at once, in an order that a seed decides: a turn each from one call on a port to the next.

Each deed runs in a thread of its own, but only ever one of them moves. Whoever is about to call a port stops first,
and the dice say who goes on. A deed that wants to write while the other is inside a transaction has to wait, as it
would for the lock of a real database; the database here is a real one too, so a wrong guess would show as a deadlock.
"""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

READS = frozenset(
    {
        "agreement_sources", "agreement_versions", "agreements", "certificates", "committed", "consents",
        "dataset_heads", "dataset_people", "dataset_versions", "exists", "has_unit", "has_worker_key", "holds",
        "is_erased", "license_events", "license_notices", "licenses", "log_entries", "log_root", "mac", "markings",
        "now", "open", "pause_words", "public_key", "recordings", "seal", "seal_for_shop", "sign",
        "standing_releases", "stewards", "transactions", "unfinished_erasures", "unseal", "unseal_for_shop",
        "withdrawals", "workers",
    }
)  # fmt: skip
"""Calls that take no lock; so does whatever begins with `find_`."""

_PATIENCE_S = 60


class Interleaving:
    """One run of some deeds; `order` says afterwards who had which turn."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - an order, not a secret
        self._baton = threading.Condition()
        self._running: int | None = None
        self._waiting: dict[int, bool] = {}  # deed -> whether it is about to write
        self._done: set[int] = set()
        self._mine = threading.local()
        self._holder: int | None = None
        self._depth = 0
        self.order: list[int] = []

    def run(self, deeds: Sequence[Callable[[], Any]]) -> list[Any]:
        """Do them all; each ends with what it returned, or with the exception that it ended with."""
        ends: list[Any] = [None] * len(deeds)

        def act(index: int) -> None:
            self._mine.index = index
            try:
                self.stop(writes=False)
                ends[index] = deeds[index]()
            except BaseException as error:  # handed to the test
                ends[index] = error
            finally:
                with self._baton:
                    self._done.add(index)
                    self._running = None
                    self._baton.notify_all()

        threads = [threading.Thread(target=act, args=(index,), daemon=True) for index in range(len(deeds))]
        for thread in threads:
            thread.start()
        while self._pick(len(deeds)):
            pass
        for thread in threads:
            thread.join(_PATIENCE_S)
        return ends

    def _pick(self, n_deeds: int) -> bool:
        """Let one go on; False where all are done."""
        with self._baton:
            ready = self._baton.wait_for(
                lambda: self._running is None and len(self._waiting) + len(self._done) == n_deeds, _PATIENCE_S
            )
            assert ready, "a deed stopped elsewhere than at a port: a deadlock"
            if len(self._done) == n_deeds:
                return False
            able = [
                index
                for index, writes in sorted(self._waiting.items())
                if not (writes and self._holder not in (None, index))
            ]
            assert able, "everybody waits for everybody"
            chosen = self._dice.choice(able)
            self.order.append(chosen)
            del self._waiting[chosen]
            self._running = chosen
            self._baton.notify_all()
            return True

    def stop(self, writes: bool) -> None:
        """Before a call on a port: wait for the next turn."""
        index = getattr(self._mine, "index", None)
        if index is None:  # called by the test itself, before or after
            return
        with self._baton:
            self._waiting[index] = writes
            self._running = None
            self._baton.notify_all()
            assert self._baton.wait_for(lambda: self._running == index, _PATIENCE_S), "no turn came"

    @contextmanager
    def holding(self, inside: Any) -> Iterator[None]:
        """Inside a transaction nobody else writes."""
        index = getattr(self._mine, "index", None)
        try:
            with inside:
                if index is not None:
                    self._holder, self._depth = index, self._depth + 1
                try:
                    yield
                finally:
                    if index is not None:
                        self.stop(writes=True)
        finally:  # also where it was rolled back
            if index is not None:
                self._depth -= 1
                if self._depth == 0:
                    self._holder = None


class Turns:
    """A port whose every call is a turn."""

    def __init__(self, inner: Any, interleaving: Interleaving) -> None:
        self._inner, self._interleaving = inner, interleaving

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            writes = name not in READS and not name.startswith("find_")
            self._interleaving.stop(writes)
            answer = found(*arguments, **named)
            return self._interleaving.holding(answer) if name == "transaction" else answer

        return call
