import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pyarrow.parquet as pq
import pytest

from tacit.datasets.canonical import dataset_digest
from tacit.datasets.episode import EpisodeInput
from tacit.datasets.features import data_path, video_path


def under_other_key(episode: EpisodeInput) -> EpisodeInput:
    """The same episode as another shop would write it: other pseudonyms, otherwise equal."""
    renamed = {
        name: f"{int(getattr(episode.lineage, name), 16) * 7919:032x}" for name in ("worker", "recording", "consent")
    }
    return replace(episode, lineage=replace(episode.lineage, **renamed))


@pytest.fixture
def episodes(make_episode: Callable[..., EpisodeInput]) -> list[EpisodeInput]:
    return [make_episode(20, seed=0, worker=1), make_episode(25, seed=1, worker=2), make_episode(22, seed=2, worker=1)]


def test_digest_does_not_depend_on_the_key_of_the_pseudonyms(
    tmp_path: Path, episodes: list[EpisodeInput], write_dataset: Callable[..., Path]
) -> None:
    a = write_dataset(tmp_path / "a", *episodes)
    b = write_dataset(tmp_path / "b", *map(under_other_key, episodes))
    assert dataset_digest(a) == dataset_digest(b)


def test_digest_does_not_depend_on_compression_or_container(dataset: Path, tmp_path: Path) -> None:
    before = dataset_digest(dataset)
    table = pq.read_table(dataset / data_path(0))
    pq.write_table(table, dataset / data_path(0), compression="zstd", row_group_size=7)
    with (
        av.open(str(dataset / video_path(0))) as source,
        av.open(str(tmp_path / "again.mp4"), "w", options={"movflags": "faststart"}) as target,
    ):
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    again = (tmp_path / "again.mp4").read_bytes()
    assert again != (dataset / video_path(0)).read_bytes()
    (dataset / video_path(0)).write_bytes(again)
    assert dataset_digest(dataset) == before


def change_value(episodes: list[EpisodeInput], _: SimpleNamespace) -> None:
    px = episodes[1].columns["observation.hands.px"].copy()
    px[3, 5] = np.nextafter(px[3, 5], np.float32(1e9))
    episodes[1] = replace(episodes[1], columns={**episodes[1].columns, "observation.hands.px": px})


def change_picture(episodes: list[EpisodeInput], kit: SimpleNamespace) -> None:
    episodes[1] = replace(episodes[1], write_video=lambda path: kit.write_video(path, 25, seed=2))


def change_order(episodes: list[EpisodeInput], _: SimpleNamespace) -> None:
    episodes.reverse()


def change_worker(episodes: list[EpisodeInput], kit: SimpleNamespace) -> None:
    episodes[2] = replace(episodes[2], lineage=replace(episodes[2].lineage, worker=kit.pseudonym(9)))


def change_task(episodes: list[EpisodeInput], _: SimpleNamespace) -> None:
    episodes[0] = replace(episodes[0], task="sort blocks")


@pytest.mark.parametrize("change", [change_value, change_picture, change_order, change_worker, change_task])
def test_digest_depends_on_content(
    kit: SimpleNamespace,
    tmp_path: Path,
    episodes: list[EpisodeInput],
    write_dataset: Callable[..., Path],
    change: Callable[[list[EpisodeInput], SimpleNamespace], None],
) -> None:
    before = dataset_digest(write_dataset(tmp_path / "a", *episodes))
    change(episodes, kit)
    assert dataset_digest(write_dataset(tmp_path / "b", *episodes)) != before


def test_digest_depends_on_what_metres_mean(
    kit: SimpleNamespace, tmp_path: Path, episodes: list[EpisodeInput], write_dataset: Callable[..., Path]
) -> None:
    a = write_dataset(tmp_path / "a", *episodes)
    b = write_dataset(tmp_path / "b", *episodes, spec=replace(kit.spec, frame="bench"))
    assert dataset_digest(a) != dataset_digest(b)


def test_digest_is_the_one_in_the_mark(dataset: Path) -> None:
    assert json.loads((dataset / "meta/tacit.json").read_text())["digest"] == dataset_digest(dataset)
