"""What is ordered of a build, and what comes of it: a dataset of the shop, or a release for one licensee."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tacit.records.dataset import DatasetVersion
from tacit.records.permit import Action
from tacit.records.purposes import Purpose
from tacit.rights.decide import Refusal
from tacit.seal.c2pa import VideoSigner


@dataclass(frozen=True)
class ForLicensee:
    """What makes of a dataset a release for one licensee: an id and so pseudonyms of its own, and edges (rule R8).

    dataset_id: of the release. source_id: of the dataset that it is made from. purposes: all those of the licence; the
    purpose of the order is one of them. terms: its edges in one sentence, for the cards.
    finish: puts licence and manifest into the finished private folder. register: puts down what comes with the version,
    in the transaction in which it becomes real.
    reuse: True where a version that lies there, made of the same, is good enough.
    """

    dataset_id: str
    source_id: str
    purposes: frozenset[Purpose]
    terms: str
    finish: Callable[[Path, DatasetVersion], None]
    register: Callable[[DatasetVersion], None]
    reuse: bool


@dataclass(frozen=True)
class Order:
    """What to build: under which agreement, for which purpose, from which recordings (None for all), and where.

    agreement_digest: the version that it rests on; it holds footage of those who said yes to that one. "": the newest.
    signer: signs every video with C2PA; None leaves them plain.
    release: what makes of it a release for one licensee; None for any other dataset.
    only_takes_out: it is made anew because something was taken back: what is in it stays, where its own worker did not
        take it back; nothing new comes in.
    """

    agreement_id: str
    purpose: Purpose
    recordings: frozenset[str] | None
    target: Path
    agreement_digest: str = ""
    signer: VideoSigner | None = None
    release: ForLicensee | None = None
    only_takes_out: bool = False

    @property
    def questions(self) -> tuple[tuple[Action, Purpose], ...]:
        """What is asked about each recording; only where every answer is yes is it in."""
        if self.release is None:
            return ((Action.KEEP if self.only_takes_out else Action.INCLUDE, self.purpose),)
        return tuple((Action.LICENSE, purpose) for purpose in sorted(self.release.purposes))

    @property
    def certificate(self) -> str | None:
        """Fingerprint of the certificate that videos are signed with."""
        return self.signer.fingerprint if self.signer is not None else None


@dataclass(frozen=True)
class Built:
    """What came of an order: the version (None where nothing may be in it), and who was left out, by recording id."""

    version: DatasetVersion | None
    refused: dict[str, Refusal]
