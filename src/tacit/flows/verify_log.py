"""Checks the whole log: every entry, every hash above it, and every checkpoint that was signed (rule R9).

Nothing stored is trusted: the tree is grown anew from the texts of the entries and compared with what lies there. What
a shop could hide from itself, by going back to an old copy of everything, only a checkpoint that somebody keeps outside
can show; those can be given.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tacit.flows.ports import Shop
from tacit.records.errors import BadNoteError, FaultyLogError
from tacit.seal.merkle import compute_root, leaf_hash, node_hash
from tacit.seal.notes import SignedCheckpoint, find_cosignature, is_signed, parse_checkpoint

_RUN = 4096  # entries in memory at a time
_FAULTS_MAX = 20  # a log whose beginning changed has a fault in every run


@dataclass(frozen=True)
class Verified:
    """What a check of the log found right. checkpoints: sizes of those that fit; root: hex."""

    size: int
    root: str
    checkpoints: tuple[int, ...]


@dataclass
class _Check:
    """What is known on the way: whole subtrees that may still grow, and what was found wrong."""

    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, fault: str) -> None:
        if len(self.faults) < _FAULTS_MAX:
            self.faults.append(fault)

    def root(self, size: int) -> bytes:
        return compute_root(size, lambda *place: self.nodes[place])


def log_origin(shop: Shop) -> str:
    """The name of a shop's log in its checkpoints; no such address exists."""
    return f"tacit.invalid/log/{shop.shop_id}"


def steward_origin(steward_id: str) -> str:
    """The name of a steward under a checkpoint; no such address exists."""
    return f"tacit.invalid/steward/{steward_id}"


def verify_log(shop: Shop, kept: Sequence[tuple[str, bytes]] = ()) -> Verified:
    """Check all of the log.

    Args:
        kept: Checkpoints from outside the shop: what to call each, and its note.

    Raises:
        BadNoteError: One that was given is no checkpoint of this shop's log.
        FaultyLogError: Something does not fit; every fault is named, and nothing was repaired.
    """
    given = [(name, parse_checkpoint(content, name)) for name, content in kept]
    for name, note in given:
        if note.checkpoint.origin != log_origin(shop) or not is_signed(note, shop.keys.public_key()):
            raise BadNoteError(name, "the log of this shop did not sign it")
    check = _Check()
    own = list(_read_checkpoints(shop, check))  # first, so that none is younger than the size that is read next
    end, n_entries, n_hashes = shop.catalogue.log_counts()
    marks: dict[int, list[tuple[str, SignedCheckpoint]]] = {}
    for name, note in own + given:
        marks.setdefault(note.checkpoint.size, []).append((name, note))
    _check_entries(shop, check, min(end, n_entries), marks)  # one row with a huge number must not make this endless
    if n_entries != end or n_hashes != sum(end >> level for level in range(end.bit_length())):
        check.add(f"there are {n_entries} entries and {n_hashes} hashes, which is not what {end} entries make")
    for size in sorted(marks):
        if size > end:
            check.add(f"it has {end} entries, but a checkpoint of {size} entries was signed: the end of it is gone")
    if check.faults:
        raise FaultyLogError(check.faults)
    return Verified(end, check.root(end).hex(), tuple(sorted(marks)))


def _read_checkpoints(shop: Shop, check: _Check) -> Iterator[tuple[str, SignedCheckpoint]]:
    """The shop's own checkpoints whose signatures fit."""
    stewards = {steward_origin(one.steward_id): one.public_key for one in shop.catalogue.stewards()}
    for size, text in shop.catalogue.checkpoints():
        name = f"the checkpoint at {size}"
        try:
            note = parse_checkpoint(text, name)
            if note.checkpoint.origin != log_origin(shop) or note.checkpoint.size != size:
                raise BadNoteError(name, "it is of another log or another size")
            if not is_signed(note, shop.keys.public_key()):
                raise BadNoteError(name, "the signature of the shop does not fit")
            for signature in note.signatures[1:]:
                if find_cosignature(note, signature.name, stewards.get(signature.name, "")) is None:
                    raise BadNoteError(name, f"the signature of {signature.name} is by no steward's key")
        except BadNoteError as error:
            check.add(f"{name}: {error.reason}")
        else:
            yield name, note


def _check_entries(shop: Shop, check: _Check, end: int, marks: dict[int, list[tuple[str, SignedCheckpoint]]]) -> None:
    stops = sorted({*range(0, end, _RUN), *(size for size in marks if size <= end), end, 0})
    for start, stop in zip([0, *stops], stops, strict=False):
        _check_run(shop, check, start, stop)
        for name, note in marks.get(stop, ()):
            if check.root(stop) != note.checkpoint.root:
                check.add(f"{name} was signed over other entries than the first {stop} here: they were rewritten")


def _check_run(shop: Shop, check: _Check, start: int, stop: int) -> None:
    """Compare a run of entries with their hashes, and every hash with the two below it; keep what can still grow."""
    bodies = dict(shop.catalogue.log_bodies(start, stop))
    nodes = check.nodes
    for level in range(stop.bit_length()):
        stored = dict(shop.catalogue.log_hashes(level, start >> level, stop >> level))
        for index in range(start >> level, stop >> level):
            found = stored.get(index)
            if level:
                fitting = node_hash(nodes[level - 1, 2 * index], nodes[level - 1, 2 * index + 1])
            else:
                fitting = leaf_hash(bodies[index].encode()) if index in bodies else b""
            if not fitting:
                check.add(f"entry {index} is missing")
            elif found != fitting:
                check.add(_fault(level, index, found))
            # What is stored is what the checkpoints were made from, so a fault is named where it is and only there.
            nodes[level, index] = fitting if found is None else found
    for level, index in list(nodes):
        if not (stop >> level & 1 and index == (stop >> level) - 1):
            del nodes[level, index]


def _fault(level: int, index: int, found: bytes | None) -> str:
    if level == 0:
        return f"entry {index} has no hash" if found is None else f"entry {index} does not fit its hash"
    trouble = "is missing" if found is None else "does not fit"
    return f"the hash over the entries {index << level} to {(index + 1 << level) - 1} {trouble}"
