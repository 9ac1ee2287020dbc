"""Notices to licensees: which release to replace or to stop using. They wait in an outbox until somebody sends them.

A notice names releases and licences. It never names a person, nor tells how many there were or why: two workers who
leave before it is sent make one notice (rule R7).
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from tacit.flows.find_marks import find_marked_since
from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.records.errors import FileThereError, UnknownThingError
from tacit.records.ids import new_id
from tacit.records.license import License, LicenseEvent, LicenseEventKind, LicenseNotice, LicenseState, NoticeKind
from tacit.records.purposes import Purpose
from tacit.rights.license_door import find_state
from tacit.rights.standing import running_purposes
from tacit.seal.document import sign_document

NOTICE_KIND = "tacit license notice 1"


def notify_licensees(shop: Shop, dataset_ids: Collection[str]) -> list[LicenseNotice]:
    """Ask the licensees of these datasets to replace what they hold, where it holds footage that is taken back.

    That is footage of somebody who withdrew, and what was cut or is to be covered since.

    Asked for again, nothing more is put down: a licensee gets one such notice for each version that they hold.

    Args:
        shop: The shop, after the word of the worker was put down.
        dataset_ids: Ids of the datasets that used the footage; releases for licensees have ids of their own.

    Returns:
        The notices about these datasets that ask for a replacement, new ones and those from before, of every licence
        that is running.
    """
    found = []
    with shop.catalogue.transaction():
        licensed = [granted for granted in shop.catalogue.licenses() if granted.dataset_id in dataset_ids]
        now = shop.clock.now()
        for granted in licensed:
            events = shop.catalogue.license_events(granted.license_id)
            held = find_held_version(granted, events)
            is_running = find_state(granted, events, now.date()) is LicenseState.RUNNING
            if held and is_running and _is_to_replace(shop, granted, held, now):
                found.append(put_notice(shop, granted, NoticeKind.WITHDRAWN_FOOTAGE, held, now))
    return found


def notify_untold(shop: Shop, running: Mapping[str, frozenset[Purpose]]) -> None:
    """Tell licensees who hold footage that was taken back and never heard of it, as no notice was made at the time.

    Puts nothing down, and takes little time, where there is nobody to tell.

    Args:
        shop: The shop.
        running: By worker who is here, the purposes of the yeses that run.
    """
    licenses = shop.catalogue.licenses()
    if not licenses:
        return
    today, told = shop.clock.now().date(), {(one.license_id, one.version) for one in shop.catalogue.license_notices()}
    events = shop.catalogue.license_events()
    untold = set()
    for granted in licenses:
        own = [event for event in events if event.license_id == granted.license_id]
        held = find_held_version(granted, own)
        if held and (granted.license_id, held) not in told and find_state(granted, own, today) is LicenseState.RUNNING:
            people = shop.catalogue.dataset_people(granted.dataset_id, held)
            if any(not granted.purposes <= running.get(uid, frozenset()) for uid in people):
                untold.add(granted.dataset_id)
    if untold:
        notify_licensees(shop, untold)


def find_held_version(granted: License, events: Collection[LicenseEvent]) -> int:
    """The version of its release that a licensee holds: what was licensed, or what took its place last; 0 for none."""
    replaced = [event.version for event in events if event.kind is LicenseEventKind.REPLACED]
    return replaced[-1] if replaced else granted.version


def _is_to_replace(shop: Shop, granted: License, version: int, at: datetime) -> bool:
    if holds_withdrawn(shop, granted, version, at):
        return True
    held = shop.catalogue.find_dataset_version(granted.dataset_id, version)
    return held is not None and bool(find_marked_since(shop, held))


def holds_withdrawn(shop: Shop, granted: License, version: int, at: datetime) -> bool:
    """True where a worker behind a version has no running yes to a purpose of its licence any more, or was erased."""
    for worker_uid in shop.catalogue.dataset_people(granted.dataset_id, version):
        if not shop.keys.has_worker_key(worker_uid):
            return True
        said, taken_back = shop.catalogue.consents(worker_uid), shop.catalogue.withdrawals(worker_uid)
        if not granted.purposes <= running_purposes(said, taken_back, at):
            return True
    return False


def put_notice(
    shop: Shop, granted: License, kind: NoticeKind, version: int, at: datetime, new_version: int = 0
) -> LicenseNotice:
    """Put a notice into the outbox; the one that says the same already, sent or not, stays the only one."""
    for known in shop.catalogue.license_notices():
        same = (known.license_id, known.kind, known.version, known.new_version)
        if same == (granted.license_id, kind, version, new_version):
            return known
    notice = LicenseNotice(
        notice_id=new_id("note"),
        license_id=granted.license_id,
        licensee=granted.licensee,
        kind=kind,
        dataset_id=granted.dataset_id,
        version=version,
        made_at=at,
        new_version=new_version,
    )
    shop.catalogue.add_license_notice(notice)
    return notice


def require_notice(shop: Shop, notice_id: str) -> LicenseNotice:
    """The notice of that id.

    Raises:
        UnknownThingError: There is none.
    """
    notice = shop.catalogue.find_license_notice(notice_id)
    if notice is None:
        raise UnknownThingError("notice", notice_id, "List them with `tacit outbox list`.")
    return notice


def mark_sent(shop: Shop, notice_id: str) -> LicenseNotice:
    """Put down that a notice was sent to its licensee; a second time is harmless, the first moment stays.

    Raises:
        UnknownThingError: There is no such notice.
    """
    with shop.catalogue.transaction():
        notice = require_notice(shop, notice_id)
        if notice.sent_at is None:
            now = shop.clock.now()
            shop.catalogue.set_notice_sent(notice_id, now)
            log_decision(shop, "license-notice-sent", notice.license_id, now)
    return require_notice(shop, notice_id)


def write_notice(shop: Shop, notice: LicenseNotice, path: Path) -> None:
    """Write a notice as a document that the shop signed, for its licensee.

    Raises:
        FileThereError: There is a file of that name; nothing is overwritten.
    """
    body = {name: value for name, value in vars(notice).items() if name != "sent_at"}
    content = sign_document(NOTICE_KIND, body, shop.keys.public_key(), shop.keys.sign)
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise FileThereError(str(path)) from error
