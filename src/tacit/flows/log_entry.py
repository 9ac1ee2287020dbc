"""What the log gets for every decision: its kind, its moment, and a keyed digest of what it is about (rule R9).

Never a name and never an id: who reads the log and has no key learns that something happened, and when.
"""

from datetime import datetime

from tacit.flows.ports import Shop


def subject_digest(shop: Shop, subject: str) -> str:
    """How the log names something: the keyed digest (hex) of its id, which tells nobody else what it is."""
    return shop.keys.mac("log-subject", subject.encode()).hex()


def log_decision(shop: Shop, kind: str, subject: str, at: datetime | None = None) -> None:
    """Append an entry, inside the transaction of what it belongs to.

    Args:
        shop: The shop.
        kind: What was decided, such as "release-taken-back".
        subject: Id of what it is about: a recording, a licence, an agreement, or the account of a worker.
        at: When, where what is put down bears that moment too; None: now.

    Raises:
        ClockSetBackError: The last entry is more than a minute younger.
    """
    moment = at if at is not None else shop.clock.now()
    shop.catalogue.append_log([{"kind": kind, "at": moment.isoformat(), "subject": subject_digest(shop, subject)}])
