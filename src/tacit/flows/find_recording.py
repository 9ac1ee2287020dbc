"""Finds recordings of the shop by what people type, and whose they are."""

from tacit.flows.ports import Shop
from tacit.records.errors import UnknownThingError
from tacit.records.people import Worker
from tacit.records.recording import Recording


def require_recording(shop: Shop, recording_id: str) -> Recording:
    """The recording of that id.

    Raises:
        UnknownThingError: There is none.
    """
    recording = shop.catalogue.find_recording(recording_id)
    if recording is None:
        raise UnknownThingError("recording", recording_id, "List them with `tacit recordings`.")
    return recording


def require_owner(shop: Shop, recording: Recording) -> Worker:
    """The worker whose recording it is.

    Raises:
        UnknownThingError: They were erased.
    """
    for worker in shop.catalogue.workers():
        if worker.worker_uid == recording.worker_uid:
            return worker
    raise UnknownThingError("worker", recording.worker_uid, "They were erased.")
