"""A named reviewer signs a translation; until then it is a draft, and nobody can say yes on it (rule R1)."""

import hashlib
from dataclasses import dataclass, replace

from tacit.flows.add_agreement import require_agreement
from tacit.flows.add_worker import require_worker
from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.records.errors import AlteredRecordError, DraftNoticeError, NoNoticeError, SourceLanguageError
from tacit.records.reviews import NoticeReview
from tacit.seal.canonical import canonical_json
from tacit.seal.keyfile import OpenKey
from tacit.seal.signatures import is_valid
from tacit.words.catalogue import SOURCE_LANGUAGE, Catalogue, find_catalogue, languages
from tacit.words.notice import Notice, mark_draft, render_notice


@dataclass(frozen=True)
class NoticeState:
    """A language of the notice. review: who signed this wording; None for a draft, and for English, the source."""

    language: str
    digest: str
    review: NoticeReview | None

    @property
    def is_draft(self) -> bool:
        """True where nobody can say yes on it."""
        return self.language != SOURCE_LANGUAGE and self.review is None


def review_notice(shop: Shop, language: str, key: OpenKey) -> NoticeReview:
    """Sign the wording of a translation as it stands; the first reviewer of a wording stays.

    Raises:
        NoNoticeError: There is no such translation.
        SourceLanguageError: English needs no review.
    """
    catalogue = require_catalogue(language)
    if catalogue.language == SOURCE_LANGUAGE:
        raise SourceLanguageError
    with shop.catalogue.transaction():
        known = _find_review(shop, catalogue)
        if known is not None:
            return known
        now = shop.clock.now()
        digest = hash_messages(catalogue)
        unsigned = NoticeReview(catalogue.language, digest, key.name, key.public_key, now, "")
        review = replace(unsigned, signature=key.sign(review_bytes(unsigned)))
        shop.catalogue.add_notice_review(review)
        log_decision(shop, "notice-review", digest, now)
    return review


def list_notices(shop: Shop) -> list[NoticeState]:
    """Every language that there is a notice in, sorted, and whether a yes counts in it."""
    return [_find_state(shop, require_catalogue(language)) for language in languages()]


def require_signed_language(shop: Shop, language: str) -> None:
    """Check that a yes counts in a language.

    Raises:
        NoNoticeError: There is no notice in it.
        DraftNoticeError: Nobody signed the translation as it stands.
    """
    states = {one.language: one for one in list_notices(shop)}
    signed = [one.language for one in states.values() if not one.is_draft]
    catalogue = find_catalogue(language)
    if catalogue is None:
        raise NoNoticeError(language, signed)
    if catalogue.language not in signed:
        raise DraftNoticeError(catalogue.language, signed)


def show_notice(shop: Shop, label: str, agreement_id: str, language: str = "") -> Notice:
    """The notice that a worker reads before a yes or a no; a draft says so on top and has no digest to say yes to.

    Args:
        language: The worker's choice; "" for the language that is put down for them.

    Raises:
        NoNoticeError: There is no notice in that language.
    """
    worker = require_worker(shop, label)
    notice = render_notice(require_agreement(shop, agreement_id), language or worker.language)
    catalogue = require_catalogue(notice.language)
    return mark_draft(notice, catalogue) if _find_state(shop, catalogue).is_draft else notice


def hash_messages(catalogue: Catalogue) -> str:
    """SHA-256 (hex) of the canonical JSON of what a worker reads in a language; a reviewer signs it."""
    return hashlib.sha256(canonical_json(catalogue.worker_messages)).hexdigest()


def review_bytes(review: NoticeReview) -> bytes:
    """The bytes that a reviewer signs: the review with an empty signature, in canonical JSON."""
    return b"NoticeReview\n" + canonical_json(replace(review, signature=""))


def require_catalogue(language: str) -> Catalogue:
    """The messages of a language.

    Raises:
        NoNoticeError: There are none.
    """
    catalogue = find_catalogue(language)
    if catalogue is None:
        raise NoNoticeError(language, languages())
    return catalogue


def _find_state(shop: Shop, catalogue: Catalogue) -> NoticeState:
    return NoticeState(catalogue.language, hash_messages(catalogue), _find_review(shop, catalogue))


def _find_review(shop: Shop, catalogue: Catalogue) -> NoticeReview | None:
    review = shop.catalogue.find_notice_review(catalogue.language, hash_messages(catalogue))
    if review is not None and not is_valid(review.public_key, review_bytes(review), review.signature):
        raise AlteredRecordError("review of the notice in", catalogue.language)
    return review
