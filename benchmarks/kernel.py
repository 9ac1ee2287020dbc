"""How long the rights kernel takes, beside an independent policy engine on the same question.

    python -m benchmarks.kernel [--decisions N] [--build EPISODES]

A decision is asked of facts in memory: one recording, one purpose, may it leave under a licence. "Typical" is a worker
with one yes and a release; "long history" one with four versions of the agreement, twelve yeses, six withdrawals and
three standing releases. Every decision is timed by itself, so that the worst is seen and not only the mean. The peer is
Cedar (cedarpy), which is handed the typical question as entities and a policy of the same conditions; it parses both in
every call, as its Python package has no other way.

With --build, a dataset of so many episodes of 100 workers is built from sealed objects on disk, by the real builder
(see `benchmarks.withdraw` for what a recording is there), and the part of its time is told that went into decisions,
and into all of asking: facts read, decisions, and log entries on disk before any permit is used.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.withdraw import FPS, HEIGHT, WIDTH, SilentProgress, fill, open_shop
from tacit.flows import build_dataset as builder
from tacit.flows import choose_footage as choosing
from tacit.flows import gate
from tacit.flows.build_dataset import Order
from tacit.flows.contract import Contract
from tacit.records.agreement import Agreement, Bounty, Royalty
from tacit.records.money import Money
from tacit.records.people import Consent, Release, StandingRelease, Withdrawal
from tacit.records.permit import Action, Permit, Request
from tacit.records.purposes import Evidence, Purpose
from tacit.rights.decide import decide
from tacit.rights.facts import Facts

_DAY = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_TRAIN = Purpose.TRAIN_ROBOT_SKILL

_AGREEMENT = Agreement(
    agreement_id="line-1",
    kind="collective",
    parties=("union", "plant"),
    jurisdiction="IN",
    valid_from=date(2026, 1, 1),
    valid_to=date(2028, 12, 31),
    purposes=frozenset({_TRAIN, Purpose.RESEARCH}),
    review_hold_h=72,
    raw_retention_days=30,
    group_size_min=5,
    title={"en": "line"},
    ownership={"footage": "worker", "datasets": "shared", "skills": "plant"},
    territory=("IN",),
    bounty=Bounty(Money("INR", 250000), Money("INR", 25000)),
    royalty=Royalty(2000, "plant", Money("INR", 5), 5000, 5000, "keep-earning"),
    digest="v1",
)
_REQUEST = Request(Action.LICENSE, _TRAIN, "w-1", _DAY + 100 * _HOUR, _DAY + 1000 * _HOUR)

_POLICY = """
permit(principal == Licensee::"l", action == Action::"license", resource)
when {
  resource.purposes.contains(context.purpose) && resource.given <= resource.filmed && !resource.withdrawn &&
  !resource.paused && resource.released && resource.signed && resource.from <= context.at && context.at <= resource.to
};
"""


def typical_facts() -> Facts:
    """One yes, one release."""
    yes = Consent("c-1", "w-1", "line-1", "v1", frozenset({_TRAIN}), _DAY, "en", "n", Evidence.SIGNED, "s")
    return Facts((_AGREEMENT,), (yes,), (), Release("r-1", "w-1", _DAY + 200 * _HOUR, Evidence.SIGNED, "s"))


def long_facts() -> Facts:
    """Years of saying yes and no."""
    versions = tuple(replace(_AGREEMENT, digest=f"v{number}") for number in range(1, 5))
    yeses = tuple(
        Consent(
            f"c-{n}", "w-1", "line-1", f"v{n % 4 + 1}", frozenset({_TRAIN}), _DAY + n * _HOUR, "en", "n",
            Evidence.SIGNED, "s",
        )
        for n in range(12)
    )  # fmt: skip
    noes = tuple(Withdrawal(f"wd-{n}", "w-1", frozenset({Purpose.RESEARCH}), _DAY + n * _HOUR) for n in range(6))
    standing = tuple(
        StandingRelease(f"s-{n}", "w-1", "line-1", _DAY + n * _HOUR, Evidence.SIGNED, "s") for n in range(3)
    )
    return Facts(versions, yeses, noes, typical_facts().release, standing, _DAY + 101 * _HOUR)


def time_each(ask: Callable[[], object], times: int) -> list[float]:
    """Microseconds of every call."""
    took = []
    for _ in range(times):
        begun = time.perf_counter_ns()
        ask()
        took.append((time.perf_counter_ns() - begun) / 1000)
    return sorted(took)


def ask_cedar() -> Callable[[], object]:
    """The typical question as Cedar is asked it."""
    import cedarpy

    resource = {
        "purposes": [_TRAIN.value],
        "given": 0,
        "filmed": 100,
        "withdrawn": False,
        "paused": False,
        "released": True,
        "signed": True,
        "from": 0,
        "to": 10_000,
    }
    entities = json.dumps(
        [
            {"uid": {"type": "Recording", "id": "r-1"}, "attrs": resource, "parents": []},
            {"uid": {"type": "Licensee", "id": "l"}, "attrs": {}, "parents": []},
        ]
    )
    request = {
        "principal": 'Licensee::"l"',
        "action": 'Action::"license"',
        "resource": 'Recording::"r-1"',
        "context": {"purpose": _TRAIN.value, "at": 1000},
    }
    answer = cedarpy.is_authorized(request, _POLICY, entities)
    if not answer.allowed:
        raise SystemExit("Cedar refuses what it should allow; the figure would say nothing.")
    return lambda: cedarpy.is_authorized(request, _POLICY, entities)


def build_share(n_episodes: int) -> tuple[float, float, float]:
    """Seconds of a whole build, of them in asking, and of those in decisions."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shop = open_shop(root)
        fill(shop, root, 100, n_episodes)
        asking, deciding = Stopwatch(), Stopwatch()
        order = Order("bench", _TRAIN, None, root / "dataset")
        with (
            patch.object(choosing, "ask_each", asking.timed(choosing.ask_each)),
            patch.object(choosing, "look_again", asking.timed(choosing.look_again)),
            patch.object(gate, "decide", deciding.timed(gate.decide)),
        ):
            began = time.perf_counter()
            built = builder.build_dataset(shop, Contract(FPS, WIDTH, HEIGHT), order, SilentProgress())
            whole_s = time.perf_counter() - began
        if built.version is None or len(built.version.episodes) != n_episodes:
            raise SystemExit("The dataset is not what was asked for; the figure would say nothing.")
        shop.catalogue.close()  # type: ignore[attr-defined]
    return whole_s, asking.seconds, deciding.seconds


class Stopwatch:
    """Adds up the seconds of calls."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, added up."""

        def run(*arguments: Any) -> Any:
            began = time.perf_counter()
            try:
                return call(*arguments)
            finally:
                self.seconds += time.perf_counter() - began

        return run


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="How long the rights kernel takes.")
    parser.add_argument("--decisions", type=int, default=100_000)
    parser.add_argument("--build", type=int, default=0)
    options = parser.parse_args()
    n = options.decisions
    rows = [(name, facts, n) for name, facts in (("typical", typical_facts()), ("long history", long_facts()))]
    print("us a decision          median      mean    99.9 %     worst")
    for name, facts, times in rows:
        if not isinstance(decide(facts, _REQUEST), Permit):
            raise SystemExit("The kernel refuses what it should allow; the figure would say nothing.")
        _show(f"tacit, {name}", time_each(lambda facts=facts: decide(facts, _REQUEST), times))  # type: ignore[misc]
    if find_spec("cedarpy"):
        _show("Cedar, typical", time_each(ask_cedar(), n // 10))
    if options.build:
        whole_s, asking_s, deciding_s = build_share(options.build)
        print(
            f"a build of {options.build} episodes: {whole_s:.1f} s, of them {deciding_s:.2f} s "
            f"({deciding_s / whole_s:.2%}) in decisions, {asking_s:.2f} s ({asking_s / whole_s:.2%}) in all of asking"
        )


def _show(name: str, took: list[float]) -> None:
    middle, rare = statistics.median(took), took[int(len(took) * 0.999)]
    print(f"{name:<20}{middle:>9.1f} {statistics.fmean(took):>9.1f} {rare:>9.1f} {took[-1]:>9.1f}")


if __name__ == "__main__":
    main()
