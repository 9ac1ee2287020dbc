"""A shop in memory, with a clock that can be set and an engine that works in this process, one job after another.

Where a test is not about processing, the engine puts down what processing would have made: clean video and a hand
track by the real writers, sealed and committed like any other.
"""

import io
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tacit.flows.add_agreement import add_agreement
from tacit.flows.add_worker import add_worker
from tacit.flows.build_dataset import Built, Order, build_dataset
from tacit.flows.contract import Contract
from tacit.flows.evidence import Voice
from tacit.flows.find_cuts import find_cuts
from tacit.flows.find_marks import find_marks
from tacit.flows.footage_folder import read_footage_folder
from tacit.flows.give_consent import SaidYes, give_consent
from tacit.flows.give_release import give_release
from tacit.flows.grant_license import Granted, grant_license
from tacit.flows.ingest import Source, ingest
from tacit.flows.ports import Catalogue, Job, JobEnd, Keys, Shop
from tacit.flows.process import Processed, process
from tacit.flows.process_unit import compute_unit_id
from tacit.flows.run import RunResult
from tacit.flows.run import run as run_flow
from tacit.footage.apart import Prober
from tacit.footage.encode import CleanVideoWriter
from tacit.footage.maskfile import MaskWriter
from tacit.models.manifest import MANIFEST
from tacit.models.store import ModelStore
from tacit.motion.trackfile import save_track
from tacit.records.errors import ModelMissingError
from tacit.records.frames import CleanFrame
from tacit.records.hands import HandTrack
from tacit.records.license import Terms
from tacit.records.money import Money
from tacit.records.people import Consent
from tacit.records.permit import Action, Permit
from tacit.records.purposes import Purpose
from tacit.records.recording import Outcome, Recording, Stretch
from tacit.rights.agreement_file import read_agreement
from tacit.store.catalogue import SqlCatalogue
from tacit.store.keyring import MemoryKeyring
from tacit.store.objects import memory_objects
from tacit.store.vault import ObjectVault

CONSENTED = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
FILMED = CONSENTED + timedelta(hours=1)
TODAY = CONSENTED + timedelta(days=10)
TRAINING, RESEARCH = Purpose.TRAIN_ROBOT_SKILL, Purpose.RESEARCH
AGREEMENT_ID = "bench-agreement"
FPS, WIDTH, HEIGHT, N_FRAMES = 30, 64, 48, 45

AGREEMENT = f"""\
id = "{AGREEMENT_ID}"
kind = "collective"
parties = ["Bench Union", "Bench Works"]
jurisdiction = "IN"
valid_from = 2026-01-01
valid_to = 2028-12-31
purposes = ["train-robot-skill", "research"]
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
allowed = ["IN", "EU"]
[bounty]
currency = "INR"
per_accepted_hour = "2400.00"
floor_per_hour = "240.00"
[royalty]
pool_percent = "20"
remainder_to = "plant"
internal_run = "0.05"
split = {{ hours = "50", value = "50" }}
after_withdrawal = "keep-earning"
"""


class SetClock:
    """Stands still until it is set; every question is a microsecond later than the one before."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment."""
        self.moment += timedelta(microseconds=1)
        return self.moment


class SilentProgress:
    """Nobody waits."""

    @contextmanager
    def step(self, _what: str, _total: float) -> Iterator[Callable[[float], None]]:
        """Begin a step."""
        yield lambda _done: None


@dataclass
class InOrder:
    """An engine of one process, this one. `worked` names the jobs that were begun."""

    work: Callable[[Recording, Permit], Outcome]
    worked: list[str] = field(default_factory=list)

    def run(self, jobs: Sequence[Job], progress: Callable[[float], None]) -> Iterator[JobEnd]:
        """Run the jobs."""
        for job in jobs:
            self.worked.append(job.name)
            try:
                yield JobEnd(job, self.work(**job.arguments), None, "")
            except Exception as error:
                yield JobEnd(job, None, error, "")
            progress(job.weight)


def make_job(recording: Recording, permit: Permit) -> Job:
    return Job(recording.recording_id, "", {"recording": recording, "permit": permit}, 1.0, 60.0)


@pytest.fixture(scope="session")
def plain_video() -> bytes:
    """A few frames of grey as an mp4 file: enough to be taken in."""
    sink = io.BytesIO()
    with av.open(sink, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for _ in range(3):
            picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p")))
        container.mux(stream.encode())
    return sink.getvalue()


@pytest.fixture(scope="session")
def clean_video() -> bytes:
    """What the encoder makes of 45 frames of changing grey."""
    sink = io.BytesIO()
    with CleanVideoWriter(sink, WIDTH, HEIGHT, FPS) as writer:
        for index in range(N_FRAMES):
            picture = np.full((HEIGHT * 3 // 2, WIDTH), 100 + index, np.uint8)
            writer.write(CleanFrame(index, picture, False, np.zeros((0, 4), np.float32)))
    return sink.getvalue()


@pytest.fixture(scope="session")
def hand_track() -> bytes:
    """Two hands that sway for 45 frames, as the track file of a unit of work."""
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
    sink = io.BytesIO()
    save_track(HandTrack(FPS, **arrays), sink)
    return sink.getvalue()


@pytest.fixture(scope="session")
def masks() -> bytes:
    """A quarter of the picture is covered in each of 45 frames."""
    sink = io.BytesIO()
    writer = MaskWriter(sink, WIDTH, HEIGHT)
    for _ in range(N_FRAMES):
        writer.add(np.array([[0, 0, WIDTH / 2, HEIGHT / 2]], np.float32))
    writer.close()
    return sink.getvalue()


@dataclass
class Bench:
    """An open shop and shorthands for what every test does in it.

    made: what the engine makes: video, track, masks.
    """

    shop: Shop
    clock: SetClock
    folder: Path
    video: bytes
    made: tuple[bytes, bytes, bytes]
    engine: InOrder = field(init=False)
    contract: Contract = field(default_factory=lambda: Contract(FPS, WIDTH, HEIGHT))
    progress: SilentProgress = field(default_factory=SilentProgress)
    outcome: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engine = InOrder(self.put_down)

    @property
    def catalogue(self) -> Catalogue:
        return self.shop.catalogue

    @property
    def keys(self) -> Keys:
        return self.shop.keys

    @property
    def dataset(self) -> Path:
        return self.folder / "dataset"

    def put_down(self, recording: Recording, permit: Permit) -> Outcome:
        """Commit what processing would have made of a recording; `outcome` changes what it found."""
        unit_id = compute_unit_id(self.shop, self.contract, recording)
        outcome = replace(self._found(recording, unit_id), **self.outcome)
        for key, content in zip((outcome.video_key, outcome.track_key, outcome.masks_key), self.made, strict=True):
            with self.shop.vault.create(permit, key) as sink:
                sink.write(content)
        self.shop.vault.commit(permit, recording, outcome)
        return outcome

    def _found(self, recording: Recording, unit_id: str) -> Outcome:
        return Outcome(
            recording_id=recording.recording_id,
            unit_id=unit_id,
            usable=True,
            readable=True,
            reason="",
            video_key=f"{unit_id}/try-1/video.mp4",
            track_key=f"{unit_id}/try-1/track",
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
            masks_key=f"{unit_id}/try-1/masks",
            covered_share=0.25,
            marks=find_marks(self.shop, recording.recording_id),
            cuts=find_cuts(self.shop, recording.recording_id),
        )

    def film(self, name: str) -> Path:
        """A video file that no other name has the content of."""
        path = self.folder / name
        path.write_bytes(self.video + struct.pack(">I4s", 8 + len(name), b"free") + name.encode())
        return path

    def agree(self) -> None:
        """Add the agreement."""
        path = self.folder / "agreement.toml"
        path.write_text(AGREEMENT, encoding="utf-8")
        add_agreement(self.shop, *read_agreement(path))

    def enrol(self, label: str, pin: str = "", purposes: Sequence[Purpose] = (TRAINING, RESEARCH)) -> Consent:
        """Add a worker who says yes."""
        add_worker(self.shop, label, f"{label} of the bench", "en", pin)
        return self.say_yes(label, pin, purposes)

    def say_yes(
        self,
        label: str,
        pin: str = "",
        purposes: Sequence[Purpose] = (TRAINING, RESEARCH),
        at: datetime = CONSENTED,
    ) -> Consent:
        return give_consent(self.shop, label, AGREEMENT_ID, purposes, at, SaidYes(None, pin))

    def source(self, path: Path, label: str, filmed_at: datetime = FILMED) -> Source:
        return Source(path, label, AGREEMENT_ID, "move the block", "bench-1", filmed_at, TRAINING)

    def take_in(self, label: str, name: str, filmed_at: datetime = FILMED) -> Recording:
        return ingest(self.shop, self.source(self.film(name), label, filmed_at))

    def process(self, purpose: Purpose = TRAINING) -> list[Processed]:
        everything = self.catalogue.recordings()
        return process(self.shop, self.engine, self.contract, make_job, purpose, everything, self.progress)

    def release(self, recording: Recording, pin: str = "") -> None:
        give_release(self.shop, recording, Voice(pin=pin))

    def build(self, target: Path | None = None, purpose: Purpose = TRAINING) -> Built:
        order = Order(AGREEMENT_ID, purpose, None, target or self.dataset)
        return build_dataset(self.shop, self.contract, order, self.progress)

    def license(self, target: Path | None = None, **changes: Any) -> Granted:
        """Grant a licence of the dataset, with a release of its own."""
        asked = {
            "dataset": str(self.dataset),
            "licensee": "Hand Lab",
            "purposes": frozenset({TRAINING}),
            "territory": ("EU",),
            "valid_until": date(2027, 6, 30),
            "price": Money("INR", 1_000_000),
        }
        return grant_license(self.shop, self.contract, Terms(**(asked | changes)), self.progress, target)

    def fill(self, *labels: str, pin: str = "") -> dict[str, Recording]:
        """An agreement, workers, a released and processed recording of each, and a dataset of all of them."""
        self.agree()
        recordings = {}
        for label in labels:
            self.enrol(label, pin)
            recordings[label] = self.take_in(label, f"{label}.mp4")
        self.process()
        for recording in recordings.values():
            self.release(recording, pin)
        assert self.build().version is not None
        return recordings

    def run(self, footage: str, target: Path | None = None) -> RunResult:
        """Run the main job on what a footage.toml in the folder declares."""
        (self.folder / "footage.toml").write_text(footage, encoding="utf-8")
        (self.folder / "agreement.toml").write_text(AGREEMENT, encoding="utf-8")
        declared = read_footage_folder(self.folder)
        return run_flow(
            self.shop, self.engine, self.contract, make_job, declared, target or self.dataset, self.progress
        )

    def uid(self, label: str) -> str:
        """The opaque id of a worker."""
        worker = self.catalogue.find_worker(label)
        assert worker is not None
        return worker.worker_uid

    def permit(self, label: str, action: Action = Action.DERIVE) -> Permit:
        """Leave to open what is of one worker, as a test needs it that looks into the vault."""
        return Permit(action, TRAINING, self.uid(label), "con-test", AGREEMENT_ID, "", self.clock.now())


@pytest.fixture
def objects() -> Any:
    """An empty object store in memory."""
    return memory_objects()


@pytest.fixture(scope="session")
def prober() -> Iterator[Prober]:
    """Looks at video files in one process for all tests."""
    prober = Prober()
    yield prober
    prober.close()


@pytest.fixture(scope="session")
def make_bench(
    prober: Prober, plain_video: bytes, clean_video: bytes, hand_track: bytes, masks: bytes
) -> Callable[[Path, Any], Bench]:
    """Makes empty shops in memory, each over a folder and an object store of its own; close their catalogues."""

    def make(folder: Path, objects: Any) -> Bench:
        keys, clock = MemoryKeyring(bytes(range(32)), "shop-test"), SetClock(TODAY)
        catalogue = SqlCatalogue("sqlite://", keys)
        shop = Shop("shop-test", keys, ObjectVault(objects, keys), catalogue, clock, prober)
        return Bench(shop, clock, folder, plain_video, (clean_video, hand_track, masks))

    return make


@pytest.fixture
def bench(tmp_path: Path, objects: Any, make_bench: Callable[[Path, Any], Bench]) -> Iterator[Bench]:
    """An empty shop in memory."""
    bench = make_bench(tmp_path, objects)
    yield bench
    bench.catalogue.close()


@pytest.fixture(scope="session")
def models() -> ModelStore:
    """The model store that the command line would use; skips where a model is missing."""
    cache = os.environ.get("TACIT_MODELS") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tacit"
    store = ModelStore(Path(cache))
    try:
        for entry in MANIFEST:
            store.path(entry.name)
    except ModelMissingError as error:
        pytest.skip(str(error))
    return store
