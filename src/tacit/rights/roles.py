"""Who may do what: six roles in one table of plain rules, deny by default (rules R7, R10, R12).

In: whom somebody acts as, a verb, and a thing. Out: yes or no. Pure: whose a thing is was found out before. A role says
whom somebody acts as and is no lock: whoever holds the master key can read what it opens.
"""

from dataclasses import dataclass
from enum import StrEnum

from tacit.records.errors import BadNameError, RefusedError


class Role(StrEnum):
    """Whom somebody acts as."""

    WORKER = "worker"  # a person whose work is filmed, at their own things
    STEWARD = "steward"  # watches over agreements, for many
    CURATOR = "curator"  # runs the shop
    ENGINEER = "engineer"  # of the plant: uses datasets
    LICENSEE = "licensee"  # uses what a licence gives
    AUDITOR = "auditor"  # looks whether all was done right, at nobody's footage or name


class Verb(StrEnum):
    """What is done."""

    READ = "read"
    ADD = "add"  # put something new on record
    CHANGE = "change"  # put something right, or in another state
    SAY = "say"  # give a word: a yes, a no, a release, a pause, a complaint
    MAKE = "make"  # have the software work: process, build, settle
    USE = "use"  # open something under a licence
    DESTROY = "destroy"


class Kind(StrEnum):
    """The kind of a thing. Of a person's recording, `footage` is what can be seen, and `recording` what is told."""

    SHOP = "shop"
    AGREEMENT = "agreement"
    STEWARD = "steward"
    NOTICE = "notice"
    WORKER = "worker"
    WORKER_FILE = "worker-file"
    CONSENT = "consent"
    RECORDING = "recording"
    FOOTAGE = "footage"
    RELEASE = "release"
    DATASET = "dataset"
    LICENSE = "license"
    PAYMENT = "payment"
    STATEMENT = "statement"
    OUTBOX = "outbox"
    GRIEVANCE = "grievance"
    LINEAGE = "lineage"
    LOG = "log"
    HOLD = "hold"
    CERTIFICATE = "certificate"
    ORIGINAL = "original"


class Which(StrEnum):
    """Which things of a kind a rule is about."""

    ANY = "any"
    OWN = "own"  # of the worker who acts
    WATCHED = "watched"  # under an agreement of the steward who acts
    LICENSED = "licensed"  # under a licence of the licensee who acts
    OUT = "out"  # a recording that is released, accepted and not taken back


@dataclass(frozen=True)
class Actor:
    """Somebody as the table knows them.

    name: a worker's opaque id, a steward's id, a licensee's name; "" for roles that are nobody in particular.
    agreements: of a steward, ids of those they watch over.
    """

    role: Role
    name: str = ""
    agreements: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Thing:
    """A thing as the table knows it.

    worker: opaque id of whose it is; "" where it is nobody's, or of more than one. agreement: under which it is, or "".
    licensees: who holds a licence of it. is_out: of a recording, see `Which.OUT`.
    """

    kind: Kind
    worker: str = ""
    agreement: str = ""
    licensees: frozenset[str] = frozenset()
    is_out: bool = False


@dataclass(frozen=True)
class Rule:
    """One row of the table: a role may do these verbs with such things of these kinds."""

    role: Role
    verbs: frozenset[Verb]
    which: Which
    kinds: frozenset[Kind]


def _rule(role: Role, which: Which, *words: Verb | Kind) -> Rule:
    verbs = frozenset(word for word in words if isinstance(word, Verb))
    return Rule(role, verbs, which, frozenset(word for word in words if isinstance(word, Kind)))


CURATOR = Actor(Role.CURATOR)
NAMELESS = frozenset({Role.CURATOR, Role.ENGINEER, Role.AUDITOR})
"""Roles that are nobody in particular."""
PLANT = frozenset({Role.ENGINEER, Role.LICENSEE})
"""Roles that must not be able to tell who said no (R7)."""

RULES: tuple[Rule, ...] = (
    Rule(Role.CURATOR, frozenset(Verb), Which.ANY, frozenset(Kind)),
    # A worker: everything that is theirs, and what anybody who says yes must be able to read and check.
    _rule(Role.WORKER, Which.ANY, Verb.READ, Kind.AGREEMENT, Kind.NOTICE, Kind.STEWARD, Kind.LOG),
    _rule(Role.WORKER, Which.OWN, Verb.READ, Kind.WORKER, Kind.WORKER_FILE, Kind.CONSENT, Kind.RECORDING),
    _rule(Role.WORKER, Which.OWN, Verb.READ, Kind.FOOTAGE, Kind.RELEASE, Kind.STATEMENT, Kind.GRIEVANCE),
    _rule(Role.WORKER, Which.OWN, Verb.READ, Kind.LINEAGE, Kind.HOLD, Kind.CERTIFICATE, Kind.ORIGINAL),
    _rule(Role.WORKER, Which.OWN, Verb.SAY, Kind.CONSENT, Kind.RELEASE, Kind.GRIEVANCE),
    _rule(Role.WORKER, Which.OWN, Verb.CHANGE, Kind.WORKER, Kind.FOOTAGE),
    _rule(Role.WORKER, Which.OWN, Verb.DESTROY, Kind.ORIGINAL),
    # A steward: the words given under their agreements and what came of them, but no footage and no money of a person.
    _rule(Role.STEWARD, Which.ANY, Verb.READ, Kind.AGREEMENT, Kind.NOTICE, Kind.STEWARD, Kind.LOG),
    _rule(Role.STEWARD, Which.WATCHED, Verb.READ, Kind.CONSENT, Kind.RELEASE, Kind.GRIEVANCE, Kind.LINEAGE),
    _rule(Role.STEWARD, Which.WATCHED, Verb.READ, Kind.DATASET, Kind.LICENSE, Kind.OUTBOX, Kind.HOLD, Kind.CERTIFICATE),
    _rule(Role.STEWARD, Which.WATCHED, Verb.SAY, Kind.AGREEMENT, Kind.CONSENT, Kind.RELEASE, Kind.GRIEVANCE),
    _rule(Role.STEWARD, Which.WATCHED, Verb.CHANGE, Kind.GRIEVANCE, Kind.HOLD),
    _rule(Role.STEWARD, Which.ANY, Verb.ADD, Kind.LOG),  # a countersignature
    # The plant: what is made to be used. Terms may name a worker and the log counts who said no, so neither is here.
    _rule(Role.ENGINEER, Which.ANY, Verb.READ, Kind.DATASET, Kind.LINEAGE),
    _rule(Role.ENGINEER, Which.OUT, Verb.READ, Kind.RECORDING),
    _rule(Role.LICENSEE, Which.LICENSED, Verb.READ, Kind.DATASET, Kind.LINEAGE, Kind.LICENSE, Kind.OUTBOX),
    _rule(Role.LICENSEE, Which.LICENSED, Verb.USE, Kind.LICENSE),
    # An auditor: all that was decided, made and booked, by opaque ids.
    _rule(Role.AUDITOR, Which.ANY, Verb.READ, Kind.SHOP, Kind.AGREEMENT, Kind.STEWARD, Kind.NOTICE, Kind.DATASET),
    _rule(Role.AUDITOR, Which.ANY, Verb.READ, Kind.LICENSE, Kind.PAYMENT, Kind.STATEMENT, Kind.OUTBOX),
    _rule(Role.AUDITOR, Which.ANY, Verb.READ, Kind.LINEAGE, Kind.LOG, Kind.HOLD, Kind.CERTIFICATE),
)

_FIGURES = frozenset({Kind.PAYMENT, Kind.STATEMENT, Kind.RELEASE, Kind.CONSENT})


def may(actor: Actor, verb: Verb, thing: Thing) -> bool:
    """True where a rule of the table says so; what no rule is about is denied."""
    return any(
        rule.role is actor.role and verb in rule.verbs and thing.kind in rule.kinds and _is_such(rule, actor, thing)
        for rule in RULES
    )


def may_some(role: Role, verb: Verb, kind: Kind) -> bool:
    """True where there can be a thing of that kind with which a role may do that."""
    return any(rule.role is role and verb in rule.verbs and kind in rule.kinds for rule in RULES)


def require_role(actor: Actor, verb: Verb, thing: Thing) -> None:
    """Check that somebody may do something.

    Raises:
        RefusedError: They may not.
    """
    if not may(actor, verb, thing):
        raise refuse(actor.role, verb, thing.kind)


def refuse(role: Role, verb: Verb, kind: Kind) -> RefusedError:
    """The error for what a role may not do. It is the same whether or not there is such a thing."""
    some = "" if role in NAMELESS or not may_some(role, verb, kind) else " of others, or of nobody named"
    rule = "R12"
    if role in PLANT:
        rule = "R10" if kind in _FIGURES else "R7"
    words = f"{verb} what is kept as {kind}{some}"
    article = "an" if role in (Role.ENGINEER, Role.AUDITOR) else "a"
    return RefusedError(rule, f"{article} {role} may not {words}. Whoever may is in docs/roles.md.")


def read_role(text: str) -> tuple[Role, str]:
    """Whom somebody acts as, from ROLE or ROLE:ID as typed.

    Raises:
        BadNameError: There is no such role, or it needs an ID, or takes none.
    """
    word, _, name = text.partition(":")
    if word not in {role.value for role in Role}:
        raise BadNameError("role", text, f"one of {', '.join(Role)}")
    role = Role(word)
    if (role in NAMELESS) == bool(name) or (":" in text and not name):
        expected = f"{role} alone" if role in NAMELESS else f"{role}:ID, with whom it is,"
        raise BadNameError("role", text, expected)
    return role, name


def _is_such(rule: Rule, actor: Actor, thing: Thing) -> bool:
    if rule.which is Which.OWN:
        return bool(actor.name) and thing.worker == actor.name
    if rule.which is Which.WATCHED:
        return thing.agreement in actor.agreements
    if rule.which is Which.LICENSED:
        return bool(actor.name) and actor.name in thing.licensees
    return rule.which is Which.ANY or thing.is_out
