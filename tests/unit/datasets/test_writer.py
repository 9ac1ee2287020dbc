from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tacit.datasets.canonical import dataset_digest
from tacit.datasets.cards import CardInput
from tacit.datasets.check import check_dataset
from tacit.datasets.episode import EpisodeInput
from tacit.datasets.features import FEATURES, data_path, video_path
from tacit.datasets.reader import read_dataset
from tacit.datasets.writer import DatasetWriter
from tacit.records.errors import UnfitEpisodeError

Breaker = Callable[[EpisodeInput, SimpleNamespace], EpisodeInput]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(2, 40), st.integers(0, 3), st.sampled_from("ab")), min_size=1, max_size=4))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    make_episode: Callable[..., EpisodeInput],
    write_dataset: Callable[..., Path],
    plan: list[tuple[int, int, str]],
) -> None:
    episodes = [make_episode(n, seed=seed, worker=seed, task=task) for n, seed, task in plan]
    read = read_dataset(write_dataset(tmp_path_factory.mktemp("round") / "d", *episodes))
    assert read.info["total_frames"] == sum(n for n, _, _ in plan)
    first_index = 0
    for index, (episode, (n_frames, _, task)) in enumerate(zip(episodes, plan, strict=True)):
        columns = read.columns(index)
        for feature in FEATURES:
            np.testing.assert_array_equal(columns[feature.name], episode.columns[feature.name])
        assert columns["index"].tolist() == list(range(first_index, first_index + n_frames))
        assert sum(1 for _ in read.frames(index)) == n_frames
        row = read.episodes[index]
        assert (row["tasks"], row["length"]) == ([task], n_frames)
        assert (row["worker"], row["accepted_s"]) == (episode.lineage.worker, episode.lineage.accepted_s)
        first_index += n_frames


def test_dataset_of_three_episodes_is_sound(dataset: Path) -> None:
    assert check_dataset(dataset) == []


def test_pictures_come_back(kit: SimpleNamespace, dataset: Path) -> None:
    picture = next(read_dataset(dataset).frames(1))
    assert picture.shape == (kit.spec.height, kit.spec.width, 3)
    assert abs(int(np.median(picture[:, :, 1])) - 40) < 12
    assert picture[:, -4:, 0].mean() - picture[:, :4, 0].mean() > 150


def test_the_same_episodes_give_the_same_bytes(
    tmp_path: Path, make_episode: Callable[..., EpisodeInput], write_dataset: Callable[..., Path]
) -> None:
    a, b = (write_dataset(tmp_path / name, make_episode(20), make_episode(20, seed=1)) for name in "ab")
    files = sorted(path.relative_to(a) for path in a.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(b) for path in b.rglob("*") if path.is_file())
    assert [str(f) for f in files if (a / f).read_bytes() != (b / f).read_bytes()] == []


def test_no_file_is_left_half_named(dataset: Path) -> None:
    assert list(dataset.rglob("*.part")) == []


def broken(name: str, frame: int, axis: int, value: float) -> Breaker:
    def breaker(episode: EpisodeInput, _: SimpleNamespace) -> EpisodeInput:
        columns = {key: values.copy() for key, values in episode.columns.items()}
        columns[name][frame, axis] = value
        return replace(episode, columns=columns)

    return breaker


@pytest.mark.parametrize(
    ("breaker", "sentence"),
    [
        (broken("observation.hands.xyz", 4, 7, np.nan), "observation.hands.xyz is not a number in frame 4"),
        (broken("observation.hands.sigma", 0, 0, np.inf), "observation.hands.sigma is not a number in frame 0"),
        (broken("observation.hands.seen", 2, 1, 0.4), "another value than 0, 0.5 and 1"),
        (broken("action.valid", 2, 1, 0.5), "another value than 0 and 1"),
        (broken("observation.camera", 3, 3, 0.9), "observation.camera holds a quaternion of length 0.9"),
        (broken("observation.state", 3, 0, 9.0), "action is not the state of the next frame"),
        (lambda e, _: replace(e, task="  "), "its task is empty"),
        (lambda e, _: replace(e, lineage=replace(e.lineage, worker="asha")), "worker is no pseudonym"),
        (
            lambda e, _: replace(e, lineage=replace(e.lineage, accepted_s=float("nan"))),
            "accepted_s is no length of time",
        ),
        (lambda e, kit: replace(e, columns=kit.make_columns(1, 0)), "at least 2 are needed"),
        (lambda e, kit: replace(e, columns=kit.make_columns(19, 0)), "it holds 20 frames; the episode has 19"),
        (lambda e, kit: replace(e, write_video=lambda p: kit.write_video(p, 20, 0, b_frames=2)), "B frames"),
        (lambda e, _: replace(e, columns={"action": e.columns["action"]}), "missing or not part of the format"),
    ],
)
def test_unfit_episode_is_refused(
    kit: SimpleNamespace, tmp_path: Path, make_episode: Callable[..., EpisodeInput], breaker: Breaker, sentence: str
) -> None:
    writer = DatasetWriter(tmp_path, kit.spec)
    with pytest.raises(UnfitEpisodeError) as caught:
        writer.add_episode(breaker(make_episode(20), kit))
    assert sentence in str(caught.value)
    assert "asha" not in str(caught.value)


def test_empty_dataset_is_refused(kit: SimpleNamespace, tmp_path: Path, card: CardInput) -> None:
    with pytest.raises(UnfitEpisodeError, match="at least one episode"):
        DatasetWriter(tmp_path, kit.spec).finish(card)


def test_episode_1001_begins_a_new_chunk(
    kit: SimpleNamespace, tmp_path: Path, make_episode: Callable[..., EpisodeInput], write_dataset: Callable[..., Path]
) -> None:
    kit.write_video(tmp_path / "two.mp4", 2, 0)
    video = (tmp_path / "two.mp4").read_bytes()
    episode = replace(make_episode(2), write_video=lambda path: path.write_bytes(video))
    folder = write_dataset(tmp_path / "d", *[episode] * 1001)
    assert [path.parent.name for path in sorted(folder.glob("data/*/file-000.parquet"))] == ["chunk-000", "chunk-001"]
    assert (folder / video_path(1000)).is_file()
    assert pq.read_metadata(folder / "meta/episodes/chunk-000/file-001.parquet").num_rows == 1
    read = read_dataset(folder)
    assert len(read.episodes) == read.info["total_episodes"] == 1001
    assert read.columns(1000)["index"].tolist() == [2000, 2001]
    assert pq.read_metadata(folder / data_path(1000)).num_rows == 2
    assert len(dataset_digest(folder)) == 64
