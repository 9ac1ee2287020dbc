"""What a plant role can see: datasets and recordings as if whoever took something back had never been there (R7).

A row of somebody who refused, withdrew, did not release, or whose footage cannot be used is not there. So are numbers
and moments in which such a row would leave a gap: a version's number and when it was made count what was taken back.
"""

from dataclasses import dataclass

from tacit.flows.build_dataset import pseudonym
from tacit.flows.find_cuts import shows_too_much
from tacit.flows.gate import peek_each
from tacit.flows.ports import Shop
from tacit.records.dataset import DatasetVersion, EpisodeLine
from tacit.records.permit import Action, Permit
from tacit.records.purposes import Purpose
from tacit.records.recording import Recording
from tacit.rights.roles import Actor, Kind, Role, Thing, Verb, may


@dataclass(frozen=True)
class SeenDataset:
    """The newest version of a dataset with those of its episodes that may still be there."""

    version: DatasetVersion
    episodes: tuple[EpisodeLine, ...]


@dataclass(frozen=True)
class SeenRecording:
    """A recording that is released and accepted, and whose consent stands, by a name that leads nowhere else.

    No figure of it is here: one recording is of fewer than five people (R10).
    """

    name: str
    task: str


def seen_datasets(shop: Shop, actor: Actor) -> list[SeenDataset]:
    """Datasets that somebody of the plant, or a licensee, can see; one of which nothing is left is not there."""
    newest: dict[str, DatasetVersion] = {}
    for version in shop.catalogue.dataset_versions():
        newest[version.dataset_id] = version
    recordings = {recording.recording_id: recording for recording in shop.catalogue.recordings()}
    licensees: dict[str, set[str]] = {}
    for granted in shop.catalogue.licenses():
        licensees.setdefault(granted.dataset_id, set()).add(granted.licensee)
    seen = []
    for version in newest.values():
        holders = frozenset(licensees.get(version.dataset_id, ()))
        is_for_plant = actor.role is not Role.ENGINEER or not version.release_of
        if is_for_plant and may(
            actor, Verb.READ, Thing(Kind.DATASET, agreement=version.agreement_id, licensees=holders)
        ):
            episodes = _standing_episodes(shop, version, recordings)
            if episodes:
                seen.append(SeenDataset(version, episodes))
    return sorted(seen, key=lambda one: one.version.path)


def listed_versions(shop: Shop, actor: Actor) -> list[DatasetVersion]:
    """Every version of every dataset that is under what somebody watches over, in the order made."""
    return [
        version
        for version in shop.catalogue.dataset_versions()
        if may(actor, Verb.READ, Thing(Kind.DATASET, agreement=version.agreement_id))
    ]


def seen_recordings(shop: Shop) -> list[SeenRecording]:
    """Recordings that are in datasets of the plant, or may be: released, accepted and not taken back.

    In the order of their names, for the order in which they came would show where others came between.
    """
    found = []
    for recording in shop.catalogue.recordings():
        outcome = shop.catalogue.find_outcome(recording.recording_id)
        if outcome is None or not outcome.usable or shows_too_much(shop, outcome):
            continue
        asked = [peek_each(shop, Action.INCLUDE, purpose, [recording])[0] for purpose in _purposes(shop, recording)]
        if any(isinstance(answer, Permit) for answer in asked):
            name = pseudonym(shop, "plant", "recording", recording.recording_id)
            found.append(SeenRecording(name, recording.task))
    return sorted(found, key=lambda one: one.name)


def _purposes(shop: Shop, recording: Recording) -> set[Purpose]:
    return {purpose for consent in shop.catalogue.consents(recording.worker_uid) for purpose in consent.purposes}


def _standing_episodes(
    shop: Shop, version: DatasetVersion, recordings: dict[str, Recording]
) -> tuple[EpisodeLine, ...]:
    mine = {
        line.recording_id: recordings[line.recording_id] for line in version.episodes if line.recording_id in recordings
    }
    answers = peek_each(shop, Action.INCLUDE, version.purpose, list(mine.values()))
    standing = {name for name, answer in zip(mine, answers, strict=True) if isinstance(answer, Permit)}
    return tuple(line for line in version.episodes if line.recording_id in standing)
