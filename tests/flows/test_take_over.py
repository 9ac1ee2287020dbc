"""The next version takes over what need not be made again, and nothing that is not what it was (R5, D2)."""

from dataclasses import replace

import pytest

from tacit.datasets.check import check_dataset
from tacit.datasets.features import data_path, video_path
from tacit.datasets.reader import read_dataset
from tacit.datasets.writer import DatasetWriter
from tacit.flows.build_dataset import Order, build_dataset
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.records.recording import Stretch

from .conftest import AGREEMENT_ID, TRAINING


@pytest.fixture
def taken(monkeypatch):
    """For each episode that could be taken over, whether it was."""
    seen, real = [], DatasetWriter.take_over

    def watch(self, *arguments):
        seen.append(real(self, *arguments))
        return seen[-1]

    monkeypatch.setattr(DatasetWriter, "take_over", watch)
    return seen


@pytest.fixture
def filled(bench):
    """Three workers with two episodes each; the second film of each has another task."""
    bench.outcome = {"stretches": (Stretch(0, 15), Stretch(15, 30))}
    bench.fill("asha", "meena", "devi")
    bench.outcome = {}
    return bench


def withdraw(bench, label):
    return withdraw_consent(bench.shop, bench.contract, label, (), bench.progress)


def test_r5_version_without_somebody_says_what_one_made_from_nothing_says(filled, taken):
    inodes = {(filled.dataset / video_path(index)).stat().st_ino for index in range(6)}
    withdraw(filled, "asha")
    assert taken == [True] * 4
    assert not check_dataset(filled.dataset)
    made = read_dataset(filled.dataset)
    assert {(filled.dataset / video_path(index)).stat().st_ino for index in range(4)} < inodes  # the same files
    again = filled.build(filled.folder / "again").version
    assert again.digest == filled.catalogue.find_dataset_version(again.dataset_id).digest
    fresh = read_dataset(filled.folder / "again")
    assert taken == [True] * 4
    pseudonyms = ("worker", "recording", "consent")
    for mine, theirs in zip(made.episodes, fresh.episodes, strict=True):
        assert {k: v for k, v in mine.items() if k not in pseudonyms} == {
            k: v for k, v in theirs.items() if k not in pseudonyms
        }
    for name in ("meta/stats.json", "meta/tasks.parquet", "meta/info.json", data_path(0), data_path(3), video_path(3)):
        assert (made.folder / name).read_bytes() == (fresh.folder / name).read_bytes()


def test_r5_next_withdrawal_takes_over_what_was_taken_over(filled, taken):
    withdraw(filled, "asha")
    withdraw(filled, "meena")
    assert taken == [True] * 6
    assert not check_dataset(filled.dataset)
    assert len(read_dataset(filled.dataset).episodes) == 2


def test_changed_file_is_not_taken_over_and_is_made_anew(filled, taken):
    before = (filled.dataset / video_path(4)).read_bytes()
    changed = bytearray(before)
    changed[-300] ^= 1
    (filled.dataset / video_path(4)).write_bytes(changed)
    (filled.dataset / data_path(5)).unlink()
    withdraw(filled, "asha")
    assert taken == [True, True, False, False]
    assert not check_dataset(filled.dataset)
    assert (filled.dataset / video_path(2)).read_bytes() == before


def test_recording_that_was_processed_anew_is_not_taken_over(filled, taken):
    filled.contract = replace(filled.contract, gop=10) if hasattr(filled.contract, "gop") else filled.contract
    recording = next(one for one in filled.catalogue.recordings() if one.worker_uid == filled.uid("meena"))
    outcome = filled.catalogue.find_outcome(recording.recording_id)
    filled.catalogue.set_outcome(replace(outcome, unit_id="unit-other"), None)
    withdraw(filled, "asha")
    assert taken == [True] * 2  # devi's


def test_dataset_of_before_that_was_noted_is_made_from_nothing(filled, taken):
    newest = filled.catalogue.dataset_versions()[-1]
    filled.catalogue.note_episode_sources(newest.dataset_id, newest.version, [])
    sources = filled.catalogue.episode_sources(newest.dataset_id, newest.version)
    assert len(sources) == 6
    filled.shop.catalogue.episode_sources = lambda *_: []
    withdraw(filled, "asha")
    assert taken == []
    assert not check_dataset(filled.dataset)


def test_other_order_takes_over_what_is_the_same(filled, taken):
    third = filled.catalogue.recordings()[2].recording_id
    order = Order(AGREEMENT_ID, TRAINING, frozenset({third}), filled.dataset)
    assert len(build_dataset(filled.shop, filled.contract, order, filled.progress).version.episodes) == 2
    assert taken == [True, True]
    filled.build()
    assert not check_dataset(filled.dataset)
    assert taken == [True] * 4
