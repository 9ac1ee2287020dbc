"""Consent records in the form of ISO/IEC TS 27560, and the signed receipt that a worker keeps (rules R1, R7, R11)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tacit.flows.give_consent import SaidYes, give_consent
from tacit.flows.make_receipt import KIND, list_consent_records, make_receipt
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.records.errors import AlteredDocumentError, ForeignDocumentError, ForgedEvidenceError
from tacit.rights import consent_record
from tacit.seal.document import verify_document
from tacit.words.catalogue import find_catalogue

from .conftest import AGREEMENT_ID, CONSENTED, RESEARCH, TODAY, TRAINING


@pytest.fixture
def agreed(bench):
    bench.agree()
    bench.enrol("asha", "4711")
    return bench


def worker(bench):
    return bench.catalogue.find_worker("asha")


def test_a_record_names_who_what_for_on_which_notice_and_how_to_stop(agreed):
    (record,) = list_consent_records(agreed.shop, worker(agreed))
    assert record["dct:conformsTo"] == "dpv-27560:record-2"
    assert record["dpv:hasDataSubject"]["dpv:hasIdentifier"] == agreed.uid("asha")
    assert [one["dpv:hasPurpose"][0]["dpv:hasIdentifier"] for one in record["dpv:hasProcess"]] == [
        "train-robot-skill",
        "research",
    ]
    assert "Asha" not in json.dumps(record)
    assert "asha" not in json.dumps(record)


def test_a_withdrawn_purpose_says_when_and_the_other_one_stands(agreed):
    withdraw_consent(agreed.shop, agreed.contract, "asha", [RESEARCH], agreed.progress)
    (record,) = list_consent_records(agreed.shop, worker(agreed))
    states = [[event["@type"][0] for event in one["dpv:hasConsentStatus"]] for one in record["dpv:hasProcess"]]
    assert states == [["dpv:ConsentGiven"], ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]]


def test_r7_a_purpose_that_was_not_said_yes_to_is_not_in_the_record(bench):
    bench.agree()
    bench.enrol("asha", purposes=[TRAINING])
    (record,) = list_consent_records(bench.shop, worker(bench))
    assert "research" not in json.dumps(record)


def test_a_yes_that_ended_says_so(agreed):
    said = SaidYes(None, "4711", ends_on=TODAY.date())
    give_consent(agreed.shop, "asha", AGREEMENT_ID, [TRAINING], CONSENTED, said)
    agreed.clock.moment = TODAY + timedelta(days=1)
    record = list_consent_records(agreed.shop, worker(agreed))[1]
    given, ended = record["dpv:hasProcess"][0]["dpv:hasConsentStatus"]
    assert given["dpv:hasDuration"]["rdf:value"] == str(TODAY.date())
    assert ended["@type"] == ["dpv:ConsentExpired"]


def test_a_receipt_holds_the_records_and_is_signed_by_the_shop(agreed):
    receipt = make_receipt(agreed.shop, worker(agreed))
    body = verify_document(receipt, "receipt", KIND, [agreed.keys.public_key()])
    assert [record["dpv:hasIdentifier"] for record in body["records"]] == [
        consent.consent_id for consent in agreed.catalogue.consents(agreed.uid("asha"))
    ]
    with pytest.raises(ForeignDocumentError):
        verify_document(receipt, "receipt", KIND, ["ab" * 32])
    with pytest.raises(AlteredDocumentError):
        verify_document(receipt.replace(b"train-robot-skill", b"quality-inspection"), "receipt", KIND, [])


def test_the_words_of_a_record_are_in_the_language_of_the_notice_or_of_the_worker(agreed):
    agreed.catalogue.replace_worker(replace(worker(agreed), language="hi"))
    (record,) = list_consent_records(agreed.shop, worker(agreed))
    assert record["dct:language"] == "hi"
    label = record["dpv:hasProcess"][0]["dpv:hasPurpose"][0]["skos:prefLabel"]
    assert label == find_catalogue("hi").text("purpose.train-robot-skill")


def test_r11_a_yes_that_was_changed_gets_no_receipt(agreed, monkeypatch):
    forged = [
        replace(one, given_at=one.given_at - timedelta(days=1)) for one in agreed.catalogue.consents(agreed.uid("asha"))
    ]
    monkeypatch.setattr(agreed.catalogue, "consents", lambda _uid: forged)
    with pytest.raises(ForgedEvidenceError):
        make_receipt(agreed.shop, worker(agreed))
    assert consent_record.SCHEMA == "dpv-27560:record-2"


def test_no_byte_of_a_receipt_can_change_unseen(agreed):
    receipt = make_receipt(agreed.shop, worker(agreed))
    key = agreed.keys.public_key()
    for position in [*range(0, len(receipt), 37), len(receipt) - 1]:
        changed = bytearray(receipt)
        changed[position] ^= 1
        with pytest.raises((AlteredDocumentError, ForeignDocumentError)):
            verify_document(bytes(changed), "receipt", KIND, [key])
