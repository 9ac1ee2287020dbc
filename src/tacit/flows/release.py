"""A worker's word that a recording may leave the inner room (rule R4)."""

from tacit.flows.ports import Shop
from tacit.records.errors import NoPinError, UnknownThingError
from tacit.records.people import Release, Worker
from tacit.records.purposes import Evidence
from tacit.records.recording import Recording
from tacit.rights.evidence import sign_statement
from tacit.seal.signatures import unlock_key


def require_recording(shop: Shop, recording_id: str) -> Recording:
    """The recording of that id.

    Raises:
        UnknownThingError: There is none.
    """
    recording = shop.catalogue.find_recording(recording_id)
    if recording is None:
        raise UnknownThingError("recording", recording_id, "List them with `tacit recordings`.")
    return recording


def give_release(shop: Shop, recording: Recording, pin: str = "") -> Release:
    """Put down that a worker releases a recording; a second time is harmless, a signed word replaces a declared one.

    Raises:
        NoPinError: A PIN was given for a worker who never set one.
        WrongPinError: The PIN does not open the worker's key.
    """
    there = shop.catalogue.find_release(recording.recording_id)
    if there is not None and (there.evidence is Evidence.SIGNED or not pin):
        return there
    release = Release(
        recording_id=recording.recording_id,
        worker_uid=recording.worker_uid,
        released_at=shop.clock.now(),
        evidence=Evidence.SIGNED if pin else Evidence.DECLARED,
        signature="",
    )
    if pin:
        worker = _owner(shop, recording)
        if not worker.sealed_private_key:
            raise NoPinError(worker.label)
        release = sign_statement(release, unlock_key(worker.sealed_private_key, pin))
    shop.catalogue.add_release(release)
    return release


def take_declared_release_back(shop: Shop, recording: Recording) -> None:
    """Take back a release that was only declared; what a worker signed stands until the worker takes it back."""
    there = shop.catalogue.find_release(recording.recording_id)
    if there is not None and there.evidence is Evidence.DECLARED:
        shop.catalogue.remove_release(recording.recording_id)


def _owner(shop: Shop, recording: Recording) -> Worker:
    for worker in shop.catalogue.workers():
        if worker.worker_uid == recording.worker_uid:
            return worker
    raise UnknownThingError("worker", recording.worker_uid, "They were erased.")
