"""Holds the catalogue against the log: what was said to have happened must still be there (rule R9).

A row can be taken out together with what vouches for it, or an old one be put back with its old voucher. The log cannot
be changed like that, so it tells. What an erasure rightly removes is looked for only with workers who are here.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tacit.flows.give_release import find_running
from tacit.flows.log_entry import subject_digest
from tacit.flows.ports import Shop
from tacit.records.license import LicenseEventKind

_OF_RELEASES = ("release", "release-taken-back")


@dataclass
class _Told:
    """What the log tells: how often each kind is in it, also by subject, and the last word about each release."""

    kinds: Counter[str] = field(default_factory=Counter)
    about: Counter[tuple[str, str]] = field(default_factory=Counter)
    last: dict[str, str] = field(default_factory=dict)


def find_missing(shop: Shop) -> list[str]:
    """What the log says happened, and the catalogue does not have any more.

    Looked for twice, where anything is missing: somebody may have put a word down between log and rows.
    """
    return list(_look(shop)) and list(_look(shop))


def _look(shop: Shop) -> Iterator[str]:
    told = _read_log(shop)
    for kind, count in _count_kinds(shop).items():
        if told.kinds[kind] > count:
            yield _words("The log", kind, told.kinds[kind], count)
    for worker in shop.catalogue.workers():
        uid = worker.worker_uid
        subject = subject_digest(shop, uid)
        for kind, count in _count_of_worker(shop, uid).items():
            if told.about[kind, subject] > count:
                yield _words(f"About the account {uid} the log", kind, told.about[kind, subject], count)
    for recording in shop.catalogue.recordings():
        yield from _look_at_recording(shop, told, recording.recording_id)


def _read_log(shop: Shop) -> _Told:
    told = _Told()
    for entry in shop.catalogue.read_log():
        kind, subject = entry["kind"], entry.get("subject", "")
        told.kinds[kind] += 1
        if kind != "decision":  # one for every question that was ever asked, and none of them a row
            told.about[kind, subject] += 1
        if kind in _OF_RELEASES:
            told.last[subject] = kind
    return told


def _count_kinds(shop: Shop) -> dict[str, int]:
    """How many there are of what no erasure takes away."""
    catalogue = shop.catalogue
    words = [word for one in catalogue.agreements() for word in catalogue.pause_words(one.agreement_id)]
    events = Counter(event.kind for event in catalogue.license_events())
    holds = catalogue.holds()
    booked = Counter(transaction.kind for transaction in catalogue.transactions())
    return {
        "agreement": sum(len(catalogue.agreement_versions(one.agreement_id)) for one in catalogue.agreements()),
        "pause": sum(word.paused for word in words),
        "resume": sum(not word.paused for word in words),
        "withdrawal": len(catalogue.withdrawals()),
        "certificate": sum(one.issued_at is not None for one in catalogue.certificates()),
        "hold-warning": sum(hold.warned_at is not None for hold in holds),
        "hold-opened": sum(len(catalogue.hold_openings(hold.worker_uid)) for hold in holds),
        "hold-destroyed": sum(hold.destroyed_at is not None for hold in holds),
        "license": len(catalogue.licenses()),
        "license-revoked": events[LicenseEventKind.REVOKED],
        "license-used": events[LicenseEventKind.USED],
        "license-use-refused": events[LicenseEventKind.REFUSED],
        "license-release-replaced": events[LicenseEventKind.REPLACED],
        "license-notice-sent": sum(notice.sent_at is not None for notice in catalogue.license_notices()),
        "payment": booked["payment"],
    }


def _count_of_worker(shop: Shop, worker_uid: str) -> dict[str, int]:
    """How many there are about a worker; what ends several at once is one entry of the log."""
    standing = shop.catalogue.standing_releases(worker_uid)
    grievances = shop.catalogue.grievances(worker_uid)
    return {
        "standing-release": len(standing),
        "standing-release-taken-back": sum(one.ended_at is not None for one in standing),
        "grievance": len(grievances),
        "grievance-answer": sum(len(one.answers) for one in grievances),
    }


def _look_at_recording(shop: Shop, told: _Told, recording_id: str) -> Iterator[str]:
    subject, where = subject_digest(shop, recording_id), f"About the recording {recording_id} the log"
    if told.about["cut", subject] > (count := len(shop.catalogue.cuttings(recording_id))):
        yield _words(where, "cut", told.about["cut", subject], count)
    drawn = told.about["mark", subject] - told.about["unmark", subject]
    if drawn > (count := len(shop.catalogue.markings(recording_id))):
        yield _words(where, "mark (less those of the kind unmark)", drawn, count)
    if told.last.get(subject) == "release-taken-back" and find_running(shop, recording_id) is not None:
        yield f"{where} says last that its release was taken back, and the catalogue has one that runs."


def _words(where: str, kind: str, n_told: int, n_there: int) -> str:
    return f"{where} counts {n_told} of the kind {kind}, and the catalogue has {n_there}."
