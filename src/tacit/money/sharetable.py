"""The table of who shares in a dataset's income, frozen when the dataset is made (rule M6)."""

from collections import Counter
from collections.abc import Sequence

from tacit.records.dataset import EpisodeLine
from tacit.records.ledger import worker_account

# The agreement splits a pool by hours and by value. The value of a part of a dataset is first measured when a skill is
# trained on it, so for a dataset both halves go by time; the table and every statement say so in these words.
BASIS = "accepted milliseconds (no value is measured for a dataset, so the half by value goes by time too)"


def freeze_shares(lines: Sequence[EpisodeLine]) -> tuple[tuple[str, int], ...]:
    """Sum the accepted milliseconds of every worker behind a dataset.

    Args:
        lines: All episodes of the dataset version.

    Returns:
        Worker account and milliseconds, sorted by account; workers without an accepted millisecond are not in it.
    """
    accepted_ms: Counter[str] = Counter()
    for line in lines:
        accepted_ms[worker_account(line.worker_uid)] += line.accepted_ms
    return tuple(sorted((account, total) for account, total in accepted_ms.items() if total > 0))
