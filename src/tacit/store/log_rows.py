"""The log: an append-only Merkle tree of entries without personal data (rule R9, RFC 6962)."""

import json
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, func, insert, select

from tacit.records.errors import LogDamageError
from tacit.seal.canonical import canonical_json
from tacit.seal.merkle import ReadNode, compute_root, grow, leaf_hash
from tacit.store import tables
from tacit.store.rows import Rows


class LogRows(Rows):
    """Rows of the log: entries as canonical JSON, and the hash of every whole subtree."""

    def append_log(self, entries: Sequence[dict[str, Any]]) -> int:
        """Append entries; durable when this returns. Returns the log's new size.

        Raises:
            NotCanonicalError: An entry has no canonical form; nothing was appended.
        """
        bodies = [canonical_json(entry) for entry in entries]
        with self._database.writing() as connection:
            size = _size(connection)
            if bodies:
                rows = [{"entry_index": index, "body": body.decode()} for index, body in enumerate(bodies, start=size)]
                nodes = grow(size, map(leaf_hash, bodies), _reader(connection))
                connection.execute(insert(tables.log_entries), rows)
                connection.execute(
                    insert(tables.log_nodes),
                    [{"level": level, "node_index": index, "hash": digest} for level, index, digest in nodes],
                )
        return size + len(bodies)

    def log_entries(self) -> list[dict[str, Any]]:
        """All log entries, in order, as JSON holds them; each is checked against its hash, and all against the root.

        Raises:
            LogDamageError: An entry was changed, or the tree above it was.
        """
        entries, nodes = tables.log_entries, tables.log_nodes
        with self._database.reading() as connection:
            bodies = connection.execute(select(entries.c.body).order_by(entries.c.entry_index)).scalars().all()
            leaves = connection.execute(select(nodes.c.hash).filter_by(level=0).order_by(nodes.c.node_index)).scalars()
            for index, (body, leaf) in enumerate(zip_longest(bodies, leaves)):
                if body is None or leaf_hash(body.encode()) != leaf:
                    raise LogDamageError(f"entry {index}")
            if _root_of(bodies) != compute_root(len(bodies), _reader(connection)):
                raise LogDamageError("the tree")
        return [json.loads(body) for body in bodies]

    def log_root(self) -> tuple[int, str]:
        """Size and root hash (hex) of the log."""
        with self._database.reading() as connection:
            size = _size(connection)
            return size, compute_root(size, _reader(connection)).hex()


def _size(connection: Connection) -> int:
    last = func.max(tables.log_entries.c.entry_index)
    return int(connection.execute(select(func.coalesce(last + 1, 0))).scalar_one())


def _reader(connection: Connection) -> ReadNode:
    def read(level: int, index: int) -> bytes:
        digest = connection.execute(select(tables.log_nodes.c.hash).filter_by(level=level, node_index=index)).scalar()
        if digest is None:
            raise LogDamageError(f"node {level}/{index}")
        return bytes(digest)

    return read


def _root_of(bodies: Sequence[str]) -> bytes:
    """Root over the entries themselves, trusting no stored hash."""
    nodes: dict[tuple[int, int], bytes] = {}
    for level, index, digest in grow(0, (leaf_hash(body.encode()) for body in bodies), lambda *_: b""):
        nodes[level, index] = digest
    return compute_root(len(bodies), lambda level, index: nodes[level, index])
