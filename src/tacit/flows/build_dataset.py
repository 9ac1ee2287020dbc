"""Builds a dataset of everything that may be in it, and freezes who shares in its income (rules R1, R4, R6, M6)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from tacit.datasets.cards import CardInput
from tacit.datasets.episode import EpisodeInput, EpisodeLineage
from tacit.datasets.features import DatasetSpec
from tacit.datasets.publish import (
    build_folder,
    find_certificate,
    find_dataset_id,
    find_digest,
    heal,
    publish,
    remove_dataset,
    require_replaceable,
)
from tacit.datasets.writer import DatasetWriter
from tacit.flows.add_agreement import require_agreement, require_bound
from tacit.flows.contract import Contract
from tacit.flows.find_dataset import dataset_id_of, latest_versions
from tacit.flows.find_marks import has_uncovered_marks
from tacit.flows.gate import ask_each, look_again
from tacit.flows.ports import Progress, Shop
from tacit.footage.remux import remux_stretch
from tacit.money.sharetable import BASIS, freeze_shares
from tacit.motion.metres import assumed_intrinsics
from tacit.motion.quality import accepted_ms
from tacit.motion.state import compute_features
from tacit.motion.trackfile import load_track
from tacit.records.agreement import Agreement
from tacit.records.dataset import DatasetVersion, EpisodeLine, ShareTable
from tacit.records.errors import BuildOvertakenError, MissingObjectError, RefusedError
from tacit.records.hands import HandTrack
from tacit.records.permit import Action, Permit
from tacit.records.purposes import Purpose
from tacit.records.recording import Outcome, Recording, Stretch
from tacit.rights.decide import Refusal
from tacit.seal.c2pa import VideoClaim, VideoSigner, sign_mp4
from tacit.seal.canonical import canonical_json
from tacit.seal.signed_shares import share_table_bytes

_LOOK_EVERY = timedelta(seconds=2)  # how soon a withdrawal or a pause stops a build that is under way
_TRIES = 3  # of a build that others overtake; the second one usually finds that theirs is the same


@dataclass(frozen=True)
class Order:
    """What to build: under which agreement, for which purpose, from which recordings (None for all), and where.

    agreement_digest: the version that it rests on; it holds footage of those who said yes to that one. "": the newest.
    signer: signs every video with C2PA; None leaves them plain.
    """

    agreement_id: str
    purpose: Purpose
    recordings: frozenset[str] | None
    target: Path
    agreement_digest: str = ""
    signer: VideoSigner | None = None

    @property
    def certificate(self) -> str | None:
        """Fingerprint of the certificate that videos are signed with."""
        return self.signer.fingerprint if self.signer is not None else None


@dataclass(frozen=True)
class Built:
    """What came of an order: the version (None where nothing may be in it), and who was left out, by recording id."""

    version: DatasetVersion | None
    refused: dict[str, Refusal]


@dataclass(frozen=True)
class _Piece:
    """One recording that is in: with the leave for it and what processing found."""

    recording: Recording
    permit: Permit
    outcome: Outcome


def build_dataset(shop: Shop, contract: Contract, order: Order, progress: Progress) -> Built:
    """Build a dataset at its target; where the same is there already, nothing is written.

    Where nothing may be in it any more, an older version of it at the target is removed.

    Raises:
        ForeignFolderError: The target holds something that is not a dataset of ours.
        RefusedError: A worker took something back while it was being built; nothing was published.
        BuildOvertakenError: Other processes kept building it at the same time.
    """
    agreement = require_agreement(shop, order.agreement_id, order.agreement_digest)
    order = replace(order, agreement_digest=agreement.digest)
    require_replaceable(order.target)
    for _ in range(_TRIES):
        built = _build(shop, contract, order, progress)
        if built is not None:
            return built
    raise BuildOvertakenError(str(order.target))


def _build(shop: Shop, contract: Contract, order: Order, progress: Progress) -> Built | None:
    """Build once; None where another process made a version meanwhile, or what it is built from changed."""
    pieces, refused = _choose(shop, order)
    dataset_id = dataset_id_of(shop, order.target)
    before = latest_versions(shop).get(dataset_id)
    inputs_mac = _inputs_mac(shop, contract, order, pieces)
    if before is not None and before.inputs_mac == inputs_mac and _is_there(before, order):
        return Built(before, refused)
    if not pieces:
        if find_dataset_id(order.target) == dataset_id:
            remove_dataset(order.target)
        return Built(None, refused)
    number = before.version + 1 if before is not None else 1
    with build_folder(order.target) as folder:
        try:
            version = _write(shop, contract, order, folder, pieces, dataset_id, number, progress)
        except MissingObjectError:
            if _are_current(shop, pieces):
                raise
            return None  # a recording was processed anew meanwhile, and what it replaced was swept away
        # First the version becomes known, then real. A withdrawal comes before either look and is seen here, or after
        # the first and finds the version. The renames are all that happens under the second lock.
        with shop.catalogue.transaction():
            _check_still_allowed(shop, order, pieces)
            if latest_versions(shop).get(dataset_id) != before or not _are_current(shop, pieces):
                return None
            shop.catalogue.add_dataset_version(version)
        with shop.catalogue.transaction():
            _check_still_allowed(shop, order, pieces)
            if latest_versions(shop).get(dataset_id) != version or not _are_current(shop, pieces):
                return None
            publish(folder, order.target)
    heal(order.target)
    return Built(version, refused)


def _check_still_allowed(shop: Shop, order: Order, pieces: Sequence[_Piece]) -> None:
    refusal = look_again(shop, Action.INCLUDE, order.purpose, [piece.recording for piece in pieces])
    if refusal is not None:
        why = f"{refusal.sentence} It happened while the dataset was built; build it again."
        raise RefusedError(refusal.rule, why)


def _are_current(shop: Shop, pieces: Sequence[_Piece]) -> bool:
    """True where no recording was processed anew since it was chosen, and no box was drawn on any."""
    return all(
        shop.catalogue.find_outcome(piece.recording.recording_id) == piece.outcome
        and not has_uncovered_marks(shop, piece.outcome)
        for piece in pieces
    )


def _inputs_mac(shop: Shop, contract: Contract, order: Order, pieces: Sequence[_Piece]) -> str:
    """Keyed digest of all that goes into a build: episodes, units of work, tasks, consents, and the form."""
    inputs = {
        "purpose": order.purpose,
        "agreement": order.agreement_id,
        "canvas": [contract.fps, contract.width, contract.height],
        "episodes": list(_lines(pieces)),
        "units": [piece.outcome.unit_id for piece in pieces],
        "tasks": [piece.recording.task for piece in pieces],
        "certificate": order.certificate,
    }
    if order.agreement_digest != require_bound(shop, order.agreement_id, "").digest:  # the first came before versions
        inputs["version"] = order.agreement_digest
    return shop.keys.mac("dataset-inputs", canonical_json(inputs)).hex()


def _is_there(version: DatasetVersion, order: Order) -> bool:
    """True where the target holds that version, with its videos signed as ordered."""
    return find_digest(order.target) == version.digest and find_certificate(order.target) == order.certificate


def pseudonym(shop: Shop, dataset_id: str, kind: str, name: str) -> str:
    """What stands for a worker, recording or consent in one dataset; another dataset has another one."""
    return shop.keys.mac(f"pseudonym/{dataset_id}", f"{kind} {name}".encode()).hex()[:32]


def _choose(shop: Shop, order: Order) -> tuple[list[_Piece], dict[str, Refusal]]:
    candidates = []
    for recording in shop.catalogue.recordings():
        outcome = shop.catalogue.find_outcome(recording.recording_id)
        wanted = order.recordings is None or recording.recording_id in order.recordings
        if not wanted or recording.agreement_id != order.agreement_id or outcome is None or not outcome.usable:
            continue
        if not has_uncovered_marks(shop, outcome):
            candidates.append((recording, outcome))
    answers = ask_each(shop, Action.INCLUDE, order.purpose, [recording for recording, _ in candidates])
    pieces, refused = [], {}
    for (recording, outcome), answer in zip(candidates, answers, strict=True):
        if isinstance(answer, Refusal):
            refused[recording.recording_id] = answer
        elif answer.agreement_digest != order.agreement_digest:
            why = "the worker said yes to another version of the agreement; a dataset rests on one."
            refused[recording.recording_id] = Refusal("R1", why)
        else:
            pieces.append(_Piece(recording, answer, outcome))
    return pieces, refused


def _episodes(outcome: Outcome) -> Iterator[Stretch]:
    """The stretches as episodes: without the last frame of the recording, which has no next state to act towards."""
    for stretch in outcome.stretches:
        yield replace(stretch, end_frame=min(stretch.end_frame, outcome.n_frames - 1))


def _lines(pieces: Sequence[_Piece]) -> Iterator[EpisodeLine]:
    index = 0
    for piece in pieces:
        for stretch in _episodes(piece.outcome):
            yield EpisodeLine(
                episode_index=index,
                recording_id=piece.recording.recording_id,
                worker_uid=piece.recording.worker_uid,
                consent_id=piece.permit.consent_id,
                start_frame=stretch.start_frame,
                end_frame=stretch.end_frame,
                accepted_ms=accepted_ms((stretch,), piece.outcome.fps),
            )
            index += 1


def _write(
    shop: Shop,
    contract: Contract,
    order: Order,
    folder: Path,
    pieces: Sequence[_Piece],
    dataset_id: str,
    number: int,
    progress: Progress,
) -> DatasetVersion:
    spec = DatasetSpec(
        fps=contract.fps,
        width=contract.width,
        height=contract.height,
        frame="camera",
        intrinsics=assumed_intrinsics(contract.width, contract.height, contract.assemble.metres),
        distortion=(),
    )
    writer = DatasetWriter(folder, spec)
    with progress.step("Writing the dataset", sum(piece.outcome.accepted_ms for piece in pieces)) as tell:
        done_ms, looked_at = 0, shop.clock.now()
        for piece in pieces:
            if shop.clock.now() - looked_at > _LOOK_EVERY:
                _check_still_allowed(shop, order, pieces)
                looked_at = shop.clock.now()
            with shop.vault.open(piece.permit, piece.outcome.track_key) as file:
                track = load_track(file)
            for stretch in _episodes(piece.outcome):
                writer.add_episode(_episode(shop, dataset_id, piece, track, stretch, order.signer))
                done_ms += accepted_ms((stretch,), piece.outcome.fps)
                tell(done_ms)
    lines = tuple(_lines(pieces))
    shares = ShareTable(BASIS, freeze_shares(lines), "")
    made_at = shop.clock.now()
    digest = writer.finish(_card(shop, order, dataset_id, number, shares))
    message = share_table_bytes(dataset_id, number, digest, BASIS, shares.parts)
    return DatasetVersion(
        dataset_id=dataset_id,
        version=number,
        agreement_id=order.agreement_id,
        purpose=order.purpose,
        path=str(order.target.resolve()),
        digest=digest,
        inputs_mac=_inputs_mac(shop, contract, order, pieces),
        made_at=made_at,
        episodes=lines,
        shares=replace(shares, signature=shop.keys.sign(message)),
        agreement_digest=order.agreement_digest,
    )


def _episode(
    shop: Shop, dataset_id: str, piece: _Piece, track: HandTrack, stretch: Stretch, signer: VideoSigner | None
) -> EpisodeInput:
    outcome, permit = piece.outcome, piece.permit
    recording = pseudonym(shop, dataset_id, "recording", piece.recording.recording_id)

    def write_video(target: Path) -> None:
        with shop.vault.open(permit, outcome.video_key) as video:
            remux_stretch(video, stretch.start_frame, stretch.end_frame, outcome.fps, target)
        if signer is not None:
            _sign_video(signer, VideoClaim(permit.agreement_id, permit.purpose, recording), target)

    return EpisodeInput(
        task=piece.recording.task,
        columns=compute_features(track, stretch),
        write_video=write_video,
        lineage=EpisodeLineage(
            worker=pseudonym(shop, dataset_id, "worker", permit.worker_uid),
            recording=recording,
            consent=pseudonym(shop, dataset_id, "consent", permit.consent_id),
            agreement=permit.agreement_id,
            purpose=permit.purpose,
            start_s=stretch.start_frame / outcome.fps,
            accepted_s=accepted_ms((stretch,), outcome.fps) / 1000,
        ),
    )


def _sign_video(signer: VideoSigner, claim: VideoClaim, video: Path) -> None:
    plain = video.with_suffix(".plain")
    video.rename(plain)
    with plain.open("rb") as source, video.open("w+b") as target:
        sign_mp4(signer, claim, source, target)
    plain.unlink()


def name_dataset_owner(agreement: Agreement) -> str:
    """Who owns a dataset, for the public: parties only where none of them can be a worker."""
    if agreement.kind == "individual":
        union_and_plant, plant = "the workers and the plant together", "the plant"
    else:
        union_and_plant, plant = " and ".join(agreement.parties), agreement.parties[-1]
    return {"shared": union_and_plant, "worker": "the workers", "plant": plant}[agreement.ownership["datasets"]]


def _card(shop: Shop, order: Order, dataset_id: str, number: int, shares: ShareTable) -> CardInput:
    """What the cards say; the share table in it names workers by the pseudonyms of this dataset only."""
    agreement = require_agreement(shop, order.agreement_id, order.agreement_digest)
    public = sorted(
        (pseudonym(shop, dataset_id, "worker", account.removeprefix("worker:")), part) for account, part in shares.parts
    )

    def sign_shares(digest: str) -> str:
        return shop.keys.sign(share_table_bytes(dataset_id, number, digest, shares.basis, public))

    return CardInput(
        name=order.target.resolve().name,
        version=number,
        agreement_id=order.agreement_id,
        purpose=order.purpose,
        owner=name_dataset_owner(agreement),
        territory=agreement.territory,
        shares=ShareTable(shares.basis, tuple(public), ""),
        made_on=shop.clock.now().date(),
        dataset_id=dataset_id,
        sign_shares=sign_shares,
        shop_key=shop.keys.public_key(),
        certificate=order.certificate,
    )
