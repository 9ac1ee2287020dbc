"""The Merkle tree against a direct reading of RFC 6962 and the vectors that Certificate Transparency tests with."""

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.seal import merkle

# The inputs and roots of the reference tests of Certificate Transparency (merkletree tests, "ReferenceMerklePathTest"),
# used by every implementation of RFC 6962 since.
INPUTS = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

entries_of = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


def naive_root(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\0" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\1" + naive_root(entries[:k]) + naive_root(entries[k:])).digest()


class Tree:
    """Nodes in memory, and how often they were read."""

    def __init__(self, entries: list[bytes]) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.n_reads = 0
        self.size = 0
        self.append(entries)

    def append(self, entries: list[bytes]) -> None:
        for level, index, digest in merkle.grow(self.size, map(merkle.leaf_hash, entries), self.read):
            assert (level, index) not in self.nodes
            self.nodes[level, index] = digest
        self.size += len(entries)

    def read(self, level: int, index: int) -> bytes:
        self.n_reads += 1
        return self.nodes[level, index]

    def root(self, size: int | None = None) -> bytes:
        return merkle.compute_root(self.size if size is None else size, self.read)


def test_roots_match_the_reference_vectors() -> None:
    tree = Tree(INPUTS)
    assert merkle.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [tree.root(size).hex() for size in range(1, 9)] == ROOTS
    assert [naive_root(INPUTS[:size]).hex() for size in range(1, 9)] == ROOTS


def test_proofs_match_the_reference_vectors() -> None:
    tree = Tree(INPUTS)
    # Reference vectors: leaf 1 of 8 (numbered from 0: leaf 0), and the tree of 1 in 8.
    path = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [digest.hex() for digest in merkle.inclusion_proof(0, 8, tree.read)] == path
    assert [digest.hex() for digest in merkle.consistency_proof(1, 8, tree.read)] == path


def test_seven_leaf_example_of_the_rfc() -> None:
    # RFC 6962 section 2.1.3: the paths of d0, d3, d4, d6 and the consistency of sizes 3, 4 and 6 in the tree of 7.
    entries = [b"d%d" % n for n in range(7)]
    tree = Tree(entries)
    a, b, c, d, e, f, j = (merkle.leaf_hash(entry) for entry in entries)
    g, h, i = merkle.node_hash(a, b), merkle.node_hash(c, d), merkle.node_hash(e, f)
    k, right = merkle.node_hash(g, h), merkle.node_hash(i, j)
    proofs: Callable[[int], list[bytes]] = lambda n: merkle.inclusion_proof(n, 7, tree.read)  # noqa: E731 - short
    assert proofs(0) == [b, h, right]
    assert proofs(3) == [c, g, right]
    assert proofs(4) == [f, j, k]
    assert proofs(6) == [i, k]
    assert merkle.consistency_proof(3, 7, tree.read) == [c, d, g, right]
    assert merkle.consistency_proof(4, 7, tree.read) == [right]
    assert merkle.consistency_proof(6, 7, tree.read) == [i, j, k]


@given(st.lists(st.lists(st.binary(max_size=4), max_size=9), max_size=9))
def test_tree_grown_in_batches_has_the_root_of_the_rfc(batches: list[list[bytes]]) -> None:
    tree = Tree([])
    for batch in batches:
        tree.append(batch)
    entries = [entry for batch in batches for entry in batch]
    assert tree.root() == naive_root(entries)
    assert all(tree.root(size) == naive_root(entries[:size]) for size in range(len(entries)))


@given(entries_of, st.data())
def test_inclusion_is_proved_for_the_entry_at_its_place_alone(entries: list[bytes], data: st.DataObject) -> None:
    entries = [b"%d " % n + entry for n, entry in enumerate(entries)]
    tree = Tree(entries)
    index = data.draw(st.integers(0, len(entries) - 1))
    leaf, root = merkle.leaf_hash(entries[index]), tree.root()
    proof = merkle.inclusion_proof(index, len(entries), tree.read)
    assert merkle.is_included(leaf, index, len(entries), proof, root)
    assert not merkle.is_included(merkle.leaf_hash(b"forged"), index, len(entries), proof, root)
    assert not merkle.is_included(leaf, len(entries), len(entries), proof, root)
    assert not merkle.is_included(leaf, -1, len(entries), proof, root)
    assert not merkle.is_included(leaf, index, len(entries), [*proof, root], root)
    for other in range(len(entries)):
        if other != index:
            assert not merkle.is_included(leaf, other, len(entries), proof, root)
    for place in range(len(proof)):
        changed = [*proof[:place], bytes(32), *proof[place + 1 :]]
        assert not merkle.is_included(leaf, index, len(entries), changed, root)
        assert not merkle.is_included(leaf, index, len(entries), proof[:place], root)


@given(entries_of, st.data())
def test_consistency_is_proved_for_an_untouched_past_alone(entries: list[bytes], data: st.DataObject) -> None:
    new_size = len(entries)
    old_size = data.draw(st.integers(1, new_size))
    tree = Tree([b"%d " % n + entry for n, entry in enumerate(entries)])
    old_root, new_root = tree.root(old_size), tree.root()
    proof = merkle.consistency_proof(old_size, new_size, tree.read)
    assert merkle.is_consistent(old_size, new_size, old_root, new_root, proof)
    assert not merkle.is_consistent(old_size, new_size, bytes(32), new_root, proof)
    assert not merkle.is_consistent(old_size, new_size, old_root, bytes(32), proof)
    assert not merkle.is_consistent(old_size, new_size, old_root, new_root, [*proof, bytes(32)])
    assert not merkle.is_consistent(new_size + 1, new_size, old_root, new_root, proof)
    assert not merkle.is_consistent(0, new_size, old_root, new_root, proof)
    for place in range(len(proof)):
        changed = [*proof[:place], bytes(32), *proof[place + 1 :]]
        assert not merkle.is_consistent(old_size, new_size, old_root, new_root, changed)
        assert not merkle.is_consistent(old_size, new_size, old_root, new_root, proof[:place])


def test_rewritten_past_cannot_be_proved() -> None:
    honest = Tree([b"%d" % n for n in range(11)])
    forged = Tree([b"%d" % n if n != 2 else b"forged" for n in range(20)])
    for old_size in range(3, 12):
        proof = merkle.consistency_proof(old_size, 20, forged.read)
        assert not merkle.is_consistent(old_size, 20, honest.root(old_size), forged.root(), proof)


@pytest.mark.parametrize(("index", "size"), [(5, 5), (-1, 5), (0, 0)])
def test_proof_of_what_is_not_there_is_refused(index: int, size: int) -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof(index, size, Tree(INPUTS).read)
    with pytest.raises(IndexError):
        merkle.consistency_proof(size + 1, size, Tree(INPUTS).read)


def test_growing_and_proving_read_few_nodes() -> None:
    tree = Tree([b"%d" % n for n in range(5000)])
    assert len(tree.nodes) < 2 * 5000
    for deed in (
        lambda: tree.append([b"one more"]),
        tree.root,
        lambda: merkle.inclusion_proof(1234, 5000, tree.read),
        lambda: merkle.consistency_proof(1234, 5000, tree.read),
    ):
        tree.n_reads = 0
        deed()
        assert tree.n_reads <= 2 * 13  # log2(5000) = 12.3
