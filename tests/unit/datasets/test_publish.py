import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tacit.datasets.canonical import dataset_digest
from tacit.datasets.publish import build_folder, heal, is_dataset, publish, require_replaceable
from tacit.records.errors import BadNameError, ForeignFolderError, UnfinishedDatasetError

Publish = Callable[[Path, int], None]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_dataset_appears_under_its_name_alone(tmp_path: Path, publish_dataset: Publish) -> None:
    publish_dataset(tmp_path / "out", 0)
    assert names(tmp_path) == ["out"]
    assert is_dataset(tmp_path / "out")


def test_empty_folder_is_taken(tmp_path: Path, publish_dataset: Publish) -> None:
    (tmp_path / "out").mkdir()
    publish_dataset(tmp_path / "out", 0)
    assert is_dataset(tmp_path / "out")


def test_older_dataset_is_replaced_whole(tmp_path: Path, publish_dataset: Publish) -> None:
    publish_dataset(tmp_path / "out", 0)
    before = dataset_digest(tmp_path / "out")
    publish_dataset(tmp_path / "out", 1)
    assert dataset_digest(tmp_path / "out") != before
    assert names(tmp_path) == ["out"]


def test_foreign_folder_is_left_untouched(tmp_path: Path, publish_dataset: Publish) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("ten years of work")
    with pytest.raises(ForeignFolderError, match=r"meta/tacit\.json"):
        publish_dataset(tmp_path / "out", 0)
    assert (tmp_path / "out" / "thesis.txt").read_text() == "ten years of work"
    assert names(tmp_path) == ["out"]


def test_file_of_somebody_in_our_dataset_is_left_untouched(tmp_path: Path, publish_dataset: Publish) -> None:
    publish_dataset(tmp_path / "out", 0)
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(ForeignFolderError, match=r"notes\.txt"):
        publish_dataset(tmp_path / "out", 1)
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_file_in_the_way_is_left_untouched(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ForeignFolderError, match="it is a file"):
        require_replaceable(tmp_path / "out")


def test_foreign_folder_that_came_during_the_build_is_left_untouched(tmp_path: Path, publish_dataset: Publish) -> None:
    publish_dataset(tmp_path / "made", 0)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "late.txt").write_text("mine")
    with pytest.raises(ForeignFolderError):
        publish(tmp_path / "made", tmp_path / "out")
    assert is_dataset(tmp_path / "made")
    assert (tmp_path / "out" / "late.txt").read_text() == "mine"


def test_unfinished_dataset_is_not_published(tmp_path: Path) -> None:
    with build_folder(tmp_path / "out") as folder, pytest.raises(UnfinishedDatasetError):
        publish(folder, tmp_path / "out")
    assert names(tmp_path) == []


def test_link_to_a_dataset_is_followed(tmp_path: Path, publish_dataset: Publish) -> None:
    publish_dataset(tmp_path / "real", 0)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    publish_dataset(tmp_path / "link", 1)
    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path) == ["link", "real"]


def test_kill_between_the_renames_is_healed(tmp_path: Path, publish_dataset: Publish) -> None:
    target = tmp_path / "out"
    publish_dataset(target, 0)
    before = dataset_digest(target)
    older = tmp_path / ".out.tacit-old-0badcafe"
    target.rename(older)  # what a publish that was killed after its first rename leaves
    heal(target)
    assert dataset_digest(target) == before
    target.rename(older)
    publish_dataset(target, 1)
    assert dataset_digest(target) != before
    assert names(tmp_path) == ["out"]


def test_kill_before_the_older_dataset_is_gone_is_healed(tmp_path: Path, publish_dataset: Publish) -> None:
    target = tmp_path / "out"
    publish_dataset(target, 0)
    target.rename(tmp_path / ".out.tacit-old-0badcafe")
    publish_dataset(tmp_path / "other", 1)
    (tmp_path / "other").rename(target)
    expected = dataset_digest(target)
    heal(target)
    assert dataset_digest(target) == expected
    assert names(tmp_path) == ["out"]


BUILD_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from tacit.datasets.publish import build_folder
with build_folder(Path(sys.argv[1])) as folder:
    (folder / "data").mkdir()
    print("building", flush=True)
    time.sleep(600)
"""


def test_killed_build_is_swept_away_and_a_living_one_is_not(tmp_path: Path, publish_dataset: Publish) -> None:
    target = tmp_path / "out"
    builds = []
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", BUILD_UNTIL_KILLED, str(target)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "building\n"
        builds.append(process)
    try:
        assert len(names(tmp_path)) == 2
        os.kill(builds[0].pid, signal.SIGKILL)
        builds[0].wait()
        publish_dataset(target, 0)
        assert len(names(tmp_path)) == 2  # the dataset, and the build that lives
        assert is_dataset(target)
    finally:
        for process in builds:
            process.kill()
            process.communicate()
    heal(target)
    assert names(tmp_path) == ["out"]


def test_names_of_other_targets_are_not_swept(tmp_path: Path, publish_dataset: Publish) -> None:
    (tmp_path / ".other.tacit-new-00000000").mkdir()
    (tmp_path / ".out.tacit-notes").mkdir()
    publish_dataset(tmp_path / "out", 0)
    assert names(tmp_path) == [".other.tacit-new-00000000", ".out.tacit-notes", "out"]


def test_place_that_parquet_cannot_reach_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(BadNameError, match="a path in UTF-8"):
        require_replaceable(tmp_path / os.fsdecode(b"data\xff"))
