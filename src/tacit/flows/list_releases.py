"""Tells of every recording what its worker's word is, since when it can be seen, and what they had cut or covered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from tacit.flows.add_worker import require_worker
from tacit.flows.find_cuts import shows_too_much
from tacit.flows.gate import gather_facts
from tacit.flows.ports import Shop
from tacit.records.people import Release, StandingRelease
from tacit.records.permit import Action, Request
from tacit.records.purposes import Purpose
from tacit.records.recording import Recording
from tacit.rights.decide import Refusal, find_release, find_review_end
from tacit.rights.facts import Facts


class ReleaseState(StrEnum):
    """What keeps a recording in, or lets it leave."""

    NEW = "new"  # nothing of it can be seen yet, or not as it is to be
    UNUSABLE = "unusable"  # nothing of it could go into a dataset, whatever its worker says
    HELD = "held"
    IN_REVIEW = "in review"  # a standing release counts from the end of the review time
    BY_HAND = "released by hand"
    STANDING = "released by standing"


@dataclass(frozen=True)
class Said:
    """What releases a recording now, None where nothing does; and when its review time ends, or ended.

    review_until: None where no standing release counts it.
    """

    word: Release | StandingRelease | None
    review_until: datetime | None


@dataclass(frozen=True)
class ReleaseLine:
    """One recording and the word on it.

    previewable_since: since when its preview can be seen; None where nobody noted it, or there is none.
    """

    recording: Recording
    label: str
    file: str
    state: ReleaseState
    previewable_since: datetime | None
    said: Said
    n_cuts: int
    n_boxes: int


def list_releases(shop: Shop, label: str = "") -> list[ReleaseLine]:
    """Every recording, or those of one worker, in the order of ingest.

    Raises:
        UnknownThingError: There is no such worker.
    """
    wanted = {require_worker(shop, label).worker_uid} if label else None
    recordings = shop.catalogue.recordings()  # read first, so that whoever is not a worker now was erased meanwhile
    labels = {worker.worker_uid: worker.label for worker in shop.catalogue.workers()}
    theirs = [one for one in recordings if one.worker_uid in labels and (wanted is None or one.worker_uid in wanted)]
    now = shop.clock.now()
    each = zip(theirs, find_said(shop, theirs, now), strict=True)
    return [_line(shop, recording, labels[recording.worker_uid], said) for recording, said in each]


def find_said(shop: Shop, recordings: Sequence[Recording], now: datetime) -> list[Said]:
    """What lets each recording leave at a moment, as far as its worker's word goes (R4)."""
    return [
        _find_said(recording, facts, now)
        for recording, facts in zip(recordings, gather_facts(shop, recordings), strict=True)
    ]


def _find_said(recording: Recording, facts: Facts, now: datetime) -> Said:
    version = facts.find_version(recording.agreement_digest)
    if version is None:
        return Said(None, None)
    request = Request(Action.INCLUDE, Purpose.WORKER_OWN_USE, recording.worker_uid, recording.started_at, now)
    word = find_release(facts, version, request)
    return Said(None if isinstance(word, Refusal) else word, find_review_end(facts, version, request))


def _line(shop: Shop, recording: Recording, label: str, said: Said) -> ReleaseLine:
    recording_id = recording.recording_id
    outcome = shop.catalogue.find_outcome(recording_id)
    if outcome is None or shows_too_much(shop, outcome):
        state = ReleaseState.NEW
    elif not outcome.usable:
        state = ReleaseState.UNUSABLE
    elif said.word is not None:
        state = ReleaseState.BY_HAND if isinstance(said.word, Release) else ReleaseState.STANDING
    else:
        state = ReleaseState.IN_REVIEW if said.review_until is not None else ReleaseState.HELD
    return ReleaseLine(
        recording=recording,
        label=label,
        file=Path(recording.source_path).name,
        state=state,
        previewable_since=shop.catalogue.find_ready_at(recording_id) if outcome and outcome.video_key else None,
        said=said,
        n_cuts=len(shop.catalogue.cuttings(recording_id)),
        n_boxes=len(shop.catalogue.markings(recording_id)),
    )
