"""Chooses the recordings that go into a dataset, and looks again before it becomes real (rules R1, R4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tacit.flows.dataset_order import Order
from tacit.flows.find_cuts import shows_too_much
from tacit.flows.gate import ask_each, look_again, peek_each
from tacit.flows.ports import Shop
from tacit.records.dataset import DatasetVersion
from tacit.records.errors import RefusedError
from tacit.records.permit import Action, Permit
from tacit.records.recording import Outcome, Recording
from tacit.rights.decide import Refusal


@dataclass(frozen=True)
class Piece:
    """One recording that is in: with the leave for it and what processing found."""

    recording: Recording
    permit: Permit
    outcome: Outcome


def choose(shop: Shop, order: Order) -> tuple[list[Piece], dict[str, Refusal]]:
    """Ask about every recording that the order could mean: those that may be in it, and why each other may not."""
    candidates = _find_candidates(shop, order)
    answers = _ask_all(shop, order, [recording for recording, _ in candidates])
    pieces, refused = [], {}
    for (recording, outcome), answer in zip(candidates, answers, strict=True):
        if isinstance(answer, Refusal):
            refused[recording.recording_id] = answer
        elif answer.agreement_digest != order.agreement_digest:
            why = "the worker said yes to another version of the agreement; a dataset rests on one."
            refused[recording.recording_id] = Refusal("R1", why)
        else:
            pieces.append(Piece(recording, answer, outcome))
    return pieces, refused


def is_anything_left(shop: Shop, order: Order, before: DatasetVersion | None) -> bool:
    """True where something in the version before was not taken back, whatever else lets nothing new be built now."""
    if before is None or order.release is not None:
        return False
    recordings = frozenset(line.recording_id for line in before.episodes)
    if order.recordings is not None:  # what the order does not mean any more is not wanted in it either
        recordings &= order.recordings
    candidates = [recording for recording, _ in _find_candidates(shop, replace(order, recordings=recordings))]
    answers = peek_each(shop, Action.KEEP, before.purpose, candidates)
    return any(isinstance(answer, Permit) for answer in answers)


def check_still_allowed(shop: Shop, order: Order, pieces: Sequence[Piece]) -> None:
    """Check that nothing was taken back since the pieces were chosen.

    Raises:
        RefusedError: Something was.
    """
    for action, purpose in order.questions:
        refusal = look_again(shop, action, purpose, [piece.recording for piece in pieces])
        if refusal is not None:
            why = f"{refusal.sentence} It happened while the dataset was built; build it again."
            raise RefusedError(refusal.rule, why)


def are_current(shop: Shop, pieces: Sequence[Piece]) -> bool:
    """True where no recording was processed anew since it was chosen, and no box was drawn on any."""
    outcomes, altered = _look_at_all(shop)
    return all(
        outcomes.get(piece.recording.recording_id) == piece.outcome and not shows_too_much(shop, piece.outcome, altered)
        for piece in pieces
    )


def _find_candidates(shop: Shop, order: Order) -> list[tuple[Recording, Outcome]]:
    """Every recording that the order could mean, and that shows nothing that it must not."""
    candidates = []
    outcomes, altered = _look_at_all(shop)
    for recording in shop.catalogue.recordings():
        outcome = outcomes.get(recording.recording_id)
        wanted = order.recordings is None or recording.recording_id in order.recordings
        if not wanted or recording.agreement_id != order.agreement_id or outcome is None or not outcome.usable:
            continue
        if not shows_too_much(shop, outcome, altered):
            candidates.append((recording, outcome))
    return candidates


def _look_at_all(shop: Shop) -> tuple[dict[str, Outcome], frozenset[str]]:
    """What became of every recording, by its id, and the ids of those that have boxes or cuts; read at once."""
    outcomes = {outcome.recording_id: outcome for outcome in shop.catalogue.outcomes()}
    return outcomes, shop.catalogue.altered_recordings()


def _ask_all(shop: Shop, order: Order, recordings: Sequence[Recording]) -> list[Permit | Refusal]:
    """The answers to the order's questions: the permit for its own purpose, or the first refusal of any."""
    by_purpose = {purpose: ask_each(shop, action, purpose, recordings) for action, purpose in order.questions}
    answers = by_purpose.pop(order.purpose)
    for others in by_purpose.values():
        answers = [
            own if isinstance(own, Refusal) else _no(own, other) for own, other in zip(answers, others, strict=True)
        ]
    return answers


def _no(own: Permit, other: Permit | Refusal) -> Permit | Refusal:
    """A permit stays one only where the other answer is a permit too."""
    return other if isinstance(other, Refusal) else own
