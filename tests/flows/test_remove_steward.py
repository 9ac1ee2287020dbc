"""A steward who leaves says nothing new, and what they said before still holds (R12)."""

from datetime import date

import pytest

from tacit.flows.add_agreement import require_agreement
from tacit.flows.add_steward import add_steward
from tacit.flows.add_worker import add_worker
from tacit.flows.checkpoint_log import countersign_log
from tacit.flows.evidence import Voice
from tacit.flows.give_consent import SaidYes, give_consent
from tacit.flows.give_release import give_release
from tacit.flows.pause_agreement import is_paused, pause_agreement
from tacit.flows.remove_steward import remove_steward
from tacit.records.errors import NoAgreementNamedError, RefusedError, UnknownStewardKeyError, UnknownThingError
from tacit.seal.keyfile import new_key_file, unlock_key_file

from .conftest import AGREEMENT_ID, CONSENTED, TRAINING
from .test_add_steward import SECOND_ID, agree_again

PIN = "union-2026"
FILE, OTHER = new_key_file("Union", PIN, 10), new_key_file("Council", PIN, 10)
KEY, OTHER_KEY = unlock_key_file(FILE, PIN), unlock_key_file(OTHER, PIN)


@pytest.fixture
def watched(bench):
    bench.agree()
    add_steward(bench.shop, "union", FILE, [AGREEMENT_ID])
    return bench


def test_r12_a_removed_steward_can_no_longer_pause_resume_witness_or_countersign(watched):
    add_worker(watched.shop, "asha", "Asha", "en", "")
    steward = remove_steward(watched.shop, "union", [AGREEMENT_ID])
    assert (steward.agreements, steward.former) == (frozenset(), {AGREEMENT_ID})
    assert watched.catalogue.stewards() == [steward]
    assert [entry["kind"] for entry in watched.catalogue.log_entries()][-1] == "steward-removed"
    for paused in (True, False):
        with pytest.raises(RefusedError, match="R12"):
            pause_agreement(watched.shop, AGREEMENT_ID, "union", KEY, paused)
    with pytest.raises(RefusedError, match="R12"):
        give_consent(
            watched.shop, "asha", AGREEMENT_ID, [TRAINING], CONSENTED, SaidYes(None, "", key=KEY, witness="union")
        )
    with pytest.raises(UnknownStewardKeyError):
        countersign_log(watched.shop, KEY)


def test_r12_a_pause_of_a_removed_steward_stands_until_another_one_ends_it(watched):
    pause_agreement(watched.shop, AGREEMENT_ID, "union", KEY, paused=True)
    remove_steward(watched.shop, "union", [AGREEMENT_ID])
    assert is_paused(watched.shop, AGREEMENT_ID)
    add_steward(watched.shop, "council", OTHER, [AGREEMENT_ID])
    pause_agreement(watched.shop, AGREEMENT_ID, "council", OTHER_KEY, paused=False)
    assert not is_paused(watched.shop, AGREEMENT_ID)


def test_r11_r12_what_a_steward_witnessed_before_they_were_removed_still_holds(watched):
    add_worker(watched.shop, "asha", "Asha", "en", "")
    said = SaidYes(None, "", key=KEY, witness="union")
    give_consent(watched.shop, "asha", AGREEMENT_ID, [TRAINING], CONSENTED, said)
    recording = watched.take_in("asha", "asha.mp4")
    watched.process()
    give_release(watched.shop, recording, Voice(key=KEY, witness="union"))
    watched.build()
    remove_steward(watched.shop, "union", [AGREEMENT_ID])
    assert watched.license(valid_until=date(2027, 6, 30)).license.license_id


def test_agreements_are_taken_away_one_by_one_and_given_back(watched):
    agree_again(watched)
    add_steward(watched.shop, "union", FILE, [SECOND_ID])
    assert remove_steward(watched.shop, "union", [AGREEMENT_ID]).agreements == {SECOND_ID}
    n_entries = len(watched.catalogue.log_entries())
    remove_steward(watched.shop, "union", [AGREEMENT_ID])  # again is harmless
    assert len(watched.catalogue.log_entries()) == n_entries
    back = add_steward(watched.shop, "union", FILE, [AGREEMENT_ID])
    assert (back.agreements, back.former) == ({AGREEMENT_ID, SECOND_ID}, frozenset())
    assert require_agreement(watched.shop, AGREEMENT_ID)


def test_removing_what_is_not_there_is_told(watched):
    agree_again(watched)
    with pytest.raises(UnknownThingError):
        remove_steward(watched.shop, "nobody", [AGREEMENT_ID])
    with pytest.raises(UnknownThingError, match=SECOND_ID):
        remove_steward(watched.shop, "union", [AGREEMENT_ID, SECOND_ID])
    with pytest.raises(NoAgreementNamedError):
        remove_steward(watched.shop, "union", [])
    assert watched.catalogue.find_steward("union").agreements == {AGREEMENT_ID}
