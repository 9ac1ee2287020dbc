"""Shows what something rests on and what rests on it, exact in both directions (rule R6)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tacit.flows.act_as import find_uid
from tacit.flows.build_dataset import pseudonym
from tacit.flows.find_dataset import dataset_id_of
from tacit.flows.plant_view import SeenDataset, seen_datasets
from tacit.flows.ports import Shop
from tacit.flows.trace import Trace, trace_shop
from tacit.records.errors import UnknownThingError
from tacit.records.lineage import Lineage, Node, NodeKind, reach
from tacit.records.oneline import escape_controls
from tacit.rights.roles import PLANT, Actor, Kind, Role, Verb, refuse


def show_lineage(shop: Shop, actor: Actor, named: str) -> Lineage:
    """The lineage of a thing, as far as somebody may see it.

    Args:
        named: A recording, consent, agreement, dataset, licence, transaction or certificate by id; a worker by label
            or account; a dataset by its folder too. An agreement or a dataset may have a version: ID@2.

    Raises:
        UnknownThingError: There is no such thing, or none that a plant role could see.
        RefusedError: It is not for that role.
    """
    if not named.isprintable():  # nothing bears such a name, and it may not even be text
        raise _unknown(named)
    if actor.role in PLANT:
        return _plant_lineage(shop, actor, named)
    trace = trace_shop(shop)
    subject = _find(shop, trace, named)
    whole = _cut(trace, subject)
    if actor.role is Role.WORKER:
        return _of_worker(trace, whole, actor)
    if actor.role is Role.STEWARD:
        whole = _of_steward(whole, actor)
    return whole if actor.role is Role.CURATOR else _without_labels(whole)


def _find(shop: Shop, trace: Trace, named: str) -> Node:
    names = [named, find_uid(shop, named), *(trace.newest.get(name, "") for name in (named, _folder_id(shop, named)))]
    for name in names:
        if name in trace.nodes:
            return trace.nodes[name]
    raise _unknown(named)


def _folder_id(shop: Shop, named: str) -> str:
    return dataset_id_of(shop, Path(named))


def _unknown(named: str) -> UnknownThingError:
    return UnknownThingError("thing", escape_controls(named), "Name an id as the lists of the shop show it.")


def _cut(trace: Trace, subject: Node) -> Lineage:
    up = reach([subject.node_id], trace.edges)
    down = reach([subject.node_id], ((on, what) for what, on in trace.edges))
    kept = up | down | {subject.node_id}
    return _keep(Lineage(subject, tuple(trace.nodes.values()), tuple(trace.edges)), kept)


def _keep(lineage: Lineage, kept: set[str]) -> Lineage:
    order = {kind: place for place, kind in enumerate(NodeKind)}
    nodes = sorted((node for node in lineage.nodes if node.node_id in kept), key=lambda node: order[node.kind])
    edges = tuple((what, on) for what, on in lineage.edges if what in kept and on in kept)
    return Lineage(lineage.subject, tuple(nodes), edges)


def _of_worker(trace: Trace, whole: Lineage, actor: Actor) -> Lineage:
    """What a worker may see: what they rest on or what rests on them, and nothing that is another worker's."""
    own = trace.nodes.get(actor.name)
    connected = {node.node_id for node in _cut(trace, own).nodes} if own is not None else set()
    own_things = {node.node_id for node in trace.nodes.values() if actor.name and node.owner == actor.name}
    connected |= own_things | reach(own_things, trace.edges)  # what their yes rests on is theirs to see too
    kept = {node.node_id for node in whole.nodes if node.node_id in connected and node.owner in ("", actor.name)}
    if whole.subject.node_id not in kept:
        raise refuse(actor.role, Verb.READ, Kind.LINEAGE)
    return _keep(whole, kept)


def _of_steward(whole: Lineage, actor: Actor) -> Lineage:
    """What is under the steward's agreements, and the workers behind it."""
    under = {node.node_id for node in whole.nodes if node.agreement in actor.agreements}
    kept = {node.node_id for node in whole.nodes if node.kind is NodeKind.WORKER}
    kept = under | {node for what, on in whole.edges for node in (what, on) if node in kept and {what, on} & under}
    if whole.subject.node_id not in kept:
        raise refuse(actor.role, Verb.READ, Kind.LINEAGE)
    return _keep(whole, kept)


def _without_labels(whole: Lineage) -> Lineage:
    def plain(node: Node) -> Node:
        return replace(node, name=node.node_id) if node.kind is NodeKind.WORKER else node

    return Lineage(plain(whole.subject), tuple(map(plain, whole.nodes)), whole.edges)


def _plant_lineage(shop: Shop, actor: Actor, named: str) -> Lineage:
    """Of a dataset, or of a licence of one: what it rests on, by names that are good in that dataset only."""
    seen = {one.version.dataset_id: one for one in seen_datasets(shop, actor)}
    granted = shop.catalogue.find_license(named) if actor.role is Role.LICENSEE else None
    if granted is not None and granted.licensee != actor.name:
        granted = None
    dataset = seen.get(granted.dataset_id if granted is not None else named) or seen.get(_folder_id(shop, named))
    if dataset is None:
        raise _unknown(named)
    kind = NodeKind.RELEASE if dataset.version.release_of else NodeKind.DATASET
    base = Node(dataset.version.dataset_id, kind, Path(dataset.version.path).name, dataset.version.purpose.value)
    nodes, edges = _pseudonymous(shop, dataset, base)
    subject = base
    if granted is not None:
        subject = Node(granted.license_id, NodeKind.LICENSE, granted.licensee, f"until {granted.valid_until}")
        nodes[subject.node_id] = subject
        edges[subject.node_id, base.node_id] = None
    return _keep(Lineage(subject, tuple(nodes.values()), tuple(edges)), set(nodes))


def _pseudonymous(shop: Shop, dataset: SeenDataset, base: Node) -> tuple[dict[str, Node], dict[tuple[str, str], None]]:
    agreement = dataset.version.agreement_id
    nodes = {base.node_id: base, agreement: Node(agreement, NodeKind.AGREEMENT, agreement)}
    edges: dict[tuple[str, str], None] = {(base.node_id, agreement): None}

    def name(kind: NodeKind, secret: str) -> str:
        known = pseudonym(shop, dataset.version.dataset_id, kind.value, secret)
        nodes.setdefault(known, Node(known, kind, known))
        return known

    for line in dataset.episodes:
        worker = name(NodeKind.WORKER, line.worker_uid)
        consent, recording = name(NodeKind.CONSENT, line.consent_id), name(NodeKind.RECORDING, line.recording_id)
        for edge in _chain(base.node_id, recording, consent, worker, agreement):
            edges[edge] = None
    return nodes, edges


def _chain(dataset: str, recording: str, consent: str, worker: str, agreement: str) -> Iterator[tuple[str, str]]:
    yield from ((dataset, recording), (dataset, consent), (recording, consent), (recording, worker))
    yield from ((consent, worker), (consent, agreement))
