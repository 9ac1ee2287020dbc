"""One worker out of 100 withdraws: when it is denied, and what the rest costs beside how much of it is theirs.

    python -m benchmarks.withdraw [--recordings 100 1000 10000] [--episodes 10000] [--folder F] [--json] [--profile F]

For each number of recordings a shop on disk is made: SQLite, object files, keyring. The leaving worker has that many
recordings, of which one in ten, at least 100, is in a dataset of the given number of episodes; the rest of its episodes
are of 99 others. A recording is 45 frames of 64 x 48 pixels: clean video, track and masks as sealed objects of about
6 kB, by the real writers; the dataset is made by the real builder (that takes minutes for 10,000 and is not part of a
figure). Measured is the real flow: `denied`, from the call until the no is durable; `erased`, key, objects, rows and
pay; `anew`, the next version of the dataset without them, published; `certificate`. Of the rest, `copied` says how much
a rebuild from sealed objects would take at the rate of the first build.
"""

import argparse
import cProfile
import io
import json
import os
import shutil
import struct
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from tacit.flows.add_agreement import add_agreement
from tacit.flows.add_worker import add_worker
from tacit.flows.build_dataset import Order, build_dataset
from tacit.flows.contract import Contract
from tacit.flows.give_consent import SaidYes, give_consent
from tacit.flows.ports import Shop
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.footage.encode import CleanVideoWriter
from tacit.footage.maskfile import MaskWriter
from tacit.motion.trackfile import save_track
from tacit.records.frames import CleanFrame
from tacit.records.hands import HandTrack
from tacit.records.people import Release
from tacit.records.permit import Action, Permit
from tacit.records.purposes import Evidence, Purpose
from tacit.records.recording import Outcome, Recording, Stretch
from tacit.rights.agreement_file import read_agreement
from tacit.store.catalogue import SqlCatalogue, create_catalogue
from tacit.store.keyring import FileKeyring
from tacit.store.objects import file_objects
from tacit.store.vault import ObjectVault

FPS, WIDTH, HEIGHT, N_FRAMES = 30, 64, 48, 45
N_WORKERS = 100
LEAVER = "leaver"
_TRAINING = Purpose.TRAIN_ROBOT_SKILL
_AGREED_AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_AGREEMENT = """\
id = "bench"
kind = "collective"
parties = ["Bench Union", "Bench Works"]
jurisdiction = "DE"
valid_from = 2026-01-01
valid_to = 2028-12-31
purposes = ["train-robot-skill"]
review_hold_h = 72
raw_retention_days = 30
group_size_min = 5
[title]
en = "Agreement on filming bench work"
[ownership]
footage = "worker"
datasets = "shared"
skills = "plant"
[territory]
allowed = ["EU"]
[bounty]
currency = "EUR"
per_accepted_hour = "24.00"
floor_per_hour = "2.40"
[royalty]
pool_percent = "20"
remainder_to = "plant"
internal_run = "0.05"
split = { hours = "50", value = "50" }
after_withdrawal = "keep-earning"
"""


class _Clock:
    def now(self) -> datetime:
        """The moment."""
        return datetime.now(UTC)


class SilentProgress:
    """Nobody waits."""

    @contextmanager
    def step(self, _what: str, _total: float) -> Iterator[Any]:
        """Begin a step."""
        yield lambda _done: None


class _Timed:
    """Passes every call on, and notes when the first call of some name ended."""

    def __init__(self, real: Any, marks: dict[str, float], names: frozenset[str]) -> None:
        self._real, self._marks, self._names = real, marks, names

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if name not in self._names:
            return found

        def call(*arguments: Any) -> Any:
            result = found(*arguments)
            self._marks.setdefault(name, time.perf_counter())
            return result

        return call


def make_objects() -> tuple[bytes, bytes, bytes]:
    """Clean video, track and masks of one tiny recording."""
    video, track, masks = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with CleanVideoWriter(video, WIDTH, HEIGHT, FPS) as writer:
        for index in range(N_FRAMES):
            picture = np.full((HEIGHT * 3 // 2, WIDTH), 100 + index, np.uint8)
            writer.write(CleanFrame(index, picture, False, np.zeros((0, 4), np.float32)))
    rng = np.random.default_rng(1)
    sway = 0.05 * np.sin(np.arange(N_FRAMES) / 9)[:, None, None, None]
    xyz = rng.normal(0, 0.04, (1, 2, 21, 3)) + sway + np.array([0, 0, 0.5])
    arrays = {
        "px": (xyz[..., :2] / xyz[..., 2:] * 60 + (WIDTH / 2, HEIGHT / 2)).astype(np.float32),
        "xyz": xyz.astype(np.float32),
        "seen": np.ones((N_FRAMES, 2), np.float32),
        "sigma_m": np.full((N_FRAMES, 2), 0.05, np.float32),
        "n_hands": np.full(N_FRAMES, 2, np.uint8),
    }
    save_track(HandTrack(FPS, **arrays), track)
    mask_writer = MaskWriter(masks, WIDTH, HEIGHT)
    for _ in range(N_FRAMES):
        mask_writer.add(np.array([[0, 0, WIDTH / 2, HEIGHT / 2]], np.float32))
    mask_writer.close()
    return video.getvalue(), track.getvalue(), masks.getvalue()


def open_shop(root: Path) -> Shop:
    """A new shop on disk."""
    (root / "shop").mkdir(parents=True)
    keys = FileKeyring(root / "keys", bytes(range(32)), "shop-bench")
    url = f"sqlite:///{root / 'shop/catalogue.sqlite'}"
    create_catalogue(url)
    vault = ObjectVault(file_objects(root / "shop/objects"), keys)
    return Shop("shop-bench", keys, vault, SqlCatalogue(url, keys), _Clock(), None)  # type: ignore[arg-type]


def fill(shop: Shop, root: Path, n_recordings: int, n_episodes: int) -> None:
    """Put 100 workers with their recordings into the shop; as many are released as the dataset is to have episodes."""
    path = root / "agreement.toml"
    path.write_text(_AGREEMENT, encoding="utf-8")
    add_agreement(shop, *read_agreement(path))
    n_released = max(n_recordings // 10, 100)
    others = n_episodes - n_released
    made = make_objects()
    number = 0
    with shop.catalogue.transaction():
        for index in range(N_WORKERS):
            label = LEAVER if index == N_WORKERS // 2 else f"worker-{index}"
            worker = add_worker(shop, label, "", "en")
            said = give_consent(shop, label, "bench", [_TRAINING], _AGREED_AT, SaidYes(None, ""))
            permit = Permit(
                Action.DERIVE, _TRAINING, worker.worker_uid, said.consent_id, "bench", said.agreement_digest, _AGREED_AT
            )
            place = index if index < N_WORKERS // 2 else index - 1
            mine = others * (place + 1) // (N_WORKERS - 1) - others * place // (N_WORKERS - 1)
            for count in range(n_recordings if label == LEAVER else mine):
                number += 1
                released = count < n_released if label == LEAVER else True
                _put_recording(shop, permit, number, made, released)


def _put_recording(shop: Shop, permit: Permit, number: int, made: tuple[bytes, ...], released: bool) -> None:
    uid, unit = permit.worker_uid, f"unit-{number:016d}"
    recording = Recording(
        recording_id=f"rec-{number:016d}",
        worker_uid=uid,
        agreement_id="bench",
        source_path=f"/films/{number}.mp4",
        content_mac=struct.pack(">32xQ", number).hex(),
        task="move the block",
        station="bench-1",
        started_at=_AGREED_AT + timedelta(hours=1),
        position=-1,
        agreement_digest=permit.agreement_digest,
    )
    outcome = Outcome(
        recording_id=recording.recording_id,
        unit_id=unit,
        usable=True,
        readable=True,
        reason="",
        video_key=f"{unit}/1/video.mp4",
        track_key=f"{unit}/1/track",
        width=WIDTH,
        height=HEIGHT,
        fps=FPS,
        n_frames=N_FRAMES,
        hands_fraction=1.0,
        two_hands_fraction=1.0,
        faces_frames=0,
        stretches=(Stretch(0, 30),),
        accepted_ms=1000,
        payable_ms=1000,
        filmed_ms=1500,
        cpu_ms=1,
        masks_key=f"{unit}/1/masks",
    )
    recording = shop.catalogue.add_recording(recording)
    for key, content in zip(outcome.object_keys, made, strict=True):
        with shop.vault.create(permit, key) as sink:
            sink.write(content)
    shop.vault.commit(permit, recording, outcome)
    shop.catalogue.set_outcome(outcome, _AGREED_AT)
    if released:
        shop.catalogue.add_release(
            Release(recording.recording_id, uid, _AGREED_AT + timedelta(hours=2), Evidence.DECLARED, "")
        )


def measure(n_recordings: int, n_episodes: int, profile: str, folder: Path | None) -> dict[str, Any]:
    """Make a shop, withdraw, and say what took how long."""
    root = Path(tempfile.mkdtemp(prefix="tacit-bench-withdraw-", dir=folder))
    try:
        shop = open_shop(root)
        fill(shop, root, n_recordings, n_episodes)
        contract = Contract(FPS, WIDTH, HEIGHT)
        began = time.perf_counter()
        build_dataset(shop, contract, Order("bench", _TRAINING, None, root / "dataset"), SilentProgress())
        built_s = time.perf_counter() - began
        marks: dict[str, float] = {}
        timed = replace(
            shop,
            catalogue=_Timed(
                shop.catalogue, marks, frozenset({"set_certificate", "erase_worker", "note_episode_sources"})
            ),
        )
        profiler = cProfile.Profile(time.process_time) if profile else None
        if profiler is not None:
            profiler.enable()
        began, cpu_began = time.perf_counter(), time.process_time()
        done = withdraw_consent(timed, contract, LEAVER, (), SilentProgress())
        ended, cpu_s = time.perf_counter(), time.process_time() - cpu_began
        if profiler is not None:
            profiler.disable()
            profiler.dump_stats(profile)
        (replaced,) = done.replaced
        left = len(replaced.version.episodes) if replaced.version is not None else 0
        return {
            "recordings": n_recordings,
            "episodes": n_episodes,
            "episodes_left": left,
            "objects": done.n_objects,
            "denied_ms": 1000 * (marks["set_certificate"] - began),
            "erased_s": marks["erase_worker"] - marks["set_certificate"],
            "anew_s": ended - marks["erase_worker"],
            "whole_s": ended - began,
            "whole_cpu_s": cpu_s,
            "copied_s": built_s * left / n_episodes,
        }
    finally:
        shutil.rmtree(root)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--recordings", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--episodes", type=int, default=10_000)
    parser.add_argument("--profile", default="", help="Write a profile of the last withdrawal.")
    parser.add_argument("--folder", type=Path, help="Where to work; a folder in memory leaves the disk's waiting out.")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = [measure(count, asked.episodes, asked.profile, asked.folder) for count in asked.recordings]
    if asked.json:
        json.dump({"cpus": os.cpu_count(), "figures": figures}, sys.stdout, indent=2)
        return
    for one in figures:
        print(f"{one['recordings']} recordings of the worker, a dataset of {one['episodes']} episodes:")
        print(f"  denied in {one['denied_ms']:.1f} ms")
        print(f"  key, rows, pay and {one['objects']} objects: {one['erased_s']:.1f} s")
        print(f"  dataset anew, {one['episodes_left']} episodes left: {one['anew_s']:.1f} s")
        print(f"  (made from sealed objects it would take about {one['copied_s']:.0f} s)")
        print(f"  all of it: {one['whole_s']:.1f} s, {one['whole_cpu_s']:.1f} s of processor time")


if __name__ == "__main__":
    main()
