"""Small real episodes: smooth made-up hands, and H.264 video of moving stripes."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from tacit.datasets.cards import CardInput
from tacit.datasets.episode import Columns, EpisodeInput, EpisodeLineage
from tacit.datasets.features import DatasetSpec
from tacit.datasets.publish import build_folder, heal, publish
from tacit.datasets.writer import DatasetWriter
from tacit.records.dataset import ShareTable
from tacit.records.purposes import Purpose
from tacit.seal.signatures import public_key_of, sign
from tacit.seal.signed_shares import share_table_bytes

SHOP_KEY = bytes(32)
SPEC = DatasetSpec(30, 64, 48, "camera", {"fx": 50.0, "fy": 50.0, "cx": 32.0, "cy": 24.0}, ())


def pseudonym(number: int) -> str:
    return f"{number:016x}"


def write_video(path: Path, n_frames: int, seed: int, gop: int = 15, b_frames: int = 0) -> None:
    options = {"preset": "veryfast", "g": str(gop), "keyint_min": str(gop), "sc_threshold": "0", "bf": str(b_frames)}
    stripes = np.arange(SPEC.width) * 4
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", SPEC.fps, options=options)
        stream.width, stream.height, stream.pix_fmt = SPEC.width, SPEC.height, "yuv420p"
        for k in range(n_frames):
            picture = np.zeros((SPEC.height, SPEC.width, 3), np.uint8)
            picture[:, :, 0] = stripes + 3 * k
            picture[:, :, 1] = 40 * (seed % 6)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def make_columns(n_frames: int, seed: int) -> dict[str, np.ndarray]:
    """Features of hands that wave: every column moves, quaternions are unit, action is the next state."""
    rng = np.random.default_rng(seed)
    t = np.arange(n_frames + 1)[:, None] / 7

    def waves(width: int, scale: float) -> np.ndarray:
        return scale * np.sin(t * rng.uniform(0.5, 1.5, width) + rng.uniform(0, 6, width))

    def turning(width: int = 4) -> np.ndarray:
        q = waves(width, 1.0) + np.array([3, 0, 0, 0])
        return q / np.linalg.norm(q, axis=1, keepdims=True)

    state = np.concatenate([waves(3, 0.2), turning(), waves(1, 0.05), waves(3, 0.2), turning(), waves(1, 0.05)], axis=1)
    state = state.astype(np.float32)
    seen = np.ones((n_frames + 1, 2), np.float32)
    seen[3::11, 0] = 0.5
    seen[5::13, 1] = 0
    columns = {
        "observation.hands.px": waves(84, 20)[:-1] + 30,
        "observation.hands.xyz": waves(126, 0.2)[:-1],
        "observation.hands.seen": seen[:-1],
        "observation.hands.sigma": np.abs(waves(2, 0.02))[:-1] + 0.01,
        "observation.camera": np.tile([0, 0, 0, 1, 0, 0, 0], (n_frames, 1)),
        "observation.state": state[:-1],
        "action": state[1:],
        "action.valid": (seen[:-1] == 1) & (seen[1:] == 1),
    }
    return {name: values.astype(np.float32) for name, values in columns.items()}


def moving_camera(columns: Columns) -> dict[str, np.ndarray]:
    """The same episode with a camera that moves, and validity that comes and goes, as a sceptical checker wants it."""
    n_frames = len(columns["action"])
    camera = make_columns(n_frames, 99)["observation.state"][:, :7]
    odd = np.arange(n_frames) % 2
    valid = np.stack([odd, 1 - odd], axis=1).astype(np.float32)
    return {**columns, "observation.camera": camera, "action.valid": valid}


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """The makers above, for tests that need their parts."""
    return SimpleNamespace(
        spec=SPEC,
        pseudonym=pseudonym,
        write_video=write_video,
        make_columns=make_columns,
        moving_camera=moving_camera,
    )


@pytest.fixture
def make_episode() -> Callable[..., EpisodeInput]:
    def make(n_frames: int = 45, seed: int = 0, worker: int = 1, task: str = "stack blocks") -> EpisodeInput:
        lineage = EpisodeLineage(
            worker=pseudonym(worker),
            recording=pseudonym(100 + seed),
            consent=pseudonym(200 + worker),
            agreement="pilot-1",
            purpose=Purpose.TRAIN_ROBOT_SKILL,
            start_s=0.5 * seed,
            accepted_s=round(1000 * n_frames / SPEC.fps) / 1000,
        )
        columns = make_columns(n_frames, seed)
        return EpisodeInput(task, columns, lambda path: write_video(path, n_frames, seed), lineage)

    return make


@pytest.fixture
def card() -> CardInput:
    shares = ShareTable("accepted milliseconds", ((pseudonym(1), 3000), (pseudonym(2), 1500)), "ab" * 64)
    return CardInput(
        "blocks",
        1,
        "pilot-1",
        Purpose.TRAIN_ROBOT_SKILL,
        "the plant",
        ("IN",),
        shares,
        date(2026, 11, 2),
        "ds-1",
        lambda digest: f"signed {digest[:8]}",
        "ab",
    )


@pytest.fixture
def write_dataset(card: CardInput) -> Callable[..., Path]:
    """Write episodes into a folder and finish; the share table counts their accepted time and is signed."""

    def write(folder: Path, *episodes: EpisodeInput, spec: DatasetSpec = SPEC) -> Path:
        folder.mkdir(parents=True)
        writer = DatasetWriter(folder, spec)
        for episode in episodes:
            writer.add_episode(episode)
        accepted_ms: Counter[str] = Counter()
        for episode in episodes:
            accepted_ms[episode.lineage.worker] += round(1000 * episode.lineage.accepted_s)
        shares = replace(card.shares, parts=tuple(sorted(accepted_ms.items())))

        def sign_shares(digest: str) -> str:
            table = share_table_bytes(card.dataset_id, card.version, digest, shares.basis, shares.parts)
            return sign(SHOP_KEY, table)

        writer.finish(replace(card, shares=shares, sign_shares=sign_shares, shop_key=public_key_of(SHOP_KEY)))
        return folder

    return write


@pytest.fixture
def dataset(tmp_path: Path, make_episode: Callable[..., EpisodeInput], write_dataset: Callable[..., Path]) -> Path:
    """Three episodes of two workers and two tasks."""
    return write_dataset(
        tmp_path / "dataset",
        make_episode(45, seed=0, worker=1),
        make_episode(50, seed=1, worker=2, task="sort blocks"),
        make_episode(40, seed=2, worker=1),
    )


@pytest.fixture
def publish_dataset(make_episode: Callable[..., EpisodeInput], card: CardInput) -> Callable[[Path, int], None]:
    """Build one episode with that seed and publish it, as a flow does."""

    def make(target: Path, seed: int) -> None:
        with build_folder(target) as folder:
            writer = DatasetWriter(folder, SPEC)
            writer.add_episode(make_episode(8, seed=seed))
            writer.finish(card)
            publish(folder, target)
        heal(target)

    return make
