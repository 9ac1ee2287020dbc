"""A dataset version: which episodes are in it, from whom, and the frozen table of who shares in its income."""

from dataclasses import dataclass
from datetime import datetime

from tacit.records.purposes import Purpose


@dataclass(frozen=True)
class EpisodeLine:
    """One row of a dataset's lineage: a stretch of one recording, and what it rests on."""

    episode_index: int
    recording_id: str
    worker_uid: str
    consent_id: str
    start_frame: int
    end_frame: int
    accepted_ms: int


@dataclass(frozen=True)
class EpisodeSource:
    """What tells whether an episode of an older version can be taken over as it is.

    unit_id: the unit of work that it was made from. content: SHA-256 (hex) of its columns and video.
    """

    unit_id: str
    content: str


@dataclass(frozen=True)
class ShareTable:
    """Who shares in the income of one dataset version, in integer parts, frozen and signed when it is made (M6).

    basis: what the parts count, such as "accepted milliseconds".
    parts: account -> positive integer, sorted by account.
    signature: Ed25519 by the shop over the canonical JSON of the rest (hex).
    """

    basis: str
    parts: tuple[tuple[str, int], ...]
    signature: str


@dataclass(frozen=True)
class DatasetVersion:
    """One version of a dataset.

    path: where it was written. digest: SHA-256 (hex) of its canonical form. inputs_mac: keyed digest (hex) of all that
    went into it, which tells whether building it again would give something else. agreement_digest: the version of the
    agreement that it rests on; "": the first. release_of: of a release made for one licensee, the id of the dataset
    that it was made from; "" for any other.
    """

    dataset_id: str
    version: int
    agreement_id: str
    purpose: Purpose
    path: str
    digest: str
    inputs_mac: str
    made_at: datetime
    episodes: tuple[EpisodeLine, ...]
    shares: ShareTable
    agreement_digest: str = ""
    release_of: str = ""


@dataclass(frozen=True)
class DatasetHead:
    """A dataset version without its episodes and shares; the fields are those of `DatasetVersion`."""

    dataset_id: str
    version: int
    agreement_id: str
    purpose: Purpose
    path: str
    digest: str
    made_at: datetime
    agreement_digest: str = ""
    release_of: str = ""
