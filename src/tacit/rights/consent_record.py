"""A yes as a consent record of ISO/IEC TS 27560:2023, in the terms of the W3C Data Privacy Vocabulary, as JSON-LD.

In: a yes, the version of the agreement that it is to, and what was taken back since. Out: plain JSON without floats.
Pure. A purpose that the worker did not say yes to is not in it: who says no leaves no trace (R7).

Source: the W3C DPV community group's guide "Consent Records and Receipts as per ISO/IEC TS 27560:2023 using DPV"
(CG-FINAL of 2024-08-01) and its schema `dpv-27560`, read 2026-11-21; terms of DPV 2.0. What the guide leaves open, the
choice of categories among it, is ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tacit.records.agreement import Agreement
from tacit.records.people import Consent, Withdrawal
from tacit.records.places import GDPR_PLACES
from tacit.records.purposes import Evidence, Purpose
from tacit.rights.grievance_clock import find_answer_time
from tacit.rights.retention import find_profile
from tacit.seal.canonical import utc_text

SCHEMA = "dpv-27560:record-2"
CONTEXT: Mapping[str, str] = {
    "dpv": "https://w3id.org/dpv#",
    "dpv-27560": "https://w3id.org/dpv/schema/dpv-27560#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "loc": "https://w3id.org/dpv/loc#",
    "dct": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "tacit": "urn:tacit:",
}
_BROADER: Mapping[Purpose, tuple[str, ...]] = {
    Purpose.TRAIN_ROBOT_SKILL: ("dpv:ResearchAndDevelopment", "dpv:CommercialPurpose"),
    Purpose.TRAIN_PEOPLE: ("dpv:HumanResourceManagement",),
    Purpose.QUALITY_INSPECTION: ("dpv:ImproveExistingProductsAndServices",),
    Purpose.RESEARCH: ("dpv:AcademicResearch",),
    Purpose.WORKER_OWN_USE: ("dpv:RequestedServiceProvision",),
    Purpose.PLANT_STATISTICS: ("dpv:OptimisationForController",),
}
_INSIDE, _LICENSEES = "tacit:group/inside", "tacit:group/licensees"
_RIGHTS_IN = "Digital Personal Data Protection Act, 2023, sections 11 to 14"
_RIGHTS_EU = "Regulation (EU) 2016/679 (GDPR), articles 7(3) and 15 to 22"
_HOW = {
    Evidence.SIGNED: "signed by the worker with a key of their own",
    Evidence.WITNESSED: "said by the worker and witnessed by a steward, who signed",
    Evidence.DECLARED: "declared by whoever runs the shop",
}


@dataclass(frozen=True)
class Words:
    """Texts of the record, in its language: a purpose each; `language` is a code of ISO 639."""

    language: str
    purposes: Mapping[Purpose, str]


def make_consent_record(
    shop_id: str, consent: Consent, agreement: Agreement, withdrawals: Sequence[Withdrawal], words: Words, at: datetime
) -> dict[str, Any]:
    """Write the record of one yes as it stands at a moment.

    Args:
        shop_id: Who keeps the record.
        consent: The yes.
        agreement: The version of the agreement that it is to.
        withdrawals: What the same worker took back, whenever.
        words: In the language of the notice where one was read.
        at: The moment; it decides what has ended.
    """
    ends = [one.withdrawn_at for one in withdrawals if one.withdrawn_at >= consent.given_at]
    return {
        "@context": dict(CONTEXT),
        "@type": ["dpv:ConsentRecord"],
        "@id": f"tacit:consent/{consent.consent_id}",
        "dct:conformsTo": SCHEMA,
        "dpv:hasIdentifier": consent.consent_id,
        "dct:created": utc_text(consent.given_at),
        "dct:modified": utc_text(max([consent.given_at, *(end for end in ends if end <= at)])),
        "dct:creator": _shop(shop_id),
        "dct:language": words.language,
        "dpv:hasDataSubject": {"@type": ["dpv:DataSubject", "dpv:Employee"], "dpv:hasIdentifier": consent.worker_uid},
        "dpv:hasNotice": _notice(consent),
        "dpv:hasProcess": [
            _process(consent, agreement, withdrawals, words, purpose, at)
            for purpose in Purpose
            if purpose in consent.purposes
        ],
        "dpv:hasEntity": _entities(shop_id, agreement),
    }


def _shop(shop_id: str) -> str:
    return f"tacit:shop/{shop_id}"


def _party(number: int) -> str:
    return f"tacit:party/{number}"


def _notice(consent: Consent) -> list[dict[str, Any]]:
    if not consent.notice_digest:
        return []
    return [
        {
            "@type": ["dpv:ConsentNotice"],
            "dpv:hasIdentifier": f"sha256:{consent.notice_digest}",
            "dct:language": consent.notice_language,
            "dct:date": utc_text(consent.given_at),
        }
    ]


def _process(
    consent: Consent,
    agreement: Agreement,
    withdrawals: Sequence[Withdrawal],
    words: Words,
    purpose: Purpose,
    at: datetime,
) -> dict[str, Any]:
    """One purpose by itself, for each can be taken back by itself."""
    law = _law(agreement.jurisdiction)
    return {
        "@type": ["dpv:Process"],
        "dpv:hasPurpose": [
            {
                "@type": ["dpv:Purpose"],
                "dpv:hasIdentifier": purpose.value,
                "skos:broader": list(_BROADER[purpose]),
                "skos:prefLabel": words.purposes[purpose],
            }
        ],
        "dpv:hasPersonalData": [
            _personal(
                "dpv:CollectedPersonalData", "Video of a head-mounted camera: hands, bench and work; faces covered"
            ),
            _personal("dpv:DerivedPersonalData", "Places of 21 points on each hand, and figures computed from them"),
            _personal("dpv:CollectedPersonalData", "Short name, name if given, language, time, station and task"),
        ],
        "dpv:hasProcessing": ["dpv:Collect", "dpv:Anonymise", "dpv:Store", "dpv:Derive", "dpv:Use", "dpv:Erase"],
        "dpv:hasDataController": [_party(number) for number in range(1, len(agreement.parties) + 1)],
        "dpv:hasDataSource": [{"@type": ["dpv:DataSubjectDataSource", "dpv:NonPublicDataSource"]}],
        "dpv:hasStorageCondition": _storage(agreement),
        "dpv:hasRecipient": [_INSIDE, _LICENSEES],
        "dpv:hasProcessingCondition": [
            {"@type": ["dpv:ProcessingLocation"], "dpv:hasLocation": f"loc:{code}"} for code in agreement.territory
        ],
        "dpv:hasLegalBasis": ["dpv:Consent", *law["basis"]],
        "dpv:hasJurisdiction": f"loc:{agreement.jurisdiction}",
        "dpv:hasApplicableLaw": law["law"],
        "dpv:hasRight": law["rights"],
        "dpv:hasConsentControl": [
            {"@type": ["dpv:ProvideConsent"], "dpv:isExercisedAt": "tacit consent give"},
            {
                "@type": ["dpv:WithdrawConsent"],
                "dpv:isExercisedAt": "tacit consent withdraw, or a steward of the agreement; no PIN, no reason",
            },
        ],
        "dpv:hasConsentStatus": _events(consent, agreement, withdrawals, purpose, at),
    }


def _personal(broader: str, label: str) -> dict[str, Any]:
    return {"@type": ["dpv:PersonalData"], "skos:broader": [broader], "skos:prefLabel": label}


def _storage(agreement: Agreement) -> list[dict[str, Any]]:
    """Where it lies, how long the original film may be kept, and what comes after a withdrawal."""
    profile = find_profile(agreement.jurisdiction)
    days = profile.sealed_for // timedelta(days=1)
    deletion = {
        "@type": ["dpv:TemporalDuration"] if days else ["dpv:UntilEventDuration"],
        "rdf:value": f"P{days}D" if days else "at once after a withdrawal of every purpose",
    }
    return [
        {"@type": ["dpv:StorageLocation"], "dpv:hasLocation": f"loc:{agreement.jurisdiction}"},
        {
            "@type": ["dpv:StorageDuration"],
            "skos:prefLabel": "The film as the camera took it",
            "dpv:hasDuration": {"@type": ["dpv:TemporalDuration"], "rdf:value": f"P{agreement.raw_retention_days}D"},
        },
        {
            "@type": ["dpv:StorageDuration"],
            "skos:prefLabel": "What is made from it",
            "dpv:hasDuration": {
                "@type": ["dpv:UntilEventDuration"],
                "rdf:value": "a withdrawal, or the end of the agreement and of the licences under it",
            },
        },
        {
            "@type": ["dpv:StorageDeletion"],
            "skos:prefLabel": "After a withdrawal: kept under lock for so long, then destroyed",
            "dct:source": profile.source,
            "dpv:hasDuration": deletion,
        },
    ]


def _law(jurisdiction: str) -> dict[str, list[Any]]:
    """Legal basis beside consent, the law, and the rights under it with the time for an answer."""
    answer = {
        "skos:prefLabel": "To complain, and to have an answer",
        "dct:source": find_answer_time(jurisdiction).source,
    }
    if jurisdiction in GDPR_PLACES:
        basis, law, source = ["eu-gdpr:A6-1-a"], "Regulation (EU) 2016/679 (GDPR)", _RIGHTS_EU
    elif jurisdiction == "IN":
        basis, law, source = [], "Digital Personal Data Protection Act, 2023", _RIGHTS_IN
    else:
        basis, law, source = [], "", "the agreement"
    rights = {"skos:prefLabel": "To see, correct, erase, take back and name someone to act", "dct:source": source}
    return {
        "basis": basis,
        "law": [{"@type": ["dpv:Law"], "skos:prefLabel": law}] if law else [],
        "rights": [{"@type": ["dpv:DataSubjectRight"], **right} for right in (rights, answer)],
    }


def _events(
    consent: Consent, agreement: Agreement, withdrawals: Sequence[Withdrawal], purpose: Purpose, at: datetime
) -> list[dict[str, Any]]:
    """What happened to this yes, oldest first: given, and then withdrawn or ended, whichever was first."""
    last_day = consent.ends_on or agreement.valid_to
    given = {
        "@type": ["dpv:ConsentGiven", "dpv:ExplicitlyExpressedConsent"],
        "dpv:isIndicatedAtTime": utc_text(consent.given_at),
        "dpv:isExercisedAt": _HOW[consent.evidence],
        "dpv:hasDuration": {"@type": ["dpv:UntilTimeDuration"], "rdf:value": last_day.isoformat()},
        "tacit:evidence": consent.evidence.value,
        "tacit:witness": consent.witness,
        "tacit:signature": consent.signature,
        "tacit:agreement": f"{consent.agreement_id} sha256:{consent.agreement_digest}",
    }
    taken_back = min(
        (
            one.withdrawn_at
            for one in withdrawals
            if purpose in one.purposes and consent.given_at <= one.withdrawn_at <= at
        ),
        default=None,
    )
    if taken_back is not None:
        event = {"@type": ["dpv:ConsentWithdrawn"], "dpv:isIndicatedAtTime": utc_text(taken_back)}
        return [given, event | {"dpv:isExercisedAt": "tacit consent withdraw"}]
    if at.date() > last_day:
        event = {"@type": ["dpv:ConsentExpired"], "dpv:isIndicatedAtTime": f"{last_day.isoformat()}T23:59:59.999999Z"}
        return [given, event | {"dpv:isExercisedAt": "its last day has passed"}]
    return [given]


def _entities(shop_id: str, agreement: Agreement) -> dict[str, Any]:
    parties = {
        _party(number): {"@type": ["dpv:DataController"], "dpv:hasName": name}
        for number, name in enumerate(agreement.parties, start=1)
    }
    return {
        _shop(shop_id): {"@type": ["dpv:Entity"], "dpv:hasName": shop_id},
        **parties,
        _INSIDE: {
            "@type": ["dpv:Entity"],
            "rdfs:subClassOf": ["dpv:Recipient"],
            "skos:prefLabel": "Those in the shop who process the footage",
        },
        _LICENSEES: {
            "@type": ["dpv:Entity"],
            "rdfs:subClassOf": ["dpv:Recipient", "dpv:ThirdParty"],
            "skos:prefLabel": "Those who took a licence",
            "skos:definition": "Only within the licence, and only footage that the worker released.",
        },
    }
