"""The words of a certificate of withdrawal, in the worker's language."""

from tacit.records.certificate import Certificate, Leaving
from tacit.words.catalogue import Catalogue
from tacit.words.figures import write_list
from tacit.words.layout import bullet, wrap

_REACH = ("not-found", "foreign-file")


def certificate_in_words(certificate: Certificate, catalogue: Catalogue) -> tuple[str, ...]:
    """Write a certificate line by line.

    Args:
        certificate: What it says; its moment of issue is set.
        catalogue: Of the worker's language; where there are no words in that, the English one, and the page says so.
    """
    text = catalogue.text
    issued_at = certificate.issued_at or certificate.withdrawn_at
    lines = [text("certificate.title", certificate_id=certificate.certificate_id), ""]
    if certificate.language.split("-")[0].lower() != catalogue.language:
        lines += [*wrap(text("certificate.fallback", language=certificate.language)), ""]
    lines += wrap(text("certificate.account", account=certificate.account, issued_on=issued_at.date().isoformat()))
    lines += wrap(
        text(
            "certificate.withdrawn",
            withdrawn_on=certificate.withdrawn_at.date().isoformat(),
            purposes=write_list(sorted(certificate.purposes)),
        )
    )
    for purpose in sorted(certificate.purposes):
        lines += bullet(f"{text(f'purpose.{purpose}')} ({purpose})")
    lines += _state(certificate, catalogue)
    if certificate.leaves:
        lines += _section("certificate.destroyed.title", _destroyed(certificate, catalogue), catalogue)
    lines += _section("certificate.anew.title", _anew(certificate, catalogue), catalogue)
    lines += _section("certificate.reach.title", _reach(certificate, catalogue), catalogue)
    if certificate.state is Leaving.SEALED or certificate.sealed_until is not None:
        opened = [
            text("certificate.openings.line", opened_on=at.date().isoformat()) for at in certificate.openings
        ] or [text("certificate.openings.none")]
        lines += _section("certificate.openings.title", opened, catalogue)
    lines += _section("certificate.kept.title", [text("certificate.kept")], catalogue)
    checks = [
        text("certificate.check.key"),
        text("certificate.check.log", log_size=certificate.log_size, log_root=certificate.log_root),
    ]
    lines += _section("certificate.check.title", checks, catalogue)
    return (*lines, "", *wrap(text("certificate.foot")))


def _state(certificate: Certificate, catalogue: Catalogue) -> list[str]:
    places = {}
    if certificate.sealed_until is not None:
        places["sealed_until"] = certificate.sealed_until.date().isoformat()
    lines = wrap(catalogue.text(f"certificate.state.{certificate.state}", **places))
    if certificate.why_not_sealed == "no-steward":
        lines += wrap(catalogue.text("certificate.no-steward"))
    return lines


def _section(title: str, items: list[str], catalogue: Catalogue) -> list[str]:
    lines = ["", catalogue.text(title)]
    for item in items:
        lines += bullet(item)
    return lines


def _destroyed(certificate: Certificate, catalogue: Catalogue) -> list[str]:
    text = catalogue.text
    items = [
        text("certificate.destroyed.keys", count=certificate.n_keys),
        text("certificate.destroyed.objects", count=certificate.n_objects),
        text("certificate.destroyed.rows", count=sum((certificate.rows or {}).values())),
    ]
    if certificate.originals_destroyed:
        items.append(text("certificate.destroyed.originals", count=certificate.originals_destroyed))
    return items


def _anew(certificate: Certificate, catalogue: Catalogue) -> list[str]:
    items = []
    for used in certificate.datasets:
        if used.problem:
            continue
        if used.version:
            items.append(catalogue.text("certificate.anew.line", dataset_id=used.dataset_id, version=used.version))
        else:
            items.append(catalogue.text("certificate.anew.gone", dataset_id=used.dataset_id))
    return items or [catalogue.text("certificate.anew.none")]


def _reach(certificate: Certificate, catalogue: Catalogue) -> list[str]:
    text = catalogue.text
    items = [
        text(f"certificate.reach.{used.problem}", dataset_id=used.dataset_id)
        for used in certificate.datasets
        if used.problem in _REACH
    ]
    items += [
        text(
            "certificate.reach.copy",
            dataset_id=copy.dataset_id,
            license_id=copy.license_id,
            until=copy.until.isoformat(),
        )
        for copy in certificate.copies
    ]
    if certificate.copies:
        items.append(text("certificate.reach.told"))
    left = certificate.originals - certificate.originals_destroyed
    if left > 0:
        items.append(text("certificate.reach.originals", count=left))
    return items or [text("certificate.reach.none")]
