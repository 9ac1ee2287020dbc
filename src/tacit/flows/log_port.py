"""The port of the log: what the flows need from an append-only Merkle tree (rule R9). The catalogue fills it in."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol


class LogBook(Protocol):
    """Entries in their order, the hashes above them, and signed checkpoints; nothing is ever taken out."""

    def append_log(self, entries: Sequence[dict[str, Any]]) -> int:
        """Append entries to the Merkle log; durable when this returns. Returns the log's new size.

        Raises:
            ClockSetBackError: An entry is more than a minute older than the last one.
        """

    def log_moment(self) -> datetime | None:
        """The moment of the last entry; None where there is none."""

    def log_entries(self) -> list[dict[str, Any]]:
        """All log entries, in order; each is checked against its hash, and all against the root."""

    def read_log(self, start: int = 0, stop: int | None = None) -> Iterator[dict[str, Any]]:
        """Entries [start, stop) of the log, few in memory at a time; each is checked against its hash."""

    def log_root(self, size: int | None = None) -> tuple[int, str]:
        """Size and root hash (hex) of the log, or of its first `size` entries (RFC 6962)."""

    def log_inclusion(self, index: int, size: int) -> list[bytes]:
        """Hashes that lead from an entry to the root over the first `size` entries."""

    def log_consistency(self, old_size: int, new_size: int) -> list[bytes]:
        """Hashes that show the first `old_size` entries to be unchanged in the larger log."""

    def log_bodies(self, start: int, stop: int) -> list[tuple[int, str]]:
        """Index and text of the entries in [start, stop), as they lie there; nothing is checked."""

    def log_hashes(self, level: int, start: int, stop: int) -> list[tuple[int, bytes]]:
        """Index and hash of the stored nodes of one level in [start, stop), as they lie there; nothing is checked."""

    def log_counts(self) -> tuple[int, int, int]:
        """Size of the log, and how many entries and how many hashes there are, counted one by one."""

    def set_checkpoint(self, size: int, note: str) -> None:
        """Put down a signed checkpoint; a note of the same size takes the place of the one before."""

    def checkpoints(self) -> list[tuple[int, str]]:
        """Every checkpoint: its size and its note, the smallest first."""
