"""Puts down that the clock was wrong and is right now, so that the log goes on (rule R9)."""

from tacit.flows.ports import Shop


def accept_clock(shop: Shop) -> int:
    """Append an entry that may be older than the one before it; returns the log's new size.

    Everyone who reads the log sees it, so that nobody sets a clock back in silence.
    """
    entry = {"kind": "clock-corrected", "at": shop.clock.now().isoformat()}
    return shop.catalogue.append_log([entry])
