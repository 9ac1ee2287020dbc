"""Lineage: things of a shop and what each rests on, exact in both directions (rule R6)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum


class NodeKind(StrEnum):
    """Kinds of things, in the order in which the later rest on the earlier."""

    AGREEMENT = "agreement"
    WORKER = "worker"
    CONSENT = "consent"
    RECORDING = "recording"
    DATASET = "dataset"
    RELEASE = "release"  # a dataset that was made for one licensee
    LICENSE = "license"
    TRANSACTION = "transaction"
    CERTIFICATE = "certificate"


@dataclass(frozen=True)
class Node:
    """One thing.

    node_id: its id; of an agreement or a dataset with its version, such as ds-…@2. name: what people call it.
    detail: what else is good to know, a few words. owner: opaque id of the one worker whose it is; "" for none.
    agreement: id of the agreement under which it is; "" where it is under none, or under more than one.
    """

    node_id: str
    kind: NodeKind
    name: str
    detail: str = ""
    owner: str = ""
    agreement: str = ""


@dataclass(frozen=True)
class Lineage:
    """One thing, all that it rests on and all that rests on it.

    nodes: the subject among them, sorted by kind and then as they came to be. edges: pairs (what rests, on what).
    """

    subject: Node
    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]

    @property
    def rests_on(self) -> tuple[Node, ...]:
        """What the subject rests on."""
        reached = reach([self.subject.node_id], self.edges)
        return tuple(node for node in self.nodes if node.node_id in reached)

    @property
    def carries(self) -> tuple[Node, ...]:
        """What rests on the subject."""
        reached = reach([self.subject.node_id], ((on, what) for what, on in self.edges))
        return tuple(node for node in self.nodes if node.node_id in reached)


def reach(starts: Collection[str], edges: Iterable[tuple[str, str]]) -> set[str]:
    """Everything that can be reached from some nodes along edges (from, to), one step or more away."""
    nexts: dict[str, list[str]] = {}
    for origin, target in edges:
        nexts.setdefault(origin, []).append(target)
    reached: set[str] = set()
    open_ends = list(starts)
    while open_ends:
        for target in nexts.get(open_ends.pop(), ()):
            if target not in reached:
                reached.add(target)
                open_ends.append(target)
    return reached
