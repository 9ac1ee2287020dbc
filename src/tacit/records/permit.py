"""What may be asked of the rights kernel, and the permit that it hands out for a yes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tacit.records.purposes import Purpose


class Action(StrEnum):
    """What somebody wants to do with one recording."""

    REVIEW = "review"  # the worker looks at their own footage, cuts it, covers things in it, takes a copy
    DERIVE = "derive"  # open the source, anonymise it, track the hands, look at the result inside the shop
    INCLUDE = "include"  # put it into a dataset
    KEEP = "keep"  # leave it in a dataset that is made anew because another's footage was taken out
    LICENSE = "license"  # let a dataset with it leave under a licence


@dataclass(frozen=True)
class Request:
    """One question: may this be done with footage of this worker, for this purpose, at this moment."""

    action: Action
    purpose: Purpose
    worker_uid: str
    filmed_at: datetime
    asked_at: datetime


@dataclass(frozen=True)
class Permit:
    """A yes of the kernel. Only `rights.decide` makes one; ports hand out data against it and nothing else.

    consent_id, agreement_id: what the yes rests on; they go into the lineage of whatever is derived.
    agreement_digest: the version of the agreement that binds this footage.
    """

    action: Action
    purpose: Purpose
    worker_uid: str
    consent_id: str
    agreement_id: str
    agreement_digest: str
    granted_at: datetime
