"""Lineage, exact in both directions, for whoever may see it (R6, R7, R12)."""

import pytest

from tacit.flows.show_lineage import show_lineage
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.records.errors import RefusedError, UnknownThingError
from tacit.records.lineage import NodeKind
from tacit.rights.roles import CURATOR, Actor, Role

from .conftest import AGREEMENT_ID


def ids(nodes, kind=None):
    return {node.node_id for node in nodes if kind in (None, node.kind)}


def owners(shown):
    return {node.owner for node in shown.nodes} - {""}


def dataset_of(bench):
    return bench.catalogue.dataset_versions()[-1]


def test_r6_dataset_names_exactly_the_recordings_workers_consents_and_agreement_behind_it(bench):
    recordings = bench.fill("asha", "meena")
    bench.enrol("ravi")
    bench.take_in("ravi", "ravi.mp4")  # not released, so not in it
    shown = show_lineage(bench.shop, CURATOR, str(bench.dataset))
    assert ids(shown.rests_on, NodeKind.RECORDING) == {one.recording_id for one in recordings.values()}
    assert ids(shown.rests_on, NodeKind.WORKER) == {bench.uid("asha"), bench.uid("meena")}
    lines = dataset_of(bench).episodes
    assert ids(shown.rests_on, NodeKind.CONSENT) == {line.consent_id for line in lines}
    assert ids(shown.rests_on, NodeKind.AGREEMENT) == {f"{AGREEMENT_ID}@1"}


def test_r6_both_directions_agree_for_every_thing(bench):
    bench.fill("asha", "meena")
    bench.build(bench.folder / "second")
    whole = {}
    for version in bench.catalogue.dataset_versions():
        for node in show_lineage(bench.shop, CURATOR, f"{version.dataset_id}@{version.version}").nodes:
            whole[node.node_id] = node
    below = {name: ids(show_lineage(bench.shop, CURATOR, name).rests_on) for name in whole}
    above = {name: ids(show_lineage(bench.shop, CURATOR, name).carries) for name in whole}
    assert len(whole) == 1 + 2 * 3 + 2  # an agreement; of two workers consent and recording; two datasets
    for name in whole:
        for other in whole:
            assert (other in below[name]) == (name in above[other])


def test_r6_worker_can_list_every_artefact(bench):
    bench.fill("asha", "meena")
    carried = ids(show_lineage(bench.shop, CURATOR, "asha").carries)
    version = dataset_of(bench)
    assert f"{version.dataset_id}@{version.version}" in carried
    assert {line.recording_id for line in version.episodes if line.worker_uid == bench.uid("asha")} < carried
    assert not {line.recording_id for line in version.episodes if line.worker_uid == bench.uid("meena")} & carried


def test_r6_erased_worker_is_there_by_the_account_alone(bench):
    recordings = bench.fill("asha", "meena")
    uid, first = bench.uid("asha"), dataset_of(bench)
    withdraw_consent(bench.shop, bench.contract, "asha", frozenset(), bench.progress)
    shown = show_lineage(bench.shop, CURATOR, uid)
    assert shown.subject.name == uid
    assert "asha" not in repr(shown)
    assert f"{first.dataset_id}@1" in ids(shown.carries)
    assert f"{first.dataset_id}@2" not in ids(shown.carries)
    assert recordings["asha"].recording_id in ids(shown.carries)
    with pytest.raises(UnknownThingError):
        show_lineage(bench.shop, CURATOR, "asha")


def test_r12_worker_sees_own_things_and_nobody_elses(bench):
    recordings = bench.fill("asha", "meena")
    actor = Actor(Role.WORKER, bench.uid("asha"))
    for named in ("asha", recordings["asha"].recording_id, str(bench.dataset)):
        assert owners(show_lineage(bench.shop, actor, named)) == {bench.uid("asha")}
    own = show_lineage(bench.shop, actor, "asha")
    assert f"{dataset_of(bench).dataset_id}@1" in ids(own.carries)
    for named in ("meena", recordings["meena"].recording_id):
        with pytest.raises(RefusedError):
            show_lineage(bench.shop, actor, named)


def test_r12_steward_sees_what_is_under_their_agreements_by_accounts(bench):
    bench.fill("asha", "meena")
    steward = Actor(Role.STEWARD, "mala", frozenset({AGREEMENT_ID}))
    shown = show_lineage(bench.shop, steward, str(bench.dataset))
    assert ids(shown.nodes, NodeKind.WORKER) == {bench.uid("asha"), bench.uid("meena")}
    assert "asha" not in repr([node for node in shown.nodes if node.kind is NodeKind.WORKER])
    with pytest.raises(RefusedError):
        show_lineage(bench.shop, Actor(Role.STEWARD, "kofi", frozenset({"other"})), str(bench.dataset))


def test_r7_engineer_sees_pseudonyms_of_that_dataset_and_no_more(bench):
    recordings = bench.fill("asha", "meena")
    bench.build(bench.folder / "second")
    engineer = Actor(Role.ENGINEER)
    first, second = (show_lineage(bench.shop, engineer, str(bench.folder / name)) for name in ("dataset", "second"))
    assert len(ids(first.rests_on, NodeKind.WORKER)) == 2
    kinds = (NodeKind.WORKER, NodeKind.RECORDING, NodeKind.CONSENT)
    assert not any(ids(first.nodes, kind) & ids(second.nodes, kind) for kind in kinds)
    known = {bench.uid("asha"), bench.uid("meena"), "asha", "meena"} | {one.recording_id for one in recordings.values()}
    for name in known:
        assert name not in repr(first)
        with pytest.raises(UnknownThingError):
            show_lineage(bench.shop, engineer, name)


def test_r7_unknown_and_withheld_things_are_refused_in_the_same_words(bench):
    bench.fill("asha")
    bench.enrol("ravi")
    held = bench.take_in("ravi", "ravi.mp4").recording_id
    sentences = set()
    for name in (held, "rec-aaaaaaaaaaaaaaaa"):
        with pytest.raises(UnknownThingError) as caught:
            show_lineage(bench.shop, Actor(Role.ENGINEER), name)
        sentences.add(str(caught.value).replace(name, "NAME"))
    assert len(sentences) == 1
