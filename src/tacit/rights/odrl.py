"""An agreement as an ODRL 2.2 policy, for whoever reads rights by machine (W3C Recommendation of 15 February 2018).

What ODRL has words for is said in them: actions, duties, prohibitions, and constraints on purpose, place, time and pay.
Purposes are terms of the Data Privacy Vocabulary where it has one. What neither has a word for is a term of our own
profile. The policy says what may be done with footage that a worker said yes to; the yes itself is a duty in it, so a
policy alone never lets anybody do anything (rule R1).

Source: ODRL Information Model 2.2 and Vocabulary 2.2, w3.org/TR/odrl-model and odrl-vocab; DPV 2, w3id.org/dpv; read
2026-11.
"""

from typing import Any

from tacit.records.agreement import Agreement
from tacit.records.money import Money
from tacit.records.purposes import Purpose

CONTEXT = "http://www.w3.org/ns/odrl.jsonld"
PROFILE = "https://tacit.invalid/odrl/1"
"""Names our own terms; nothing is to be fetched from it."""

_PURPOSES = {
    Purpose.TRAIN_ROBOT_SKILL: f"{PROFILE}#train-robot-skill",
    Purpose.TRAIN_PEOPLE: f"{PROFILE}#train-people",
    Purpose.QUALITY_INSPECTION: f"{PROFILE}#quality-inspection",
    Purpose.RESEARCH: "https://w3id.org/dpv#ResearchAndDevelopment",
    Purpose.WORKER_OWN_USE: f"{PROFILE}#worker-own-use",
    Purpose.PLANT_STATISTICS: f"{PROFILE}#plant-statistics",
}


def agreement_as_odrl(agreement: Agreement, number: int) -> dict[str, Any]:
    """One version of an agreement as an ODRL Agreement, in JSON-LD.

    Parties are named only where none of them can be a worker, that is, in collective agreements.

    Args:
        agreement: The version.
        number: Which one it is, from 1 on.
    """
    base = f"urn:tacit:agreement:{agreement.agreement_id}"
    return {
        "@context": [CONTEXT, {"tacit": f"{PROFILE}#", "dct": "http://purl.org/dc/terms/"}],
        "@type": "Agreement",
        "uid": f"{base}:{number}",
        "profile": PROFILE,
        "conflict": "prohibit",
        "dct:title": [{"@language": tag, "@value": title} for tag, title in sorted(agreement.title.items())],
        "dct:identifier": agreement.digest,
        "dct:hasVersion": str(number),
        **_parties(agreement, base),
        "target": {"@type": "AssetCollection", "uid": f"{base}:footage", "dct:rightsHolder": f"{base}:workers"},
        "permission": [_derive(agreement, base), _distribute(agreement, base)],
        "prohibition": [{"action": action} for action in ("sell", "transfer", *_NEVER)],
        "obligation": [_pay_for_filming(agreement, base), _erase_when_withdrawn(agreement, base)],
    }


_NEVER = ("tacit:identify-person", "tacit:infer-emotion", "tacit:rank-or-discipline-person")


def _parties(agreement: Agreement, base: str) -> dict[str, Any]:
    workers = {"@type": "PartyCollection", "uid": f"{base}:workers"}
    plant: dict[str, Any] = {"@type": "Party", "uid": f"{base}:plant"}
    if agreement.kind == "collective":
        workers["dct:title"] = " and ".join(agreement.parties[:-1])
        plant["dct:title"] = agreement.parties[-1]
    return {"assigner": workers, "assignee": plant}


def _derive(agreement: Agreement, base: str) -> dict[str, Any]:
    """Inside the shop: anonymise and derive, after the worker's own yes."""
    return {
        "action": ["anonymize", "derive"],
        "constraint": [*_time(agreement), _purposes(agreement)],
        "duty": [
            {"action": "obtainConsent", "consentedParty": f"{base}:workers"},
            {"action": "anonymize"},
        ],
    }


def _distribute(agreement: Agreement, base: str) -> dict[str, Any]:
    """Out of the shop, under a licence: released by the worker, in the territory, and paid for."""
    royalty = agreement.royalty
    return {
        "action": "distribute",
        "constraint": [
            *_time(agreement),
            _purposes(agreement),
            {
                "leftOperand": "spatial",
                "operator": "isAnyOf",
                "rightOperand": [f"tacit:territory-{code}" for code in agreement.territory],
            },
            {
                "leftOperand": "tacit:review-time",
                "operator": "gteq",
                "rightOperand": {"@value": f"PT{agreement.review_hold_h}H", "@type": "xsd:duration"},
            },
        ],
        "duty": [
            {"action": "obtainConsent", "consentedParty": f"{base}:workers"},
            {"action": "attachPolicy"},
            {
                "action": [
                    {
                        "rdf:value": {"@id": "odrl:compensate"},
                        "refinement": [
                            {
                                "leftOperand": "percentage",
                                "operator": "eq",
                                "rightOperand": {"@value": _percent(royalty.pool_basis_points), "@type": "xsd:decimal"},
                            }
                        ],
                    }
                ],
                "compensatedParty": f"{base}:workers",
            },
        ],
    }


def _pay_for_filming(agreement: Agreement, base: str) -> dict[str, Any]:
    bounty = agreement.bounty
    return {
        "action": [
            {
                "rdf:value": {"@id": "odrl:compensate"},
                "refinement": [
                    _amount("tacit:per-accepted-hour", bounty.per_accepted_hour),
                    _amount("tacit:floor-per-hour", bounty.floor_per_hour),
                    _amount("tacit:internal-run", agreement.royalty.internal_run),
                ],
            }
        ],
        "compensatedParty": f"{base}:workers",
    }


def _erase_when_withdrawn(agreement: Agreement, base: str) -> dict[str, Any]:
    return {
        "action": "delete",
        "constraint": [
            {"leftOperand": "event", "operator": "gt", "rightOperand": {"@id": "tacit:withdrawal"}},
            {"leftOperand": "tacit:jurisdiction", "operator": "eq", "rightOperand": agreement.jurisdiction},
        ],
        "informedParty": f"{base}:workers",
    }


def _amount(what: str, money: Money) -> dict[str, Any]:
    amount, _, currency = str(money).replace(",", "").rpartition(" ")
    return {
        "leftOperand": what,
        "operator": "eq",
        "rightOperand": {"@value": amount, "@type": "xsd:decimal"},
        "unit": f"tacit:currency-{currency}",
    }


def _time(agreement: Agreement) -> list[dict[str, Any]]:
    days = (("gteq", agreement.valid_from), ("lteq", agreement.valid_to))
    return [
        {
            "leftOperand": "dateTime",
            "operator": operator,
            "rightOperand": {"@value": day.isoformat(), "@type": "xsd:date"},
        }
        for operator, day in days
    ]


def _purposes(agreement: Agreement) -> dict[str, Any]:
    terms = [{"@id": _PURPOSES[purpose]} for purpose in Purpose if purpose in agreement.purposes]
    return {"leftOperand": "purpose", "operator": "isAnyOf", "rightOperand": terms}


def _percent(basis_points: int) -> str:
    return f"{basis_points // 100}.{basis_points % 100:02d}"
