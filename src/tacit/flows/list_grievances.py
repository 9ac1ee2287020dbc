"""The complaints that somebody may see: a worker their own, a steward those under their agreements, or all."""

from dataclasses import dataclass

from tacit.flows.ports import Shop
from tacit.records.grievance import Grievance
from tacit.records.people import Worker


@dataclass(frozen=True)
class ListedGrievance:
    """A complaint with the label of whose it is, and whether its answer is overdue, or came too late."""

    grievance: Grievance
    label: str
    overdue: bool


def list_grievances(shop: Shop, worker: Worker | None = None, steward_id: str = "") -> list[ListedGrievance]:
    """Complaints in the order opened.

    Args:
        worker: Only those of this worker; None for all.
        steward_id: Only those under agreements that this steward watches over; "" for all.
    """
    labels = {one.worker_uid: one.label for one in shop.catalogue.workers()}
    steward = shop.catalogue.find_steward(steward_id) if steward_id else None
    watched = steward.agreements if steward is not None else frozenset()
    today = shop.clock.now().date()
    return [
        ListedGrievance(one, labels.get(one.worker_uid, one.worker_uid), one.is_overdue(today))
        for one in shop.catalogue.grievances(worker.worker_uid if worker is not None else "")
        if not steward_id or one.agreement_id in watched
    ]
