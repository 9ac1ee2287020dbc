"""Finds the stretches that a worker had erased from a recording, and tells whether they are erased yet."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from tacit.flows.find_marks import has_uncovered_marks
from tacit.flows.ports import Shop
from tacit.records.cuts import Cut
from tacit.records.ids import id_from_digest
from tacit.records.recording import Outcome
from tacit.seal.canonical import canonical_json


def find_cuts(shop: Shop, recording_id: str) -> tuple[Cut, ...]:
    """The cuts of a recording, in the order of their ids."""
    cuts = (cutting.cut for cutting in shop.catalogue.cuttings(recording_id))
    return tuple(sorted(cuts, key=lambda cut: cut.cut_id))


def has_open_cuts(shop: Shop, outcome: Outcome) -> bool:
    """True where a stretch was cut that what was made of the recording still holds."""
    return bool(outcome.video_key) and not set(find_cuts(shop, outcome.recording_id)) <= set(outcome.cuts)


def has_lost_cuts(shop: Shop, recording_id: str) -> bool:
    """True where the keyring knows of a later cut than the catalogue, since an old copy of the shop was put back.

    Which stretch it was nobody knows then but the worker, who has to cut it again.
    """
    noted_at = shop.keys.find_erasure(_cut_mark(shop, recording_id))
    if noted_at is None:
        return False
    return all(cutting.cut_at < noted_at for cutting in shop.catalogue.cuttings(recording_id))


def note_cuts(shop: Shop, recording_id: str) -> None:
    """Note in the keyring, which no old copy of the shop takes back, when the last cut of a recording was made."""
    last_at = max((cutting.cut_at for cutting in shop.catalogue.cuttings(recording_id)), default=None)
    if last_at is not None:
        shop.keys.note_erasure(_cut_mark(shop, recording_id), last_at)


def shows_too_much(shop: Shop, outcome: Outcome, altered: Collection[str] | None = None) -> bool:
    """True where a box was drawn, or a stretch cut, since the recording was processed: it goes into no dataset.

    Args:
        altered: `altered_recordings` of the catalogue, for those who ask about many.
    """
    if has_lost_cuts(shop, outcome.recording_id):
        return True
    if altered is not None and outcome.recording_id not in altered:
        return False
    return has_uncovered_marks(shop, outcome) or has_open_cuts(shop, outcome)


def _cut_mark(shop: Shop, recording_id: str) -> str:
    return shop.keys.mac("cut", recording_id.encode()).hex()


def cut_unit_id(shop: Shop, uncut_id: str, cuts: Sequence[Cut]) -> str:
    """The id of a unit of work with cuts, from that of the same unit without any (rule D1)."""
    if not cuts:
        return uncut_id
    parameters = canonical_json({"unit": uncut_id, "cuts": [asdict(cut) for cut in cuts]})
    return id_from_digest("unit", shop.keys.mac("unit-cut", parameters))
