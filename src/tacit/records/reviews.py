"""A named reviewer's word that a translation says what the English says."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class NoticeReview:
    """The review of one wording in one language.

    digest: SHA-256 (hex) of what a worker reads in that language; another wording is a draft again.
    reviewer: the name in their key file. public_key: of that file (hex). signature: of it over all the rest (hex).
    """

    language: str
    digest: str
    reviewer: str
    public_key: str
    reviewed_at: datetime
    signature: str
