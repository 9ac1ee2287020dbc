"""Puts together everything that the shop's records say about what rests on what (rule R6).

Whoever was erased is there by the opaque account alone, and what was theirs by its id, as far as lineage, books and
certificates still name it.
"""

from dataclasses import dataclass, field

from tacit.flows.ports import Shop
from tacit.records.agreement import Agreement
from tacit.records.dataset import DatasetVersion
from tacit.records.license import LicenseEventKind
from tacit.records.lineage import Node, NodeKind

_ERASED = "erased"


@dataclass
class Trace:
    """All nodes by id, all edges (what rests, on what), and by id of an agreement or dataset its newest version's."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str], None] = field(default_factory=dict)
    newest: dict[str, str] = field(default_factory=dict)

    def add(self, node: Node, *rests_on: str) -> None:
        """Add a node and what it rests on; a node that is there stays as it is."""
        self.nodes.setdefault(node.node_id, node)
        for other in rests_on:
            self.edges[node.node_id, other] = None


def dataset_node_id(dataset_id: str, version: int) -> str:
    """How a version of a dataset, or of an agreement, is named."""
    return f"{dataset_id}@{version}"


def trace_shop(shop: Shop) -> Trace:
    """Read the records of a shop once and join them."""
    trace = Trace()
    agreements = _trace_agreements(shop, trace)
    _trace_people(shop, trace, agreements)
    _trace_recordings(shop, trace, agreements)
    versions = shop.catalogue.dataset_versions()
    for version in versions:
        _trace_dataset(trace, version, versions, agreements)
    _trace_licenses(shop, trace)
    _trace_books(shop, trace)
    for certificate in shop.catalogue.certificates():
        _trace_person(trace, certificate.account)
        issued = certificate.issued_at.date().isoformat() if certificate.issued_at is not None else "not issued yet"
        node = Node(certificate.certificate_id, NodeKind.CERTIFICATE, certificate.certificate_id, issued)
        trace.add(_of(node, certificate.account), certificate.account)
    return trace


def _of(node: Node, owner: str, agreement: str = "") -> Node:
    return Node(node.node_id, node.kind, node.name, node.detail, owner, agreement)


def _trace_agreements(shop: Shop, trace: Trace) -> dict[str, list[Agreement]]:
    known = {}
    for agreement in shop.catalogue.agreements():
        name = agreement.agreement_id
        known[name] = shop.catalogue.agreement_versions(name)
        for number, version in enumerate(known[name], start=1):
            node_id, until = dataset_node_id(name, number), f"until {version.valid_to}"
            trace.add(Node(node_id, NodeKind.AGREEMENT, f"{name} v{number}", until, agreement=name))
            trace.newest[name] = node_id
    return known


def _version_of(agreements: dict[str, list[Agreement]], agreement_id: str, digest: str) -> str:
    """The node of the version that something was made under; the first where it came before there were versions."""
    digests = [version.digest for version in agreements.get(agreement_id, ())]
    return dataset_node_id(agreement_id, digests.index(digest) + 1 if digest in digests else 1)


def _trace_people(shop: Shop, trace: Trace, agreements: dict[str, list[Agreement]]) -> None:
    for worker in shop.catalogue.workers():
        uid = worker.worker_uid
        trace.add(Node(uid, NodeKind.WORKER, worker.label, "", uid))
        for consent in shop.catalogue.consents(uid):
            under = _version_of(agreements, consent.agreement_id, consent.agreement_digest)
            given = f"{consent.evidence.value}, {consent.given_at.date()}"
            node = Node(consent.consent_id, NodeKind.CONSENT, consent.consent_id, given, uid, consent.agreement_id)
            trace.add(node, uid, under)


def _trace_person(trace: Trace, uid: str) -> None:
    trace.add(Node(uid, NodeKind.WORKER, uid, _ERASED, uid))


def _trace_recordings(shop: Shop, trace: Trace, agreements: dict[str, list[Agreement]]) -> None:
    """A recording rests on its worker and on every yes, to the version that binds it, from before it was filmed."""
    yeses = {worker.worker_uid: shop.catalogue.consents(worker.worker_uid) for worker in shop.catalogue.workers()}
    for recording in shop.catalogue.recordings():
        uid, digests = recording.worker_uid, [one.digest for one in agreements.get(recording.agreement_id, ())]
        bound = recording.agreement_digest or next(iter(digests), "")
        before = [
            consent.consent_id
            for consent in yeses.get(uid, ())
            if consent.agreement_digest == bound and consent.given_at <= recording.started_at
        ]
        detail = f"{recording.task}, {recording.started_at.date()}"
        node = Node(
            recording.recording_id, NodeKind.RECORDING, recording.recording_id, detail, uid, recording.agreement_id
        )
        trace.add(node, uid, *before)


def _trace_dataset(
    trace: Trace, version: DatasetVersion, versions: list[DatasetVersion], agreements: dict[str, list[Agreement]]
) -> None:
    node_id = dataset_node_id(version.dataset_id, version.version)
    under = version.agreement_id
    kind = NodeKind.RELEASE if version.release_of else NodeKind.DATASET
    n_episodes = len(version.episodes)
    detail = f"{version.purpose.value}, {n_episodes} {'episode' if n_episodes == 1 else 'episodes'}"
    trace.add(Node(node_id, kind, f"{version.dataset_id} v{version.version}", detail, agreement=under))
    trace.add(trace.nodes[node_id], _version_of(agreements, under, version.agreement_digest))
    trace.newest[version.dataset_id] = node_id
    sources = [one for one in versions if one.dataset_id == version.release_of and one.made_at <= version.made_at]
    if sources:
        trace.add(trace.nodes[node_id], dataset_node_id(sources[-1].dataset_id, sources[-1].version))
    for line in version.episodes:
        _trace_person(trace, line.worker_uid)
        consent = Node(line.consent_id, NodeKind.CONSENT, line.consent_id, _ERASED, line.worker_uid, under)
        trace.add(consent, line.worker_uid)
        recording = Node(line.recording_id, NodeKind.RECORDING, line.recording_id, _ERASED, line.worker_uid, under)
        trace.add(recording, line.worker_uid, line.consent_id)
        trace.add(trace.nodes[node_id], line.recording_id, line.consent_id)


def _trace_licenses(shop: Shop, trace: Trace) -> None:
    replaced: dict[str, list[int]] = {}
    for event in shop.catalogue.license_events():
        if event.kind is LicenseEventKind.REPLACED and event.version:
            replaced.setdefault(event.license_id, []).append(event.version)
    for granted in shop.catalogue.licenses():
        numbers = [granted.version, *replaced.get(granted.license_id, ())]
        things = [dataset_node_id(granted.dataset_id, number) for number in numbers]
        agreement = trace.nodes[things[0]].agreement
        detail = f"{granted.licensee}, until {granted.valid_until}"
        node = Node(granted.license_id, NodeKind.LICENSE, granted.license_id, detail, agreement=agreement)
        trace.add(node, *things)


def _trace_books(shop: Shop, trace: Trace) -> None:
    for entry in shop.catalogue.transactions():
        uids = [uid for uid in (posting.account.partition("worker:")[2] for posting in entry.postings) if uid]
        subject = trace.nodes.get(entry.subject)
        if subject is None and len(set(uids)) == 1 and entry.kind == "filming":  # of a recording that was erased
            _trace_person(trace, uids[0])
            subject = Node(entry.subject, NodeKind.RECORDING, entry.subject, _ERASED, uids[0])
            trace.add(subject, uids[0])
        on = [subject.node_id] if subject is not None else []
        if subject is None:
            for uid in uids:
                _trace_person(trace, uid)
            on = uids
        owner = uids[0] if len(set(uids)) == 1 and entry.kind != "settlement" else ""
        detail = f"{entry.kind}, {entry.booked_at.date()}"
        agreement = subject.agreement if subject is not None else ""
        trace.add(Node(entry.transaction_id, NodeKind.TRANSACTION, entry.transaction_id, detail, owner, agreement), *on)
