"""The notice that a worker reads before saying yes or no: standalone, itemised, in plain language.

Source of what has to be in it: Digital Personal Data Protection Act, 2023 (India), sections 5 and 6, and Digital
Personal Data Protection Rules, 2025, rule 3; EDPB Guidelines 05/2020 on consent, for what refusing may cost. The
wording is ours.
"""

import hashlib
from dataclasses import dataclass, replace

from tacit.records.agreement import Agreement
from tacit.records.errors import NoNoticeError
from tacit.records.places import GDPR_PLACES
from tacit.records.purposes import Purpose
from tacit.words.catalogue import Catalogue, english, find_catalogue, languages
from tacit.words.figures import write_list, write_percent
from tacit.words.layout import bullet, wrap


@dataclass(frozen=True)
class Notice:
    """A notice as it is read. `digest` is the SHA-256 (hex) of `text` in UTF-8; a consent names it; "" for a draft."""

    text: str
    digest: str
    language: str


def render_notice(agreement: Agreement, language: str) -> Notice:
    """Write the notice of an agreement in a language; the same terms always give the same text and digest.

    Args:
        agreement: The terms.
        language: BCP 47 tag of the worker's language.

    Raises:
        NoNoticeError: There is no notice in that language yet, so nobody can say yes in it.
    """
    catalogue = find_catalogue(language)
    if catalogue is None:
        raise NoNoticeError(language, languages())
    head = [catalogue.text("notice.title"), "", *wrap(catalogue.text("notice.intro"))]
    head += ["", *wrap(_agreement_line(agreement, catalogue))]
    body: list[str] = []
    for number, (title, items) in enumerate(_sections(agreement, catalogue), start=1):
        body += ["", f"{number}. {title}"]
        for item in items:
            body += bullet(item)
    foot = catalogue.text("notice.foot", language=catalogue.language, digest=agreement.digest[:16])
    text = "\n".join([*head, *body, "", foot]) + "\n"
    return Notice(text, hashlib.sha256(text.encode()).hexdigest(), catalogue.language)


def mark_draft(notice: Notice, catalogue: Catalogue) -> Notice:
    """The same notice with a word on top that it is a draft, in its language and in English; no yes can name it."""
    warning = [*wrap(catalogue.text("notice.draft")), *wrap(english().text("notice.draft"))]
    return replace(notice, text="\n".join([*warning, "", notice.text]), digest="")


def _agreement_line(agreement: Agreement, catalogue: Catalogue) -> str:
    """Say which agreement the notice rests on, by its title in the language of the notice where it has one."""
    title = agreement.title.get(catalogue.language) or next(iter(agreement.title.values()), agreement.agreement_id)
    return catalogue.text(
        "notice.agreement",
        title=title,
        agreement_id=agreement.agreement_id,
        parties=write_list(agreement.parties),
        valid_from=agreement.valid_from.isoformat(),
        valid_to=agreement.valid_to.isoformat(),
    )


def _sections(agreement: Agreement, catalogue: Catalogue) -> list[tuple[str, list[str]]]:
    """The items of the notice under their headings, in the order read."""
    text = catalogue.text
    filmed = ("filmed.video", "filmed.faces", "filmed.dropped", "filmed.hands", "filmed.other", "locked")
    purposes = [purpose for purpose in Purpose if purpose in agreement.purposes]
    return [
        (text("notice.filmed.title"), [text(f"notice.{item}") for item in filmed]),
        (
            text("notice.purposes.title"),
            [
                text("notice.purposes.intro"),
                *(f"{text(f'purpose.{purpose}')} ({purpose})" for purpose in purposes),
                text("notice.purposes.end"),
            ],
        ),
        (text("notice.receivers.title"), _receivers(agreement, catalogue)),
        (
            text("notice.kept.title"),
            [
                text("notice.kept.raw", raw_retention_days=agreement.raw_retention_days),
                text("notice.kept.rest"),
                text("notice.kept.books"),
            ],
        ),
        (text("notice.pay.title"), _pay(agreement, catalogue)),
        (
            text("notice.never.title"),
            [
                *(text(f"notice.never.{item}") for item in ("rank", "emotion", "identify")),
                text("notice.never.small", group_size_min=agreement.group_size_min),
            ],
        ),
        (
            text("notice.stop.title"),
            [
                text("notice.stop.how"),
                text("notice.stop.then"),
                text(_of_place("notice.stop.erased.", agreement.jurisdiction, catalogue)),
                text("notice.stop.certificate"),
                text("notice.stop.licensed"),
                text(f"notice.stop.{agreement.royalty.after_withdrawal}"),
            ],
        ),
        (text("notice.refuse.title"), [text("notice.refuse.nothing")]),
        (
            text("notice.rights.title"),
            [
                text("notice.rights.list"),
                text("notice.rights.complain"),
                text(_of_place("notice.rights.answer.", agreement.jurisdiction, catalogue)),
                text(_of_place("notice.rights.complain.", agreement.jurisdiction, catalogue)),
            ],
        ),
    ]


def _of_place(key: str, jurisdiction: str, catalogue: Catalogue) -> str:
    """The key of what the law of a place asks for: of the country, of where the GDPR is law, or of all others."""
    places = (jurisdiction, "GDPR") if jurisdiction in GDPR_PLACES else (jurisdiction,)
    return next((key + place for place in places if key + place in catalogue.messages), f"{key}other")


def _receivers(agreement: Agreement, catalogue: Catalogue) -> list[str]:
    """Who gets the footage, and to whom it belongs."""
    return [
        catalogue.text("notice.receivers.inside"),
        catalogue.text("notice.receivers.outside", territory=write_list(agreement.territory)),
        catalogue.text("notice.receivers.review"),
        catalogue.text("notice.receivers.standing", review_hold_h=agreement.review_hold_h),
        catalogue.text("notice.receivers.owner", **name_owners(agreement, catalogue)),
    ]


def _pay(agreement: Agreement, catalogue: Catalogue) -> list[str]:
    """What the worker is paid, for filming and for use."""
    bounty, royalty = agreement.bounty, agreement.royalty
    return [
        catalogue.text(
            "notice.pay.filming", per_accepted_hour=bounty.per_accepted_hour, floor_per_hour=bounty.floor_per_hour
        ),
        catalogue.text(
            "notice.pay.pool",
            pool=write_percent(royalty.pool_basis_points),
            hours=write_percent(royalty.hours_basis_points),
            value=write_percent(royalty.value_basis_points),
        ),
        catalogue.text("notice.pay.internal", internal_run=royalty.internal_run),
        catalogue.text("notice.pay.statement"),
    ]


def name_owners(agreement: Agreement, catalogue: Catalogue) -> dict[str, str]:
    """Say in words who owns footage, datasets and skills; an owner without a word of its own stays as written."""
    return {thing: catalogue.messages.get(f"owner.{owner}", owner) for thing, owner in agreement.ownership.items()}
