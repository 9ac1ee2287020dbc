"""Lists licences with their state and where their releases lie."""

from collections import defaultdict
from dataclasses import dataclass

from tacit.flows.outbox import find_held_version
from tacit.flows.ports import Shop
from tacit.records.dataset import DatasetHead
from tacit.records.errors import UnknownThingError
from tacit.records.license import License, LicenseEvent, LicenseState
from tacit.rights.license_door import find_state


@dataclass(frozen=True)
class ListedLicense:
    """A licence, its state today, and the version of its release that its licensee holds.

    held: None where nothing is left of the release.
    """

    license: License
    state: LicenseState
    agreement_id: str
    held: DatasetHead | None


def list_licenses(shop: Shop) -> list[ListedLicense]:
    """Every licence of the shop, in the order granted."""
    events: defaultdict[str, list[LicenseEvent]] = defaultdict(list)
    for event in shop.catalogue.license_events():
        events[event.license_id].append(event)
    heads = {(head.dataset_id, head.version): head for head in shop.catalogue.dataset_heads()}
    today = shop.clock.now().date()
    listed = []
    for granted in shop.catalogue.licenses():
        own = events[granted.license_id]
        licensed = heads.get((granted.dataset_id, granted.version))
        if licensed is None:
            name = f"{granted.dataset_id} {granted.version}"
            raise UnknownThingError("dataset version", name, "Compare the shop with a backup.")
        held = heads.get((granted.dataset_id, find_held_version(granted, own)))
        listed.append(ListedLicense(granted, find_state(granted, own, today), licensed.agreement_id, held))
    return listed
