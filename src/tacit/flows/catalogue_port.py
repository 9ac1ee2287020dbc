"""The port of the catalogue: what the flows put down and look up, in their own words. `store` fills it in."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from tacit.flows.log_port import LogBook
from tacit.records.agreement import Agreement, PauseWord
from tacit.records.certificate import Certificate
from tacit.records.cuts import Cutting
from tacit.records.dataset import DatasetHead, DatasetVersion, EpisodeSource
from tacit.records.grievance import Grievance
from tacit.records.hold import Hold, HoldOpening
from tacit.records.ledger import Transaction
from tacit.records.license import License, LicenseEvent, LicenseNotice
from tacit.records.marks import Marking
from tacit.records.people import Consent, Release, StandingRelease, Steward, Withdrawal, Worker
from tacit.records.recording import Outcome, Recording
from tacit.records.reviews import NoticeReview

Unseal = Callable[[bytes, str], bytes]
"""Decrypts sealed bytes for their context."""


class Catalogue(LogBook, Protocol):
    """The shop's records. Adding what is there already, with the same contents, is harmless."""

    def transaction(self) -> AbstractContextManager[None]:
        """Everything inside is written together or not at all."""

    def add_agreement(self, agreement: Agreement, source: str, added_at: datetime) -> int:
        """Add an agreement, or a new version of one, with the text it was read from; returns the version's number."""

    def agreement_versions(self, agreement_id: str) -> list[Agreement]:
        """Every version of an agreement, oldest first; none where there is no such agreement."""

    def agreement_sources(self, agreement_id: str) -> list[str]:
        """The text of every version, as it was added, oldest first."""

    def find_version_added_at(self, agreement_id: str, digest: str) -> datetime | None:
        """When a later version of an agreement was added; None for the first one, whose yeses may be older."""

    def agreements(self) -> list[Agreement]:
        """The newest version of every agreement, in the order the agreements were added."""

    def add_pause_word(self, word: PauseWord) -> None:
        """Add a steward's word that an agreement stops or goes on."""

    def pause_words(self, agreement_id: str) -> list[PauseWord]:
        """Every such word about an agreement, in the order said; the last one counts."""

    def add_steward(self, steward: Steward) -> None:
        """Add a steward, or put new contents in the place of the old ones."""

    def find_steward(self, steward_id: str) -> Steward | None:
        """The steward of that id."""

    def stewards(self) -> list[Steward]:
        """All stewards, in the order they were added."""

    def add_worker(self, worker: Worker) -> None:
        """Add a worker; the key must exist already."""

    def replace_worker(self, worker: Worker) -> None:
        """Put new contents in the place of a worker's old ones; the label stays."""

    def find_worker(self, label: str) -> Worker | None:
        """The worker whom people call by this label."""

    def forget_worker(self, worker_uid: str) -> None:
        """Delete a worker who never said yes, as if they had never been added."""

    def workers(self) -> list[Worker]:
        """All workers who were not erased, in the order they were added."""

    def add_consent(self, consent: Consent) -> None:
        """Add a yes."""

    def consents(self, worker_uid: str) -> list[Consent]:
        """Every yes of a worker, in the order given."""

    def add_withdrawal(self, withdrawal: Withdrawal) -> None:
        """Add a no."""

    def withdrawals(self, worker_uid: str = "") -> list[Withdrawal]:
        """Every withdrawal of a worker, or of everybody where nobody is named, in the order given."""

    def add_release(self, release: Release) -> None:
        """Add a release; it takes the place of one that ended, and a signed or witnessed one of a declared one."""

    def end_release(self, recording_id: str, ended_at: datetime) -> None:
        """Put down that the release of a recording was taken back; harmless where none runs."""

    def remove_release(self, recording_id: str) -> None:
        """Forget the release of a recording, as if it had never been given; harmless where there is none."""

    def find_release(self, recording_id: str) -> Release | None:
        """The last release of a recording, also where it was taken back."""

    def releases(self, worker_uid: str) -> list[Release]:
        """The last release of each recording of a worker; quicker than one by one."""

    def set_standing_release(self, standing: StandingRelease) -> None:
        """Add a standing release, or put its end into it."""

    def standing_releases(self, worker_uid: str) -> list[StandingRelease]:
        """Every standing release of a worker, those taken back too, in the order given."""

    def add_notice_review(self, review: NoticeReview) -> None:
        """Add a review of a translation; the first one of a wording stays."""

    def find_notice_review(self, language: str, digest: str) -> NoticeReview | None:
        """The review of one wording."""

    def set_grievance(self, grievance: Grievance) -> None:
        """Add a complaint, or put an answer into it."""

    def find_grievance(self, grievance_id: str) -> Grievance | None:
        """The complaint of that id."""

    def grievances(self, worker_uid: str = "") -> list[Grievance]:
        """Every complaint, or those of one worker, in the order opened."""

    def add_recording(self, recording: Recording) -> Recording:
        """Add a recording, or correct what was declared about it; returns it with its position, which stays."""

    def find_recording(self, recording_id: str) -> Recording | None:
        """The recording of that id."""

    def find_content_owner(self, content_mac: str) -> str | None:
        """Opaque id of whose recording has that content, erased or not; of several the first one's."""

    def find_recording_by_content(self, content_mac: str) -> Recording | None:
        """The recording with that content, whoever submitted it."""

    def recordings(self, worker_uid: str = "") -> list[Recording]:
        """All recordings of workers who were not erased, by position; those of one worker where named."""

    def set_outcome(self, outcome: Outcome, ready_at: datetime | None) -> None:
        """Put down what became of a recording, and since when it can be looked at; the later one replaces the earlier.

        ready_at: None where nobody knows.
        """

    def find_ready_at(self, recording_id: str) -> datetime | None:
        """Since when what became of a recording can be looked at; None where nobody noted it."""

    def find_outcome(self, recording_id: str) -> Outcome | None:
        """What became of a recording."""

    def outcomes(self, worker_uid: str = "") -> list[Outcome]:
        """What became of all recordings, by position, or of those of one worker; quicker than one by one."""

    def altered_recordings(self) -> frozenset[str]:
        """Ids of the recordings on which a box was ever drawn or from which something was cut."""

    def add_mark(self, marking: Marking) -> None:
        """Add a reviewer's box; its recording must be there."""

    def remove_mark(self, mark_id: str) -> None:
        """Take a reviewer's box away; harmless where there is none."""

    def markings(self, recording_id: str) -> list[Marking]:
        """Every box that was drawn on a recording, in the order drawn."""

    def add_cut(self, cutting: Cutting) -> None:
        """Add a stretch that a worker had erased; its recording must be there. Nothing takes it back."""

    def cuttings(self, recording_id: str) -> list[Cutting]:
        """Every cut of a recording, in the order made."""

    def add_dataset_version(self, dataset: DatasetVersion) -> None:
        """Add a dataset version with its lineage and share table."""

    def dataset_versions(self) -> list[DatasetVersion]:
        """All dataset versions, in the order made; slow where there are many episodes."""

    def dataset_heads(self, worker_uid: str = "") -> list[DatasetHead]:
        """All dataset versions without their episodes, in the order made; those with a worker's footage, if named."""

    def dataset_people(self, dataset_id: str, version: int) -> frozenset[str]:
        """Opaque ids of everybody whose footage is in a dataset version."""

    def note_episode_sources(self, dataset_id: str, version: int, sources: Sequence[EpisodeSource]) -> None:
        """Put down what each episode of a version was made from, in their order."""

    def episode_sources(self, dataset_id: str, version: int) -> list[EpisodeSource]:
        """What each episode of a version was made from, in their order; none where nobody noted it."""

    def find_dataset_version(self, dataset_id: str, version: int = 0) -> DatasetVersion | None:
        """One version of a dataset with its episodes; the newest for 0."""

    def add_license(self, granted: License) -> None:
        """Add a licence."""

    def find_license(self, license_id: str) -> License | None:
        """The licence of that id."""

    def licenses(self) -> list[License]:
        """All licences, in the order granted."""

    def add_license_event(self, event: LicenseEvent) -> None:
        """Add what happened to a licence."""

    def license_events(self, license_id: str = "") -> list[LicenseEvent]:
        """What happened to a licence, or to all of them where none is named, in the order it happened."""

    def add_license_notice(self, notice: LicenseNotice) -> None:
        """Put a notice to a licensee into the outbox."""

    def set_notice_sent(self, notice_id: str, sent_at: datetime) -> None:
        """Put down when a notice was sent."""

    def find_license_notice(self, notice_id: str) -> LicenseNotice | None:
        """The notice of that id."""

    def license_notices(self) -> list[LicenseNotice]:
        """All notices to licensees, sent or not, in the order made."""

    def post(self, transaction: Transaction) -> bool:
        """Book a balanced transaction; False where that id is booked already with the same postings.

        Raises:
            UnbalancedError: The postings do not sum to zero.
            LedgerConflictError: The id is booked with other postings.
        """

    def transactions(self) -> list[Transaction]:
        """All transactions, in the order booked."""

    def find_broken_seals(self) -> list[str]:
        """Every row with a seal that does not open, though its key is there."""

    def find_changed_rows(self) -> list[str]:
        """Every row, or group of rows, that was changed, added or removed by something else than the shop."""

    def erase_worker(self, worker_uid: str, erased_at: datetime) -> None:
        """Delete the worker's row and everything sealed under the worker's key; what is owed stays owed.

        What remains is the opaque id in lineage and ledger, and a keyed digest of the label with the moment, so that
        an earlier yes cannot rise again from an old list.
        """

    def unfinished_erasures(self) -> list[str]:
        """Opaque ids of workers whose erasure was cut short, or undone by an old backup of the catalogue.

        Of them there are rows without a key, or a withdrawal and a key without a row.
        """

    def find_erasure(self, label: str) -> datetime | None:
        """When a worker of this label was erased, the latest time."""

    def count_rows(self, worker_uid: str) -> dict[str, int]:
        """How many rows there are of a worker, by kind; kinds without any are left out."""

    def drop_rows(self, worker_uid: str, recordings: Collection[str], words: Collection[str]) -> None:
        """Delete rows of a worker that no law asks to keep, before the others are packed.

        recordings: ids; what was put down about them goes with them, and a husk stays, as after an erasure. words: ids
        of consents, standing releases and complaints.
        """

    def hold_worker(self, hold: Hold, erased_at: datetime) -> None:
        """Pack a worker's rows under their key, put them down with the hold, and erase the rows; all or nothing."""

    def find_hold(self, worker_uid: str) -> Hold | None:
        """The hold on what a worker left."""

    def holds(self) -> list[Hold]:
        """All holds, those destroyed too, in the order sealed."""

    def replace_hold(self, hold: Hold) -> None:
        """Put new contents in the place of a hold's old ones; once it is destroyed, the packed rows go too."""

    def held_rows(self, worker_uid: str, unseal: Unseal) -> dict[str, list[dict[str, Any]]]:
        """What was packed, as plain values by kind, with the key that two halves made."""

    def add_hold_opening(self, opening: HoldOpening) -> None:
        """Put down that a hold was opened."""

    def hold_openings(self, worker_uid: str) -> list[HoldOpening]:
        """Every opening of a hold, in order."""

    def set_certificate(self, certificate: Certificate) -> None:
        """Add a certificate, or put the later state of a draft in its place.

        Raises:
            AlreadyThereError: It was issued already, with other contents.
        """

    def certificates(self, worker_uid: str = "") -> list[Certificate]:
        """All certificates and drafts, in the order begun; those of one account where it is named."""
