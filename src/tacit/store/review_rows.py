"""Reviews of translations. A reviewer has a name, so they lie under the shop's key."""

from sqlalchemy import insert, select

from tacit.records.reviews import NoticeReview
from tacit.store import tables
from tacit.store.codec import decode_record, encode_record
from tacit.store.rows import Rows


class ReviewRows(Rows):
    """Rows about translations."""

    def add_notice_review(self, review: NoticeReview) -> None:
        """Add a review; the first one of a wording stays, and another one of the same wording changes nothing."""
        sealed = self._keys.seal_for_shop(encode_record(review), _place(review.language, review.digest))
        with self._database.writing() as connection:
            if self.find_notice_review(review.language, review.digest) is None:
                connection.execute(
                    insert(tables.notice_reviews).values(
                        language=review.language, digest=review.digest, body_sealed=sealed
                    )
                )

    def find_notice_review(self, language: str, digest: str) -> NoticeReview | None:
        """The review of one wording."""
        statement = select(tables.notice_reviews.c.body_sealed).filter_by(language=language, digest=digest)
        with self._database.reading() as connection:
            sealed = connection.execute(statement).scalar()
        if sealed is None:
            return None
        return decode_record(NoticeReview, self._keys.unseal_for_shop(sealed, _place(language, digest)))


def _place(language: str, digest: str) -> str:
    """Where a review lies, for its seal."""
    return f"notice_reviews/{language}/{digest}"
