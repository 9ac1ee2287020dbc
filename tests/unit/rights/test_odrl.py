"""An agreement as an ODRL policy: every term of ODRL's own vocabulary, and every term of the agreement in it."""

import json
from dataclasses import replace
from datetime import date

import pytest
from rdflib import RDF, Graph, Namespace, URIRef

from tacit.records.agreement import Agreement, Bounty, Royalty
from tacit.records.money import Money
from tacit.records.purposes import Purpose
from tacit.rights.odrl import agreement_as_odrl

AGREEMENT = Agreement(
    agreement_id="line-1",
    kind="collective",
    parties=("Bench Union", "Bench Works"),
    jurisdiction="IN",
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
    purposes=frozenset({Purpose.TRAIN_ROBOT_SKILL, Purpose.RESEARCH}),
    review_hold_h=72,
    raw_retention_days=30,
    group_size_min=5,
    title={"en": "line"},
    ownership={"footage": "worker", "datasets": "shared", "skills": "plant"},
    territory=("IN", "EU"),
    bounty=Bounty(Money("INR", 250000), Money("INR", 25000)),
    royalty=Royalty(2050, "plant", Money("INR", 5), 5000, 5000, "keep-earning"),
    digest="d1",
)
ODRL = Namespace("http://www.w3.org/ns/odrl/2/")

# What of the ODRL 2.2 vocabulary we use, by the classes that the vocabulary puts it in.
ACTIONS = {
    "anonymize",
    "derive",
    "distribute",
    "compensate",
    "obtainConsent",
    "attachPolicy",
    "delete",
    "sell",
    "transfer",
}
LEFT_OPERANDS = {"purpose", "spatial", "dateTime", "percentage", "event"}
OPERATORS = {"eq", "gt", "gteq", "lteq", "isAnyOf"}


def walk(value):
    """Every object inside a policy."""
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)


def test_policy_is_an_odrl_agreement_with_both_parties_and_rules():
    policy = agreement_as_odrl(AGREEMENT, 2)
    assert policy["@type"] == "Agreement"
    assert policy["uid"] == "urn:tacit:agreement:line-1:2"
    for rule in ("permission", "prohibition", "obligation"):
        assert policy[rule], rule
        assert all("action" in one for one in policy[rule])
    assert policy["assigner"]["dct:title"] == "Bench Union"
    assert policy["assignee"]["dct:title"] == "Bench Works"


def test_every_term_without_a_prefix_is_one_of_odrl():
    for part in walk(agreement_as_odrl(AGREEMENT, 1)):
        actions = part.get("action", [])
        for action in [actions] if isinstance(actions, str) else actions:
            name = action if isinstance(action, str) else action["rdf:value"]["@id"].removeprefix("odrl:")
            assert name in ACTIONS or name.startswith("tacit:"), name
        if "leftOperand" in part:
            assert part["leftOperand"] in LEFT_OPERANDS or part["leftOperand"].startswith("tacit:")
            assert part["operator"] in OPERATORS
            assert "rightOperand" in part


def test_terms_of_the_agreement_are_in_the_policy():
    text = json.dumps(agreement_as_odrl(AGREEMENT, 1))
    for said in ("2500.00", "250.00", "0.05", "20.50", "PT72H", "2026-01-01", "2026-12-31", "territory-EU", "d1"):
        assert said in text, said


def test_only_the_purposes_agreed_on_are_in_it():
    text = json.dumps(agreement_as_odrl(AGREEMENT, 1))
    assert "train-robot-skill" in text
    assert "ResearchAndDevelopment" in text
    assert "plant-statistics" not in text


def test_r2_r12_what_is_never_done_is_prohibited():
    actions = {rule["action"] for rule in agreement_as_odrl(AGREEMENT, 1)["prohibition"]}
    assert {"sell", "tacit:identify-person", "tacit:infer-emotion", "tacit:rank-or-discipline-person"} <= actions


def test_party_of_an_individual_agreement_who_may_be_a_worker_is_not_in_the_policy():
    own = replace(AGREEMENT, kind="individual", parties=("Asha Rajagopalan", "Bench Works"))
    assert "Asha" not in json.dumps(agreement_as_odrl(own, 1))


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own reader uses it
def test_policy_is_json_ld_whose_rules_hang_on_the_policy():
    policy = agreement_as_odrl(AGREEMENT, 1)
    # The published context, in the lines that matter here; nothing is fetched.
    names = {
        name: f"odrl:{name}"
        for name in ("permission", "prohibition", "obligation", "constraint", "duty", "refinement", "unit")
    }
    typed = {
        name: {"@id": f"odrl:{name}", "@type": "@vocab"}
        for name in ("action", "leftOperand", "operator", "assigner", "assignee", "target", "profile", "conflict")
    }
    spaces = {"rdf": str(RDF), "xsd": "http://www.w3.org/2001/XMLSchema#", "@vocab": str(ODRL)}
    local = {"odrl": str(ODRL), "uid": "@id", "rightOperand": {"@id": "odrl:rightOperand"}, **spaces, **names, **typed}
    policy["@context"] = [local, policy["@context"][1]]
    graph = Graph().parse(data=json.dumps(policy), format="json-ld")
    uid = URIRef("urn:tacit:agreement:line-1:1")
    assert (uid, RDF.type, ODRL.Agreement) in graph
    assert len(list(graph.objects(uid, ODRL.permission))) == 2
    derive = [rule for rule in graph.objects(uid, ODRL.permission) if (rule, ODRL.action, ODRL.derive) in graph]
    assert len(derive) == 1
    assert len(list(graph.objects(derive[0], ODRL.constraint))) == 3
