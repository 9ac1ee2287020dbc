"""How fast the log takes entries, and how fast it proves one.

    python -m benchmarks.log [--entries 1000000] [--batch 10000] [--json]

A new shop's catalogue in a SQLite file, flushed to disk at every batch (synchronous = FULL), filled with entries as a
decision of the rights kernel writes them. Beside it the same rows are put into a bare SQLite file of the same tables
and settings by the driver alone, in the same batches: what is left between the two is canonical JSON, hashing, the
tree and SQLAlchemy. Then 1,000 proofs of entries drawn at random, single appends, the size, the root, and a check of
everything. Median and worst of each; the first proof is said apart. Where other programs share the machine, the figure
per CPU second says more than the one per second.
"""

import argparse
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tacit.flows.ports import Shop
from tacit.flows.verify_log import verify_log
from tacit.seal.canonical import canonical_json
from tacit.seal.merkle import grow, leaf_hash
from tacit.store.catalogue import SqlCatalogue, create_catalogue
from tacit.store.keyring import MemoryKeyring

_N_PROOFS = 1000
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Spread:
    """Median and worst of what was measured many times."""

    median: float
    worst: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), given.entries, given.batch)
    if given.json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        print(f"{name:32} {value:,.2f}" if isinstance(value, float) else f"{name:32} {value:,}")


def measure(folder: Path, n_entries: int, batch: int) -> dict[str, Any]:
    """All figures, by name with the unit last."""
    url = f"sqlite:///{folder / 'catalogue.sqlite'}"
    create_catalogue(url)
    keys = MemoryKeyring(bytes(32), "shop-benchmark")
    with closing(SqlCatalogue(url, keys)) as catalogue:
        ours, cpu = [], []
        for entries in _batches(n_entries, batch):
            began_cpu = time.process_time()
            ours.append(_timed(partial(catalogue.append_log, entries)))
            cpu.append(time.process_time() - began_cpu)
        bare = list(_bare_inserts(folder / "bare.sqlite", n_entries, batch))
        size = catalogue.log_root()[0]
        draw = random.Random(0)  # noqa: S311 - which entries to prove
        indices = [draw.randrange(size) for _ in range(_N_PROOFS + 1)]
        first, *proofs = [_timed(lambda index=index: catalogue.log_inclusion(index, size)) for index in indices]
        root = _timed(catalogue.log_root)
        singles = [
            _timed(lambda n=n: catalogue.append_log([_entry(n_entries + n, n_entries)])) for n in range(_N_PROOFS // 10)
        ]
        shop = Shop("shop-benchmark", keys, None, catalogue, None, None)  # type: ignore[arg-type] - not used
        checked = _timed(lambda: verify_log(shop))
        proof, single = _spread(proofs), _spread(singles)
        return {
            "entries": size,
            "batch": batch,
            "appends_per_s_median": batch / statistics.median(ours),
            "appends_per_s_worst_batch": batch / max(ours),
            "appends_per_cpu_s_median": batch / statistics.median(cpu),
            "bare_inserts_per_s_median": batch / statistics.median(bare),
            "bare_inserts_per_s_worst_batch": batch / max(bare),
            "proof_ms_median": proof.median,
            "proof_ms_worst": proof.worst,
            "proof_ms_first": first * 1000,
            "root_ms": root * 1000,
            "single_append_ms_median": single.median,
            "single_append_ms_worst": single.worst,
            "check_of_everything_s": checked,
            "bytes_per_entry": (folder / "catalogue.sqlite").stat().st_size // size,
        }


def _bare_inserts(path: Path, n_entries: int, batch: int) -> Iterator[float]:
    """Seconds that each batch of the same rows takes with the driver alone; making the rows is not counted."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "PRAGMA secure_delete = ON",
            "CREATE TABLE log_entries (entry_index INTEGER NOT NULL PRIMARY KEY, body TEXT NOT NULL)",
            "CREATE TABLE log_nodes (level INTEGER NOT NULL, node_index INTEGER NOT NULL, hash BLOB NOT NULL, "
            "PRIMARY KEY (level, node_index))",
        ):
            connection.execute(statement)
        known: dict[tuple[int, int], bytes] = {}
        size = 0
        for entries in _batches(n_entries, batch):
            bodies = [canonical_json(entry) for entry in entries]
            nodes = grow(size, map(leaf_hash, bodies), partial(_read, known))
            known = {**known, **{(level, index): digest for level, index, digest in nodes}}
            rows = [(index, body.decode()) for index, body in enumerate(bodies, start=size)]
            size += len(bodies)
            known = {(level, index): one for (level, index), one in known.items() if index == (size >> level) - 1}
            yield _timed(lambda rows=rows, nodes=nodes: _insert(connection, rows, nodes))


def _read(known: dict[tuple[int, int], bytes], level: int, index: int) -> bytes:
    return known[level, index]


def _insert(connection: sqlite3.Connection, rows: Sequence[Any], nodes: Sequence[Any]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO log_entries VALUES (?, ?)", rows)
    connection.executemany("INSERT INTO log_nodes VALUES (?, ?, ?)", nodes)
    connection.execute("COMMIT")


def _batches(n_entries: int, batch: int) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, n_entries, batch):
        yield [_entry(n, start) for n in range(start, min(start + batch, n_entries))]


def _entry(n: int, second: int) -> dict[str, Any]:
    return {
        "kind": "decision",
        "at": (_BEGAN + timedelta(seconds=second)).isoformat(),
        "action": "derive",
        "purpose": "train-robot-skill",
        "answer": "permit",
        "subject": f"{n * 2**200:064x}",
    }


def _timed(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def _spread(seconds: Sequence[float]) -> Spread:
    return Spread(statistics.median(seconds) * 1000, max(seconds) * 1000)


if __name__ == "__main__":
    main()
