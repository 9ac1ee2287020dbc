"""A licence in plain words: who, what, which purposes, where, until when and for how much (rule R8)."""

import textwrap
from collections.abc import Iterable

from tacit.records.agreement import Agreement
from tacit.records.dataset import DatasetVersion
from tacit.records.license import License, LicenseNotice, NoticeKind
from tacit.records.purposes import Purpose
from tacit.words.catalogue import english
from tacit.words.figures import write_list, write_percent
from tacit.words.notice import name_owners

_WIDTH = 88  # characters in a line; fits a terminal and a printed page


def license_in_words(granted: License, agreement: Agreement, version: DatasetVersion | None = None) -> str:
    """Write a licence, in English, as its licensee and the workers can read it.

    Args:
        granted: The licence.
        agreement: What it rests on; says the workers' part of the price and the owners.
        version: The version of the release that the words lie beside, where it may be a later one than was licensed.

    Returns:
        One paragraph for each term under the number of the licence; ends with a line end.
    """
    text = english().text
    owners = name_owners(agreement, english())
    purposes = [purpose for purpose in Purpose if purpose in granted.purposes]
    paragraphs = [
        text("license.title", license_id=granted.license_id),
        text("license.who", licensee=granted.licensee),
        text(
            "license.what",
            dataset_id=granted.dataset_id,
            version=granted.version,
            digest=granted.dataset_digest,
        ),
        *_replaced_line(granted, version),
        text("license.purposes", purposes=write_list(purposes)),
        text("license.territory", territory=write_list(granted.territory)),
        text("license.until", valid_until=granted.valid_until.isoformat()),
        text("license.price", price=granted.price, pool=write_percent(agreement.royalty.pool_basis_points)),
        text("license.owners", footage=owners["footage"], datasets=owners["datasets"]),
        text("license.never"),
        _agreement_line(agreement),
        text("license.granted", granted_on=granted.granted_at.date().isoformat()),
        text("license.foot"),
    ]
    return _write(paragraphs)


def notice_in_words(notice: LicenseNotice, key: str) -> str:
    """Write a notice, in English, as its licensee can read it; key is the public key (hex) of the shop."""
    text = english().text
    is_empty = notice.kind is NoticeKind.REPLACED and not notice.new_version
    kind = "nothing-left" if is_empty else notice.kind.value
    places = {"dataset_id": notice.dataset_id, "version": notice.version, "new_version": notice.new_version}
    paragraphs = [
        text("license.notice.to", licensee=notice.licensee, license_id=notice.license_id),
        text(f"license.notice.{kind}", **places),
        text(
            "license.notice.foot", notice_id=notice.notice_id, made_on=notice.made_at.date().isoformat(), shop_key=key
        ),
    ]
    return _write(paragraphs)


def _write(paragraphs: Iterable[str]) -> str:
    filled = (textwrap.fill(each, _WIDTH, break_long_words=False, break_on_hyphens=False) for each in paragraphs)
    return "\n\n".join(filled) + "\n"


def _replaced_line(granted: License, version: DatasetVersion | None) -> list[str]:
    """Say which version takes the place of the one that was licensed, where one does."""
    if version is None or version.version == granted.version:
        return []
    return [english().text("license.replaced", version=version.version, digest=version.digest)]


def _agreement_line(agreement: Agreement) -> str:
    """Say which agreement the licence rests on; its parties only where none of them can be a worker."""
    text = english().text
    if agreement.kind == "individual":
        return text("license.agreement.individual", agreement_id=agreement.agreement_id)
    return text("license.agreement", agreement_id=agreement.agreement_id, parties=write_list(agreement.parties))
