"""The consent record against the rules of the DPV schema for ISO/IEC TS 27560, written down here by hand."""

import json
import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tacit.records.agreement import Agreement, Bounty, Royalty
from tacit.records.money import Money
from tacit.records.people import Consent, Withdrawal
from tacit.records.purposes import Evidence, Purpose
from tacit.rights.consent_record import Words, make_consent_record
from tacit.seal.canonical import canonical_json

MOMENT = datetime(2026, 11, 3, 10, tzinfo=UTC)
WORDS = Words("hi", {purpose: f"words for {purpose}" for purpose in Purpose})
# Every term of DPV 2.0 that a record may use, looked up one by one (2026-11-21) in texts that quote the vocabulary.
# fmt: off
TERMS = {
    "dpv:": {
        "AcademicResearch", "Anonymise", "Collect", "CollectedPersonalData", "CommercialPurpose", "Consent",
        "ConsentExpired", "ConsentGiven", "ConsentNotice", "ConsentRecord", "ConsentWithdrawn", "DataController",
        "DataSubject", "DataSubjectDataSource", "DataSubjectRight", "Derive", "DerivedPersonalData", "Employee",
        "Entity", "Erase", "ExplicitlyExpressedConsent", "HumanResourceManagement",
        "ImproveExistingProductsAndServices", "Law", "NonPublicDataSource", "OptimisationForController",
        "PersonalData", "Process", "ProcessingLocation", "ProvideConsent", "Purpose", "Recipient",
        "RequestedServiceProvision", "ResearchAndDevelopment", "StorageDeletion", "StorageDuration",
        "StorageLocation", "Store", "TemporalDuration", "ThirdParty", "UntilEventDuration", "UntilTimeDuration",
        "Use", "WithdrawConsent", "hasApplicableLaw", "hasConsentControl", "hasConsentStatus",
        "hasDataController", "hasDataSource", "hasDataSubject", "hasDuration", "hasEntity", "hasIdentifier",
        "hasJurisdiction", "hasLegalBasis", "hasLocation", "hasName", "hasNotice", "hasPersonalData",
        "hasProcess", "hasProcessing", "hasProcessingCondition", "hasPurpose", "hasRecipient", "hasRight",
        "hasStorageCondition", "isExercisedAt", "isIndicatedAtTime",
    },
    "dct:": {"conformsTo", "created", "creator", "date", "language", "modified", "source"},
    "skos:": {"broader", "definition", "prefLabel"},
    "rdf:": {"value"},
    "rdfs:": {"subClassOf"},
    "eu-gdpr:": {"A6-1-a"},
}
# fmt: on
MANDATORY_OF_PROCESS = {
    "dpv:hasPurpose",
    "dpv:hasPersonalData",
    "dpv:hasProcessing",
    "dpv:hasDataController",
    "dpv:hasDataSource",
    "dpv:hasStorageCondition",
    "dpv:hasRecipient",
    "dpv:hasLegalBasis",
    "dpv:hasConsentStatus",
}


@pytest.fixture
def agreement():
    return Agreement(
        agreement_id="line-2026",
        kind="collective",
        parties=("Line Union", "Line Works"),
        jurisdiction="IN",
        valid_from=date(2026, 1, 1),
        valid_to=date(2028, 12, 31),
        purposes=frozenset(Purpose),
        review_hold_h=72,
        raw_retention_days=30,
        group_size_min=5,
        title={"en": "Agreement on filming"},
        ownership={"footage": "worker", "datasets": "shared", "skills": "plant"},
        territory=("IN", "EU"),
        bounty=Bounty(Money("INR", 250_000), Money("INR", 25_000)),
        royalty=Royalty(2000, "plant", Money("INR", 5), 5000, 5000, "keep-earning"),
        digest="ab" * 32,
    )


@pytest.fixture
def consent():
    return Consent(
        consent_id="con-1",
        worker_uid="w-1",
        agreement_id="line-2026",
        agreement_digest="ab" * 32,
        purposes=frozenset(Purpose),
        given_at=MOMENT,
        notice_language="hi",
        notice_digest="cd" * 32,
        evidence=Evidence.WITNESSED,
        signature="ef" * 64,
        ends_on=date(2027, 6, 30),
        witness="union",
    )


def make(consent, agreement, withdrawals=(), at=MOMENT):
    return make_consent_record("shop-1", consent, agreement, withdrawals, WORDS, at)


def walk(value, keys):
    """Every key and every text of a record, but for what is no term: labels, names, ids and moments."""
    if isinstance(value, dict):
        for key, inner in value.items():
            keys.add(key)
            walk(inner, keys)
    elif isinstance(value, list):
        for inner in value:
            walk(inner, keys)
    elif isinstance(value, str) and re.fullmatch(r"[a-z-]+:[A-Za-z0-9-]+", value):
        keys.add(value)


@pytest.mark.parametrize("jurisdiction", ["IN", "DE", "US"])
def test_every_term_is_one_of_the_vocabulary(consent, agreement, jurisdiction):
    record = make(consent, replace(agreement, jurisdiction=jurisdiction), at=MOMENT + timedelta(days=999))
    context = record.pop("@context")
    found = set()
    walk(record, found)
    for term in found - {"@id", "@type", "dpv-27560:record-2"}:
        prefix, name = term.split(":", 1)
        assert prefix in context, term
        if f"{prefix}:" in TERMS:
            assert name in TERMS[f"{prefix}:"], term
        else:
            assert prefix in ("tacit", "loc"), term


def test_what_the_schema_asks_of_a_record_is_there_in_its_form(consent, agreement):
    record = make(consent, agreement)
    assert record["dct:conformsTo"] == "dpv-27560:record-2"
    assert record["@context"]["dpv-27560"] == "https://w3id.org/dpv/schema/dpv-27560#"
    assert record["dpv:hasIdentifier"] == "con-1"
    assert record["dpv:hasDataSubject"]["dpv:hasIdentifier"] == "w-1"
    assert record["dct:created"] == "2026-11-03T10:00:00.000000Z"
    assert record["dct:language"] == "hi"
    entities = record["dpv:hasEntity"]
    assert record["dct:creator"] in entities
    assert record["dpv:hasNotice"][0]["dpv:hasIdentifier"] == "sha256:" + "cd" * 32
    for process in record["dpv:hasProcess"]:
        assert process.keys() >= MANDATORY_OF_PROCESS
        assert "dpv:hasProcess" not in process
        assert all(name in entities for key in ("dpv:hasDataController", "dpv:hasRecipient") for name in process[key])
        (purpose,) = process["dpv:hasPurpose"]
        assert purpose["skos:broader"]
        assert purpose["skos:prefLabel"].startswith("words for ")
        kinds = {kind for condition in process["dpv:hasStorageCondition"] for kind in condition["@type"]}
        assert kinds >= {"dpv:StorageLocation", "dpv:StorageDuration"}
        for event in process["dpv:hasConsentStatus"]:
            assert event.keys() >= {"@type", "dpv:isIndicatedAtTime", "dpv:isExercisedAt"}
    for entity in entities.values():
        assert "rdfs:subClassOf" not in entity or entity["skos:prefLabel"]


def test_r2_each_purpose_is_a_process_of_its_own(consent, agreement):
    record = make(consent, agreement)
    named = [process["dpv:hasPurpose"][0]["dpv:hasIdentifier"] for process in record["dpv:hasProcess"]]
    assert named == [purpose.value for purpose in Purpose]


def test_the_parties_are_the_controllers_and_joint_ones(consent, agreement):
    record = make(consent, agreement)
    controllers = record["dpv:hasProcess"][0]["dpv:hasDataController"]
    assert [record["dpv:hasEntity"][name]["dpv:hasName"] for name in controllers] == ["Line Union", "Line Works"]


@pytest.mark.parametrize(
    ("jurisdiction", "deletion", "basis", "source"),
    [
        ("IN", "P365D", ["dpv:Consent"], "rule 14(3)"),
        ("DE", "at once after a withdrawal of every purpose", ["dpv:Consent", "eu-gdpr:A6-1-a"], "article 12(3)"),
        ("US", "at once after a withdrawal of every purpose", ["dpv:Consent"], "our own choice"),
    ],
)
def test_r5_what_comes_after_a_withdrawal_follows_the_law_of_the_place(
    consent, agreement, jurisdiction, deletion, basis, source
):
    process = make(consent, replace(agreement, jurisdiction=jurisdiction))["dpv:hasProcess"][0]
    (found,) = [one for one in process["dpv:hasStorageCondition"] if one["@type"] == ["dpv:StorageDeletion"]]
    assert found["dpv:hasDuration"]["rdf:value"] == deletion
    assert process["dpv:hasLegalBasis"] == basis
    assert source in process["dpv:hasRight"][1]["dct:source"]


def test_r11_how_strong_a_yes_is_and_who_witnessed_it_is_in_the_record(consent, agreement):
    given = make(consent, agreement)["dpv:hasProcess"][0]["dpv:hasConsentStatus"][0]
    assert (given["tacit:evidence"], given["tacit:witness"], given["tacit:signature"]) == (
        "witnessed",
        "union",
        "ef" * 64,
    )
    assert given["dpv:hasDuration"]["rdf:value"] == "2027-06-30"


def test_of_a_withdrawal_and_an_end_the_first_one_counts(consent, agreement):
    no = Withdrawal("wd-1", "w-1", frozenset({Purpose.RESEARCH}), MOMENT + timedelta(days=9))
    later = MOMENT + timedelta(days=700)
    states = {
        process["dpv:hasPurpose"][0]["dpv:hasIdentifier"]: process["dpv:hasConsentStatus"][-1]["@type"][0]
        for process in make(consent, agreement, [no], later)["dpv:hasProcess"]
    }
    assert states.pop("research") == "dpv:ConsentWithdrawn"
    assert set(states.values()) == {"dpv:ConsentExpired"}


def test_a_withdrawal_from_before_the_yes_does_not_touch_it(consent, agreement):
    no = Withdrawal("wd-1", "w-1", frozenset(Purpose), MOMENT - timedelta(days=9))
    record = make(consent, agreement, [no])
    assert all(len(process["dpv:hasConsentStatus"]) == 1 for process in record["dpv:hasProcess"])
    assert record["dct:modified"] == record["dct:created"]


def test_a_yes_without_a_notice_names_none(consent, agreement):
    declared = replace(
        consent, notice_digest="", notice_language="", evidence=Evidence.DECLARED, witness="", signature=""
    )
    assert make(declared, agreement)["dpv:hasNotice"] == []


def test_a_record_has_a_canonical_form_so_that_it_can_be_signed(consent, agreement):
    record = make(consent, agreement)
    assert json.loads(canonical_json(record)) == record


@pytest.mark.skipif(not os.environ.get("TACIT_TEST_DATA"), reason="TACIT_TEST_DATA is not set")
def test_the_schema_that_a_record_conforms_to_is_one_that_the_vocabulary_knows():
    terms = (Path(os.environ["TACIT_TEST_DATA"]) / "dpv" / "dpv-27560.ttl").read_text(encoding="utf-8")
    assert "@prefix dpv-27560: <https://w3id.org/dpv/schema/dpv-27560#>" in terms
    assert re.search(r"^dpv-27560:record a ", terms, re.MULTILINE)
    assert re.search(r"^dpv-27560:receipt a ", terms, re.MULTILINE)
