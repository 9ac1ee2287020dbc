"""Whose a thing is, found out before the table of roles is asked."""

import pytest

from tacit.flows.act_as import About, find_actor, require_deed
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.records.errors import RefusedError, UnknownThingError
from tacit.records.people import Steward
from tacit.rights.roles import Kind, Role, Verb
from tacit.seal.keyfile import new_key_file

from .conftest import AGREEMENT_ID, TODAY


def may(bench, actor, verb, kind, **named):
    try:
        require_deed(bench.shop, actor, verb, kind, About(**named))
    except RefusedError:
        return False
    return True


@pytest.fixture
def steward(bench):
    bench.agree()
    key = new_key_file("Mala", "482913", cost_log2=10)
    mala = Steward("mala", "Mala", key.public_key, key.sealing_key, frozenset({AGREEMENT_ID}), TODAY)
    bench.catalogue.add_steward(mala)
    bench.catalogue.add_steward(Steward("kofi", "Kofi", "", "", frozenset({"other"}), TODAY))
    return [find_actor(bench.shop, Role.STEWARD, name) for name in ("mala", "kofi")]


def test_r12_worker_acts_on_own_things_by_label_account_or_recording(bench):
    recordings = bench.fill("asha", "meena")
    asha = find_actor(bench.shop, Role.WORKER, "asha")
    assert may(bench, asha, Verb.READ, Kind.STATEMENT, worker="asha")
    assert may(bench, asha, Verb.READ, Kind.STATEMENT, worker=bench.uid("asha"))
    assert may(bench, asha, Verb.CHANGE, Kind.FOOTAGE, recording=recordings["asha"].recording_id)
    assert not may(bench, asha, Verb.READ, Kind.STATEMENT, worker="meena")
    assert not may(bench, asha, Verb.CHANGE, Kind.FOOTAGE, recording=recordings["meena"].recording_id)
    assert not may(bench, asha, Verb.READ, Kind.STATEMENT)


def test_r12_nobody_learns_from_a_refusal_whether_a_thing_is_there(bench):
    bench.fill("asha", "meena")
    asha, said = find_actor(bench.shop, Role.WORKER, "asha"), set()
    for name in ("meena", "nobody"):
        with pytest.raises(RefusedError) as caught:
            require_deed(bench.shop, asha, Verb.READ, Kind.CONSENT, About(worker=name))
        said.add(str(caught.value))
    assert len(said) == 1


def test_r12_steward_acts_under_own_agreements_only(bench, steward):
    bench.enrol("asha")
    recording = bench.take_in("asha", "asha.mp4")
    mala, kofi = steward
    for named in ({"worker": "asha"}, {"recording": recording.recording_id}, {"agreement": AGREEMENT_ID}):
        assert may(bench, mala, Verb.READ, Kind.CONSENT, **named)
        assert not may(bench, kofi, Verb.READ, Kind.CONSENT, **named)
    assert may(bench, mala, Verb.SAY, Kind.AGREEMENT, agreement=AGREEMENT_ID)
    assert not may(bench, kofi, Verb.SAY, Kind.AGREEMENT, agreement=AGREEMENT_ID)


def test_certificate_of_somebody_who_left_is_theirs_and_their_stewards(bench, steward):
    bench.enrol("asha")
    recording = bench.take_in("asha", "asha.mp4")
    bench.process()
    bench.release(recording)
    bench.build()
    uid = bench.uid("asha")
    withdraw_consent(bench.shop, bench.contract, "asha", frozenset(), bench.progress)
    (certificate,) = bench.catalogue.certificates(uid)
    gone = find_actor(bench.shop, Role.WORKER, uid)
    mala, kofi = steward
    for named in (uid, certificate.certificate_id):
        assert may(bench, gone, Verb.READ, Kind.CERTIFICATE, worker=named)
        assert may(bench, mala, Verb.READ, Kind.CERTIFICATE, worker=named)
        assert not may(bench, kofi, Verb.READ, Kind.CERTIFICATE, worker=named)


def test_r8_licensee_acts_on_own_licences(bench):
    bench.fill("asha", pin="482913")
    given = bench.license().license
    for name, allowed in ((given.licensee, True), ("Others", False)):
        actor = find_actor(bench.shop, Role.LICENSEE, name)
        assert may(bench, actor, Verb.USE, Kind.LICENSE, license=given.license_id) == allowed
        assert not may(bench, actor, Verb.USE, Kind.LICENSE, license="lic-aaaaaaaaaaaaaaaa")


def test_steward_whom_nobody_knows_is_told_so(bench):
    with pytest.raises(UnknownThingError):
        find_actor(bench.shop, Role.STEWARD, "nobody")
