"""The table of roles, held against Cedar, an engine of others, on a policy that was written a second time."""

from pathlib import Path

import cedarpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.records.errors import BadNameError, RefusedError
from tacit.rights.roles import (
    NAMELESS,
    PLANT,
    RULES,
    Actor,
    Kind,
    Role,
    Thing,
    Verb,
    may,
    may_some,
    read_role,
    refuse,
    require_role,
)

POLICY = Path(__file__).with_name("roles.cedar").read_text(encoding="utf-8")
OWN, OTHER = "w-aaaaaaaaaaaaaaaa", "w-bbbbbbbbbbbbbbbb"
ACTORS = [
    *(Actor(role) for role in Role),
    *(Actor(role, OWN) for role in Role),
    Actor(Role.STEWARD, "mala", frozenset({"line", "press"})),
    Actor(Role.STEWARD, "kofi", frozenset({"forge"})),
    Actor(Role.LICENSEE, "Robots Ltd"),
]
THINGS = [
    ("", "", (), False),
    (OWN, "line", (), False),
    (OWN, "", (), True),
    (OTHER, "line", (), False),
    (OTHER, "forge", (), True),
    ("", "press", ("Robots Ltd", OWN), False),
    ("", "line", ("Others Inc", ""), True),
]


def cedar_says(asked):
    """What Cedar answers to many questions (actor, verb, thing) at once."""
    entities, requests = {}, []
    for actor, verb, thing in asked:
        who, what = f'Actor::"{hash(actor)}"', f'Thing::"{hash(thing)}"'
        entities[who] = {
            "uid": {"type": "Actor", "id": str(hash(actor))},
            "attrs": {"role": actor.role.value, "name": actor.name, "agreements": sorted(actor.agreements)},
            "parents": [],
        }
        entities[what] = {
            "uid": {"type": "Thing", "id": str(hash(thing))},
            "attrs": {
                "kind": thing.kind.value,
                "worker": thing.worker,
                "agreement": thing.agreement,
                "licensees": sorted(thing.licensees),
                "is_out": thing.is_out,
            },
            "parents": [],
        }
        action = f'Action::"{verb.value}"'
        requests.append({"principal": who, "action": action, "resource": what, "context": {}})
    results = cedarpy.is_authorized_batch(requests, POLICY, list(entities.values()))
    assert not any(result.diagnostics.errors for result in results)
    return [result.allowed for result in results]


@pytest.mark.parametrize("verb", Verb)
def test_table_says_what_cedar_says_of_every_role_verb_and_kind(verb):
    asked = [
        (actor, verb, Thing(kind, worker, agreement, frozenset(licensees), is_out))
        for actor in ACTORS
        for kind in Kind
        for worker, agreement, licensees, is_out in THINGS
    ]
    assert [may(*one) for one in asked] == cedar_says(asked)


names = st.sampled_from(["", OWN, OTHER, "line", "Robots Ltd"]) | st.text(max_size=3)
some_names = st.frozensets(names, max_size=3)
actors = st.builds(Actor, st.sampled_from(Role), names, some_names)
things = st.builds(Thing, st.sampled_from(Kind), names, names, some_names, st.booleans())


@given(st.lists(st.tuples(actors, st.sampled_from(Verb), things), min_size=1, max_size=30))
def test_table_says_what_cedar_says_of_anybody_and_anything(asked):
    assert [may(*one) for one in asked] == cedar_says(asked)


def test_what_no_rule_is_about_is_denied():
    named = {(rule.role, verb, kind) for rule in RULES for verb in rule.verbs for kind in rule.kinds}
    everything = Thing(Kind.SHOP, OWN, "line", frozenset({OWN}), True)
    for role in Role:
        for verb in Verb:
            for kind in Kind:
                thing = Thing(kind, *list(vars(everything).values())[1:])
                allowed = may(Actor(role, OWN, frozenset({"line"})), verb, thing)
                assert allowed == ((role, verb, kind) in named) == may_some(role, verb, kind)


@pytest.mark.parametrize("role", sorted(PLANT))
@pytest.mark.parametrize(
    "kind", [Kind.WORKER, Kind.CONSENT, Kind.FOOTAGE, Kind.RELEASE, Kind.LOG, Kind.AGREEMENT, Kind.STATEMENT, Kind.HOLD]
)
def test_r7_plant_roles_never_get_at_what_tells_who_said_no(role, kind):
    anything = Thing(kind, OWN, "line", frozenset({OWN}), True)
    assert not any(may(Actor(role, OWN, frozenset({"line"})), verb, anything) for verb in Verb)


def test_r12_no_role_but_worker_and_curator_sees_footage():
    seeing = {role for role in Role if may_some(role, Verb.READ, Kind.FOOTAGE)}
    assert seeing == {Role.WORKER, Role.CURATOR}


@pytest.mark.parametrize(
    ("role", "kind", "rule"),
    [
        (Role.ENGINEER, Kind.WORKER, "R7"),
        (Role.LICENSEE, Kind.RECORDING, "R7"),
        (Role.ENGINEER, Kind.STATEMENT, "R10"),
        (Role.LICENSEE, Kind.PAYMENT, "R10"),
        (Role.WORKER, Kind.FOOTAGE, "R12"),
        (Role.AUDITOR, Kind.FOOTAGE, "R12"),
    ],
)
def test_refusal_names_its_rule_and_nobody(role, kind, rule):
    with pytest.raises(RefusedError) as caught:
        require_role(Actor(role, OWN), Verb.READ, Thing(kind, OTHER))
    assert caught.value.rule == rule
    assert OWN not in str(caught.value)
    assert str(caught.value) == str(refuse(role, Verb.READ, kind))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("curator", (Role.CURATOR, "")),
        ("engineer", (Role.ENGINEER, "")),
        ("worker:asha", (Role.WORKER, "asha")),
        ("licensee:Robots: the firm", (Role.LICENSEE, "Robots: the firm")),
    ],
)
def test_role_is_read_as_typed(text, expected):
    assert read_role(text) == expected


@pytest.mark.parametrize("text", ["", "boss", "Worker:asha", "worker", "worker:", "engineer:", "curator:me", ":asha"])
def test_role_that_is_none_or_lacks_its_id_is_a_fault(text):
    with pytest.raises(BadNameError):
        read_role(text)
    assert read_role(next(iter(sorted(NAMELESS))))
