"""The Merkle tree of RFC 6962 (and 9162): roots, growth, and proofs that anyone can check without us.

Only whole subtrees are stored, each once and for good: node (level, index) is the hash over the leaves
[index * 2**level, (index + 1) * 2**level). A tree of n leaves has fewer than 2n nodes; growing it or taking its root
reads about log2(n). Nodes live wherever the caller keeps them and are read through a `ReadNode`.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

ReadNode = Callable[[int, int], bytes]
"""Gives the hash of a stored node by level and index."""

Node = tuple[int, int, bytes]
"""Level, index and hash of a node to be stored."""

EMPTY_ROOT = hashlib.sha256(b"").digest()  # RFC 6962 section 2.1


def leaf_hash(entry: bytes) -> bytes:
    """Hash of an entry. The prefix 0 keeps leaves and nodes apart (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees. The prefix 1 keeps leaves and nodes apart (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(size: int, leaves: Iterable[bytes], read: ReadNode) -> list[Node]:
    """Append leaf hashes to a tree of `size` leaves; returns the nodes to store, in the order they came to be."""
    # The frontier: for every set bit of the size, the whole subtree of that level which stands furthest right.
    frontier = {level: read(level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1}
    nodes: list[Node] = []
    for index, leaf in enumerate(leaves, start=size):
        level, place, current = 0, index, leaf
        nodes.append((level, place, current))
        while place & 1:
            current = node_hash(frontier.pop(level), current)
            level, place = level + 1, place >> 1
            nodes.append((level, place, current))
        frontier[level] = current
    return nodes


def compute_root(size: int, read: ReadNode) -> bytes:
    """Root of the tree over the first `size` leaves."""
    return _subtree(0, size, read) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: ReadNode) -> list[bytes]:
    """Hashes that lead from leaf `index` to the root over `size` leaves (RFC 6962 section 2.1.1)."""
    if not 0 <= index < size:
        raise IndexError(f"leaf {index} of {size}")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_subtree(middle, end, read))
            end = middle
        else:
            proof.append(_subtree(start, middle, read))
            start = middle
    return proof[::-1]


def consistency_proof(old_size: int, new_size: int, read: ReadNode) -> list[bytes]:
    """Hashes that show the first `old_size` leaves to be unchanged in the larger tree (RFC 6962 section 2.1.2)."""
    if not 0 < old_size <= new_size:
        raise IndexError(f"tree of {old_size} in one of {new_size}")
    proof: list[bytes] = []
    start, end, is_old_root_known = 0, new_size, True
    while end > old_size:
        middle = start + _split(end - start)
        if old_size <= middle:
            proof.append(_subtree(middle, end, read))
            end = middle
        else:
            proof.append(_subtree(start, middle, read))
            start, is_old_root_known = middle, False
    if not is_old_root_known:
        proof.append(_subtree(start, end, read))
    return proof[::-1]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Check an inclusion proof (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            current = node_hash(sibling, current)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and current == root


def is_consistent(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Check a consistency proof (RFC 9162 section 2.1.4.2)."""
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    # Where the old tree is one whole subtree, its root is left out of the proof, for the checker knows it.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if len(path) < 2:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _split(n_leaves: int) -> int:
    """The largest power of two below a count of leaves: where RFC 6962 splits a tree."""
    return 1 << (n_leaves - 1).bit_length() - 1


def _subtree(start: int, end: int, read: ReadNode) -> bytes:
    """Hash over the leaves [start, end); the start is one at which RFC 6962 splits, so whole parts are stored nodes."""
    n_leaves = end - start
    if n_leaves & (n_leaves - 1) == 0:
        level = n_leaves.bit_length() - 1
        return read(level, start >> level)
    middle = start + _split(n_leaves)
    return node_hash(_subtree(start, middle, read), _subtree(middle, end, read))
