"""Finds a reviewer's boxes on a recording, and tells whether what was made of it covers them all."""

from tacit.flows.ports import Shop
from tacit.records.dataset import DatasetVersion
from tacit.records.marks import Mark
from tacit.records.recording import Outcome


def find_marks(shop: Shop, recording_id: str) -> tuple[Mark, ...]:
    """The boxes that stand on a recording, in the order of their ids."""
    marks = (marking.mark for marking in shop.catalogue.markings(recording_id))
    return tuple(sorted(marks, key=lambda mark: mark.mark_id))


def has_uncovered_marks(shop: Shop, outcome: Outcome) -> bool:
    """True where a box was drawn since the recording was processed, so that what it marks can still be seen.

    A box that was taken away since is no reason: too much is covered then, not too little.
    """
    return not set(find_marks(shop, outcome.recording_id)) <= set(outcome.marks)


def find_marked_since(shop: Shop, dataset: DatasetVersion) -> set[str]:
    """Ids of the recordings in a dataset on which a box was drawn, or from which was cut, after it was made."""
    return {
        recording_id
        for recording_id in {line.recording_id for line in dataset.episodes}
        if any(marking.drawn_at >= dataset.made_at for marking in shop.catalogue.markings(recording_id))
        or any(cutting.cut_at >= dataset.made_at for cutting in shop.catalogue.cuttings(recording_id))
    }
