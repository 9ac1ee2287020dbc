"""What wiring does by itself: where a shop lies, what opens it, time limits of jobs, what a killed `init` left."""

import struct
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest

from tacit.records.errors import MissingSecretError
from tacit.records.permit import Action, Permit
from tacit.records.purposes import Purpose
from tacit.records.recording import Recording
from tacit.wiring import Environment, KeySource, OpenShop, create_shop, open_shop

MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
PERMIT = Permit(Action.DERIVE, Purpose.TRAIN_ROBOT_SKILL, "w-1", "c-1", "a-1", "d1", MOMENT)


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(tmp_path / "keys", tmp_path / "models", None)


@pytest.fixture
def opened(tmp_path: Path, environment: Environment) -> OpenShop:
    return create_shop(tmp_path / "shop", environment, 30, 64, 64, KeySource.FILE)


def film(path: Path, container_format: str, **options: str) -> Path:
    """Ten seconds of grey at one picture a second."""
    with av.open(str(path), "w", format=container_format, options=options) as container:
        stream = container.add_stream("libx264", rate=1)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(10):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((72, 64), 128, np.uint8), "yuv420p")))
        container.mux(stream.encode())
    return path


def job_of(opened: OpenShop, path: str | Path) -> tuple[float, float]:
    """Weight and time limit of the job that processes a file."""
    recording = Recording("rec-1", "w-1", "a-1", str(path), "00" * 32, "pour", "bench", MOMENT, 0)
    job = opened.make_job(recording, PERMIT)
    return job.weight, job.timeout_s


def test_time_limit_follows_the_length_of_the_film_and_not_its_size(opened: OpenShop, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", "mp4")
    with path.open("ab") as file:
        file.write(struct.pack(">I4s", 50_000_000, b"free"))
        file.truncate(path.stat().st_size + 50_000_000)
    weight, timeout_s = job_of(opened, path)
    assert weight == pytest.approx(10, abs=0.1)
    assert timeout_s == pytest.approx(900 + 60 * weight)


def test_film_that_does_not_say_its_length_has_the_time_of_an_hour(opened: OpenShop, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv", "matroska", live="1")
    assert job_of(opened, path) == (1.0, 900 + 60 * 3600)


@pytest.mark.parametrize("name", ["gone.mp4", "n" * 300 + ".mp4"], ids=["gone", "name the disk refuses"])
def test_file_that_cannot_be_looked_at_stops_no_batch(opened: OpenShop, tmp_path: Path, name: str) -> None:
    assert job_of(opened, tmp_path / name) == (1.0, 960.0)


def test_what_a_killed_init_left_is_swept_also_where_the_name_looks_like_a_pattern(
    tmp_path: Path, environment: Environment
) -> None:
    left, foreign = tmp_path / ".a[bc].tacit-init-1", tmp_path / ".ab.tacit-init-2"
    for folder in (left, foreign):
        (folder / "objects").mkdir(parents=True)
    create_shop(tmp_path / "a[bc]", environment, 30, 64, 64, KeySource.FILE)
    assert (left.exists(), foreign.exists()) == (False, True)
    assert open_shop(tmp_path / "a[bc]", environment).folder == tmp_path / "a[bc]"


@pytest.mark.parametrize("name", ["shop?x", "100%25 shop", "a#b&c=d", "a;b"])
def test_shop_lies_in_its_folder_and_nowhere_else_whatever_its_name(
    tmp_path: Path, environment: Environment, name: str
) -> None:
    create_shop(tmp_path / name, environment, 30, 64, 64, KeySource.FILE).shop.catalogue.workers()
    assert (tmp_path / name / "catalogue.sqlite").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "keys"])
    assert open_shop(tmp_path / name, environment).shop.catalogue.workers() == []


def test_shop_whose_key_is_in_a_file_takes_no_notice_of_a_key_in_the_environment(
    tmp_path: Path, environment: Environment
) -> None:
    other = replace(environment, master_key="tacit-key-1:" + "A" * 43 + "=")
    create_shop(tmp_path / "shop", other, 30, 64, 64, KeySource.FILE)
    for one in (other, environment, replace(environment, master_key="of another tool")):
        assert open_shop(tmp_path / "shop", one).folder == tmp_path / "shop"


def test_opened_shop_opens_again_elsewhere_without_its_secret_and_shows_no_key(
    tmp_path: Path, environment: Environment
) -> None:
    own = replace(environment, passphrase="seven plain words of mine")
    unlocked = create_shop(tmp_path / "shop", own, 30, 64, 64, KeySource.PASSPHRASE).unlocked
    assert open_shop(tmp_path / "shop", unlocked).folder == tmp_path / "shop"
    assert (unlocked.passphrase, unlocked.master_key) == ("", "")
    assert repr(unlocked.unlocked_key) not in repr(unlocked)
    with pytest.raises(MissingSecretError):
        open_shop(tmp_path / "shop", environment)
