"""A worker under two laws: what one of them asks to keep is sealed, and nothing of the other is (R5)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tacit.flows.add_agreement import add_agreement
from tacit.flows.cut_recording import cut_recording
from tacit.flows.erase_worker import erase_again
from tacit.flows.evidence import Voice
from tacit.flows.give_consent import SaidYes, give_consent
from tacit.flows.give_release import give_release
from tacit.flows.ingest import ingest
from tacit.flows.open_grievance import open_grievance
from tacit.flows.open_hold import open_hold
from tacit.flows.standing_release import give_standing_release
from tacit.flows.withdraw_consent import finish_withdrawals, withdraw_consent
from tacit.records.certificate import Leaving
from tacit.rights.agreement_file import read_agreement

from .conftest import AGREEMENT, AGREEMENT_ID, CONSENTED, FILMED, TRAINING
from .test_leaving import keys, watched  # noqa: F401
from .test_withdraw import Counter, Interrupted, Tripwire

EU_ID = "eu-agreement"


class Wire(Tripwire):
    CHANGING = frozenset({"seal_off", "drop_all_but", "drop_rows", "hold_worker", "note_erasure", "destroy_worker_key"})


@pytest.fixture
def both(watched):  # noqa: F811
    """Asha, under the law of India with one film, has another one under that of the Union. Meena has one as well."""
    text = AGREEMENT.replace(AGREEMENT_ID, EU_ID).replace('jurisdiction = "IN"', 'jurisdiction = "DE"')
    path = watched.folder / "eu.toml"
    path.write_text(text, encoding="utf-8")
    add_agreement(watched.shop, *read_agreement(path))
    for label in ("asha", "meena"):
        give_consent(watched.shop, label, EU_ID, [TRAINING], CONSENTED + timedelta(minutes=1), SaidYes(None, ""))
        give_standing_release(watched.shop, label, EU_ID)
        source = watched.source(watched.film(f"{label}-eu.mp4"), label, FILMED + timedelta(hours=1))
        ingest(watched.shop, replace(source, agreement_id=EU_ID))
    watched.process()
    for recording in watched.catalogue.recordings():
        if recording.agreement_id == EU_ID:
            give_release(watched.shop, recording, Voice())
            cut_recording(watched.shop, watched.contract, recording.recording_id, 0, 0.2)
    return watched


def find_units(bench, uid):
    """By agreement, the units of work that the vault has of a worker."""
    there = {name.split("/")[0] for name in bench.shop.vault.list_held(uid)}
    found = {
        recording.agreement_id: outcome.unit_id
        for recording, outcome in bench.shop.vault.committed()
        if recording.worker_uid == uid
    }
    assert set(found.values()) <= there
    return found


def assert_only_the_kept_is_sealed(bench, uid, unit_id, key, target):
    assert {name.split("/")[0] for name in bench.shop.vault.list_held(uid)} == {unit_id}
    (hold,) = bench.catalogue.holds()
    assert hold.agreements == (AGREEMENT_ID,)
    assert {name.split("/")[0] for name in hold.objects} == {unit_id}
    open_hold(bench.shop, uid, "steward-1", key, "asked by the authority", target)
    rows = json.loads((target / "rows.json").read_text())
    assert EU_ID not in json.dumps(rows)
    kinds = {"consents": 1, "outcomes": 1, "recordings": 1, "releases": 1, "workers": 1}
    assert {kind: len(found) for kind, found in rows.items()} == kinds


def test_r5_film_under_a_law_that_asks_for_destruction_is_not_sealed_with_the_rest(both, keys, tmp_path):  # noqa: F811
    uid, other = both.uid("asha"), both.uid("meena")
    units, others = find_units(both, uid), find_units(both, other)
    n_objects, rows = len(both.shop.vault.list_held(uid)), both.catalogue.count_rows(uid)
    certificate = withdraw_consent(both.shop, both.contract, "asha", (), both.progress).certificate
    assert certificate.state is Leaving.SEALED
    assert (certificate.n_objects, certificate.rows) == (n_objects, rows)  # both kinds: sealed, and destroyed
    assert certificate.rows["recordings"] == 2
    assert certificate.originals == 2
    assert_only_the_kept_is_sealed(both, uid, units[AGREEMENT_ID], keys[0], tmp_path / "opened")
    assert find_units(both, other) == others
    assert both.catalogue.count_rows(other)["recordings"] == 2
    assert both.catalogue.find_changed_rows() == []


def test_r5_a_complaint_stays_with_the_agreement_that_it_is_about(both, keys, tmp_path):  # noqa: F811
    uid = both.uid("asha")
    assert [one.agreement_id for one in both.catalogue.standing_releases(uid)] == [EU_ID]
    for agreement_id in (AGREEMENT_ID, EU_ID):
        open_grievance(both.shop, "asha", f"about {agreement_id}", agreement_id)
    withdraw_consent(both.shop, both.contract, "asha", (), both.progress)
    open_hold(both.shop, uid, "steward-1", keys[0], "asked by the authority", tmp_path / "opened")
    rows = json.loads((tmp_path / "opened" / "rows.json").read_text())
    assert [one["agreement_id"] for one in rows["grievances"]] == [AGREEMENT_ID]
    assert "standing_releases" not in rows


def test_r5_what_an_old_copy_of_the_objects_brings_back_beside_a_hold_is_destroyed(both, objects):
    uid = both.uid("asha")
    units = find_units(both, uid)
    name = next(one for one in objects.list(uid) if units[EU_ID] in one)
    content = objects.find(name)
    withdraw_consent(both.shop, both.contract, "asha", (), both.progress)
    assert objects.create(name, content)
    erase_again(both.shop, uid)
    assert {name.split("/")[0] for name in both.shop.vault.list_held(uid)} == {units[AGREEMENT_ID]}


@pytest.mark.parametrize("limit", range(1, 7))
def test_r5_interrupted_at_any_step_only_what_is_to_be_kept_is_sealed(both, keys, tmp_path, limit):  # noqa: F811
    uid = both.uid("asha")
    units, counter = find_units(both, uid), Counter(limit)
    shop = replace(
        both.shop,
        keys=Wire(both.keys, counter),
        vault=Wire(both.shop.vault, counter),
        catalogue=Wire(both.catalogue, counter),
    )
    with pytest.raises(Interrupted):
        withdraw_consent(shop, both.contract, "asha", (), both.progress)
    finish_withdrawals(both.shop, both.contract, both.progress)
    (certificate,) = both.catalogue.certificates(uid)
    assert certificate.issued_at is not None
    assert (certificate.state, certificate.originals) == (Leaving.SEALED, 2)
    assert_only_the_kept_is_sealed(both, uid, units[AGREEMENT_ID], keys[0], tmp_path / "opened")


def test_r5_whoever_comes_after_the_hold_was_made_destroys_nothing_of_it(both):
    """Another process made the hold between two steps of this one; then no row says any more what is kept."""
    uid = both.uid("asha")
    units = find_units(both, uid)

    class Meanwhile(Wire):
        def __getattr__(self, name):
            found = getattr(self._real, name)
            if name != "seal_off":
                return found

            def call(*arguments):
                found(*arguments)
                finish_withdrawals(both.shop, both.contract, both.progress)

            return call

    shop = replace(both.shop, vault=Meanwhile(both.shop.vault, Counter(0)))
    withdraw_consent(shop, both.contract, "asha", (), both.progress)
    assert {name.split("/")[0] for name in both.shop.vault.list_held(uid)} == {units[AGREEMENT_ID]}
