"""A worker's word that one recording may leave the inner room, given and taken back (rules R4, R9, R11)."""

from tacit.flows.evidence import DECLARED, Voice, sign_as
from tacit.flows.find_recording import require_owner
from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.records.errors import NothingReleasedError
from tacit.records.people import Release
from tacit.records.purposes import Evidence
from tacit.records.recording import Recording


def give_release(shop: Shop, recording: Recording, voice: Voice = DECLARED) -> Release:
    """Put down that a worker releases a recording.

    A second time is harmless; a signed or witnessed word takes the place of a declared one.

    Raises:
        NoPinError, WrongPinError, KeyFileWorkerError, OtherKeyError, UnknownThingError, RefusedError: The evidence
            cannot be given so, see `sign_as`.
    """
    there = find_running(shop, recording.recording_id)
    if there is not None and (there.evidence.is_good_for_license or not voice.evidence.is_good_for_license):
        return there
    now = shop.clock.now()
    release = Release(recording.recording_id, recording.worker_uid, now, Evidence.DECLARED, "")
    release = sign_as(shop, release, require_owner(shop, recording), recording.agreement_id, voice)
    with shop.catalogue.transaction():
        shop.catalogue.add_release(release)
        log_decision(shop, "release", recording.recording_id)
    return release


def declare_release(shop: Shop, recording: Recording) -> None:
    """Put down a release that somebody declares from a list; one that was taken back does not rise again by that."""
    if shop.catalogue.find_release(recording.recording_id) is None:
        give_release(shop, recording)


def take_release_back(shop: Shop, recording: Recording) -> Release:
    """Put down that a worker takes the release of a recording back.

    It needs no evidence: whoever asks, footage that stays inside harms nobody. It goes into no new dataset and under no
    new licence; licences that run go on to their end. Returns the release that ended.

    Raises:
        NothingReleasedError: No release of it runs.
    """
    with shop.catalogue.transaction():
        there = find_running(shop, recording.recording_id)
        if there is None:
            raise NothingReleasedError(f"The recording {recording.recording_id}")
        shop.catalogue.end_release(recording.recording_id, shop.clock.now())
        log_decision(shop, "release-taken-back", recording.recording_id)
    return there


def take_declared_release_back(shop: Shop, recording: Recording) -> None:
    """Forget a release that was only declared; what a worker signed stands until the worker takes it back."""
    with shop.catalogue.transaction():
        there = find_running(shop, recording.recording_id)
        if there is not None and there.evidence is Evidence.DECLARED:
            shop.catalogue.remove_release(recording.recording_id)
            log_decision(shop, "release-taken-back", recording.recording_id)


def find_running(shop: Shop, recording_id: str) -> Release | None:
    """The release of a recording, where it was not taken back."""
    there = shop.catalogue.find_release(recording_id)
    return there if there is not None and there.ended_at is None else None
