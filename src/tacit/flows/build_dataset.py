"""Builds a dataset of everything that may be in it, and freezes who shares in its income (rules R1, R4, R6, M6)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from tacit.datasets.cards import CardInput
from tacit.datasets.episode import EpisodeInput, EpisodeLineage
from tacit.datasets.features import DatasetSpec
from tacit.datasets.manifest import MANIFEST
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
from tacit.flows.choose_footage import Piece, are_current, check_still_allowed, choose, is_anything_left
from tacit.flows.contract import Contract
from tacit.flows.dataset_order import Built, Order
from tacit.flows.find_dataset import dataset_id_of, find_newest
from tacit.flows.find_edition import Edition, find_edition
from tacit.flows.gate import LOOK_EVERY
from tacit.flows.ports import Progress, Shop
from tacit.flows.take_over import Earlier
from tacit.footage.remux import remux_stretch
from tacit.money.sharetable import BASIS, freeze_shares
from tacit.motion.metres import assumed_intrinsics
from tacit.motion.quality import accepted_ms
from tacit.motion.state import compute_features
from tacit.motion.trackfile import load_track
from tacit.records.agreement import Agreement
from tacit.records.dataset import DatasetVersion, EpisodeLine, EpisodeSource, ShareTable
from tacit.records.errors import BuildOvertakenError, ForeignFolderError, MissingObjectError
from tacit.records.hands import HandTrack
from tacit.records.recording import Outcome, Stretch
from tacit.seal.c2pa import VideoClaim, VideoSigner, sign_mp4
from tacit.seal.canonical import canonical_json
from tacit.seal.signed_shares import share_table_bytes

_TRIES = 3  # of a build that others overtake; the second one usually finds that theirs is the same


def build_dataset(shop: Shop, contract: Contract, order: Order, progress: Progress) -> Built:
    """Build a dataset at its target; where the same is there already, nothing is written.

    Where nothing may be in it any more, an older version of it at the target is removed, if all its footage was taken
    back by its workers; a pause, or an agreement that ended, takes nothing away.

    Raises:
        ForeignFolderError: The target holds something that is not a dataset of ours.
        RefusedError: A worker took something back while it was being built; nothing was published.
        BuildOvertakenError: Other processes kept building it at the same time.
    """
    agreement = require_agreement(shop, order.agreement_id, order.agreement_digest)
    order = replace(order, agreement_digest=agreement.digest)
    require_replaceable(order.target)
    if order.release is None and (order.target / MANIFEST).exists():
        raise ForeignFolderError(str(order.target), "a release for a licensee lies in it")
    for _ in range(_TRIES):
        built = _build(shop, contract, order, progress)
        if built is not None:
            return built
    raise BuildOvertakenError(str(order.target))


def _build(shop: Shop, contract: Contract, order: Order, progress: Progress) -> Built | None:
    """Build once; None where another process made a version meanwhile, or what it is built from changed."""
    pieces, refused = choose(shop, order)
    dataset_id = order.release.dataset_id if order.release is not None else dataset_id_of(shop, order.target)
    before = find_newest(shop, dataset_id)
    inputs_mac = _inputs_mac(shop, contract, order, pieces)
    may_reuse = order.release is None or order.release.reuse
    if may_reuse and before is not None and before.inputs_mac == inputs_mac and _is_there(before, order):
        return Built(before, refused)
    if not pieces:
        if find_dataset_id(order.target) == dataset_id and not is_anything_left(shop, order, before):
            remove_dataset(order.target)
        return Built(None, refused)
    number = before.version + 1 if before is not None else 1
    with build_folder(order.target) as folder:
        try:
            earlier = before if before is not None and _is_there(before, order) else None
            version, sources = _write(shop, contract, order, folder, pieces, dataset_id, number, earlier, progress)
        except MissingObjectError:
            if are_current(shop, pieces):
                raise
            return None  # a recording was processed anew meanwhile, and what it replaced was swept away
        if order.release is not None:
            order.release.finish(folder, version)
        # First the version becomes known, then real. A withdrawal comes before either look and is seen here, or after
        # the first and finds the version. The renames are all that happens under the second lock.
        with shop.catalogue.transaction():
            check_still_allowed(shop, order, pieces)
            if find_newest(shop, dataset_id) != before or not are_current(shop, pieces):
                return None
            shop.catalogue.add_dataset_version(version)
            shop.catalogue.note_episode_sources(version.dataset_id, version.version, sources)
        with shop.catalogue.transaction():
            check_still_allowed(shop, order, pieces)
            if find_newest(shop, dataset_id) != version or not are_current(shop, pieces):
                return None
            if order.release is not None:
                order.release.register(version)
            publish(folder, order.target)
    heal(order.target)
    return Built(version, refused)


def _inputs_mac(shop: Shop, contract: Contract, order: Order, pieces: Sequence[Piece]) -> str:
    """Keyed digest of all that goes into a build: episodes, units of work, tasks, consents, and the form."""
    inputs: dict[str, Any] = {
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
    if order.release is not None:
        inputs["release"] = [order.release.dataset_id, order.release.purposes, order.release.terms]
    return shop.keys.mac("dataset-inputs", canonical_json(inputs)).hex()


def _is_there(version: DatasetVersion, order: Order) -> bool:
    """True where the target holds that version, with its videos signed as ordered."""
    return find_digest(order.target) == version.digest and find_certificate(order.target) == order.certificate


def pseudonym(shop: Shop, dataset_id: str, kind: str, name: str) -> str:
    """What stands for a worker, recording or consent in one dataset; another dataset has another one."""
    return shop.keys.mac(f"pseudonym/{dataset_id}", f"{kind} {name}".encode()).hex()[:32]


def _episodes(outcome: Outcome) -> Iterator[Stretch]:
    """The stretches as episodes: without the last frame of the recording, which has no next state to act towards."""
    for stretch in outcome.stretches:
        yield replace(stretch, end_frame=min(stretch.end_frame, outcome.n_frames - 1))


def _lines(pieces: Sequence[Piece]) -> Iterator[EpisodeLine]:
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
    pieces: Sequence[Piece],
    dataset_id: str,
    number: int,
    earlier: DatasetVersion | None,
    progress: Progress,
) -> tuple[DatasetVersion, list[EpisodeSource]]:
    """Write a version, taking over what lies in the folder already; also says what each episode was made from."""
    spec = DatasetSpec(
        fps=contract.fps,
        width=contract.width,
        height=contract.height,
        frame="camera",
        intrinsics=assumed_intrinsics(contract.width, contract.height, contract.assemble.metres),
        distortion=(),
    )
    writer = DatasetWriter(folder, spec)
    known = Earlier(shop, earlier, order.target, spec) if earlier is not None else None
    with progress.step("Writing the dataset", sum(piece.outcome.accepted_ms for piece in pieces)) as tell:
        done_ms, looked_at, log_at = 0, shop.clock.now(), shop.catalogue.log_root()
        for piece in pieces:
            if shop.clock.now() - looked_at > LOOK_EVERY:
                if shop.catalogue.log_root() != log_at:  # whoever decides anything puts it there
                    log_at = shop.catalogue.log_root()
                    check_still_allowed(shop, order, pieces)
                looked_at = shop.clock.now()
            load = cache(partial(_load_track, shop, piece))  # once for all episodes of a recording, if at all
            for stretch in _episodes(piece.outcome):
                lineage = _lineage(shop, dataset_id, piece, stretch)
                if known is None or not _take_over(writer, known, piece, stretch, lineage):
                    writer.add_episode(_episode(shop, piece, load(), stretch, order.signer, lineage))
                done_ms += accepted_ms((stretch,), piece.outcome.fps)
                tell(done_ms)
    lines = tuple(_lines(pieces))
    shares = ShareTable(BASIS, freeze_shares(lines), "")
    made_at = shop.clock.now()
    inputs_mac = _inputs_mac(shop, contract, order, pieces)
    edition = Edition(number, made_at.date())
    if order.release is None:  # a licensee is told of every version by a notice; the plant must not read who left (R7)
        before = list(_versions_of(shop, dataset_id))
        edition = find_edition(before, lines, inputs_mac, made_at)
    digest = writer.finish(_card(shop, order, dataset_id, edition, shares))
    message = share_table_bytes(dataset_id, number, digest, BASIS, shares.parts)
    units = (piece.outcome.unit_id for piece in pieces for _ in _episodes(piece.outcome))
    sources = [EpisodeSource(unit_id, content) for unit_id, content in zip(units, writer.contents, strict=True)]
    version = DatasetVersion(
        dataset_id=dataset_id,
        version=number,
        agreement_id=order.agreement_id,
        purpose=order.purpose,
        path=str(order.target.resolve()),
        digest=digest,
        inputs_mac=inputs_mac,
        made_at=made_at,
        episodes=lines,
        shares=replace(shares, signature=shop.keys.sign(message)),
        agreement_digest=order.agreement_digest,
        release_of=order.release.source_id if order.release is not None else "",
    )
    return version, sources


def _versions_of(shop: Shop, dataset_id: str) -> Iterator[DatasetVersion]:
    """Every version of one dataset, in the order made."""
    for head in shop.catalogue.dataset_heads():
        if head.dataset_id == dataset_id:
            version = shop.catalogue.find_dataset_version(dataset_id, head.version)
            if version is not None:
                yield version


def _take_over(writer: DatasetWriter, known: Earlier, piece: Piece, stretch: Stretch, lineage: EpisodeLineage) -> bool:
    """Take an episode over from the version before; False where it has to be made from the sealed objects."""
    recording, consent_id, unit_id = piece.recording, piece.permit.consent_id, piece.outcome.unit_id
    found = known.find(recording.recording_id, consent_id, unit_id, stretch, lineage, recording.task)
    return found is not None and writer.take_over(known.folder, *found)


def _load_track(shop: Shop, piece: Piece) -> HandTrack:
    with shop.vault.open(piece.permit, piece.outcome.track_key) as file:
        return load_track(file)


def _lineage(shop: Shop, dataset_id: str, piece: Piece, stretch: Stretch) -> EpisodeLineage:
    """What an episode rests on, for the dataset's own rows."""
    permit, fps = piece.permit, piece.outcome.fps
    return EpisodeLineage(
        worker=pseudonym(shop, dataset_id, "worker", permit.worker_uid),
        recording=pseudonym(shop, dataset_id, "recording", piece.recording.recording_id),
        consent=pseudonym(shop, dataset_id, "consent", permit.consent_id),
        agreement=permit.agreement_id,
        purpose=permit.purpose,
        start_s=stretch.start_frame / fps,
        accepted_s=accepted_ms((stretch,), fps) / 1000,
    )


def _episode(
    shop: Shop, piece: Piece, track: HandTrack, stretch: Stretch, signer: VideoSigner | None, lineage: EpisodeLineage
) -> EpisodeInput:
    outcome, permit = piece.outcome, piece.permit

    def write_video(target: Path) -> None:
        with shop.vault.open(permit, outcome.video_key) as video:
            remux_stretch(video, stretch.start_frame, stretch.end_frame, outcome.fps, target)
        if signer is not None:
            _sign_video(signer, VideoClaim(permit.agreement_id, permit.purpose, lineage.recording), target)

    return EpisodeInput(
        task=piece.recording.task,
        columns=compute_features(track, stretch),
        write_video=write_video,
        lineage=lineage,
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


def _card(shop: Shop, order: Order, dataset_id: str, edition: Edition, shares: ShareTable) -> CardInput:
    """What the cards say; the share table in it names workers by the pseudonyms of this dataset only."""
    agreement = require_agreement(shop, order.agreement_id, order.agreement_digest)
    public = sorted(
        (pseudonym(shop, dataset_id, "worker", account.removeprefix("worker:")), part) for account, part in shares.parts
    )

    def sign_shares(digest: str) -> str:
        return shop.keys.sign(share_table_bytes(dataset_id, edition.number, digest, shares.basis, public))

    return CardInput(
        name=order.target.resolve().name,
        version=edition.number,
        agreement_id=order.agreement_id,
        purpose=order.purpose,
        owner=name_dataset_owner(agreement),
        territory=agreement.territory,
        shares=ShareTable(shares.basis, tuple(public), ""),
        made_on=edition.made_on,
        dataset_id=dataset_id,
        sign_shares=sign_shares,
        shop_key=shop.keys.public_key(),
        certificate=order.certificate,
        license_terms=order.release.terms if order.release is not None else "",
    )
