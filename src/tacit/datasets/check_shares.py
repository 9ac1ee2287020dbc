"""Checks the share table that a dataset carries: against its episode rows, and against the signature under it (M6).

The key to check with lies beside the signature, so a sound table says that it is whole; who made it, only a comparison
of `shop_key` with the key that the shop gives out by another way can say.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from tacit.datasets.episode import PSEUDONYM
from tacit.records.errors import NotCanonicalError
from tacit.seal.signatures import is_valid
from tacit.seal.signed_shares import share_table_bytes

LINEAGE_COLUMNS = ["worker", "accepted_s"]
_MS_PER_S = 1000
_REBUILD = "Build the dataset again."
_COPY = "Copy the dataset again from where it was made."


def find_share_faults(mark: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every fault of a share table, one sentence each with its next step.

    Args:
        mark: The content of `meta/tacit.json`.
        rows: The columns `LINEAGE_COLUMNS` of all episode rows.
    """
    try:
        shares = mark["shares"]
        table = [(entry["worker"], entry["parts"]) for entry in shares["parts"]]
        signed = [shares[name] for name in ("basis", "signature", "shop_key")] + [mark["dataset"]]
        version = mark["version"]
    except (KeyError, TypeError) as error:
        return [f"the share table is missing or incomplete ({error}). {_REBUILD}"]
    if not all(type(part) is int and part > 0 for _, part in table):
        return [f"a share is no positive whole number. {_REBUILD}"]
    if not all(isinstance(text, str) for text in (*signed, mark.get("digest"), *(worker for worker, _ in table))):
        return [f"the share table holds something else than text where text belongs. {_REBUILD}"]
    faults = _find_row_faults(table, rows)
    basis, signature, shop_key, dataset_id = signed
    try:
        message = share_table_bytes(dataset_id, version, mark["digest"], basis, table) if type(version) is int else b""
    except NotCanonicalError:
        message = b""  # such a table was never signed
    if type(version) is not int or not is_valid(shop_key, message, signature):
        faults.append(f"the share table is not what the shop signed: something was changed. {_COPY}")
    return faults


def _find_row_faults(table: list[tuple[str, int]], rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Hold the parts of every worker against the accepted time of their episodes."""
    accepted_ms: Counter[str] = Counter()
    for row in rows:
        accepted_s = row["accepted_s"]
        if not isinstance(accepted_s, float) or not math.isfinite(accepted_s):
            return []  # the row is faulty, which is listed already
        accepted_ms[str(row["worker"])] += round(accepted_s * _MS_PER_S)
    expected = {worker: total for worker, total in accepted_ms.items() if total > 0}
    parts = dict(table)
    if set(parts) != set(expected) or len(parts) != len(table) or not all(map(PSEUDONYM.fullmatch, parts)):
        return [f"the share table names other workers than the episode rows. {_REBUILD}"]
    return [
        f"the share of worker {worker} is {parts[worker]}; the accepted time of their episodes is "
        f"{expected[worker]} milliseconds. {_COPY}"
        for worker in sorted(expected)
        if parts[worker] != expected[worker]
    ]
