"""The commit records are the truth (D2): an old catalogue is brought up to them, and who was erased stays erased."""

import sqlite3
from dataclasses import replace

import pytest

from tacit.datasets.reader import read_dataset
from tacit.flows.add_worker import add_worker
from tacit.flows.recover import recover
from tacit.flows.run import PURPOSE
from tacit.flows.withdraw_consent import finish_withdrawals, withdraw_consent
from tacit.records.errors import RefusedError
from tacit.store.catalogue import SqlCatalogue, create_catalogue

from .test_run import HEAD, recording, worker


@pytest.fixture
def on_disk(bench):
    """The same shop with its catalogue in a file, so that there can be backups of it."""
    url = f"sqlite:///{bench.folder / 'catalogue.sqlite'}"
    create_catalogue(url)
    bench.shop = replace(bench.shop, catalogue=SqlCatalogue(url, bench.keys))
    yield bench
    bench.catalogue.close()


def back_up(bench):
    """A copy of the catalogue as it is now, made the way that SQLite wants it."""
    backup = bench.folder / "backup.sqlite"
    source, target = sqlite3.connect(bench.folder / "catalogue.sqlite"), sqlite3.connect(backup)
    source.backup(target)
    source.close()
    target.close()
    return backup


def put_back(bench, backup):
    """Put an old catalogue in the place of the one that was lost."""
    bench.catalogue.close()
    for path in bench.folder.glob("catalogue.sqlite*"):
        path.unlink()
    backup.rename(bench.folder / "catalogue.sqlite")
    bench.shop = replace(
        bench.shop, catalogue=SqlCatalogue(f"sqlite:///{bench.folder / 'catalogue.sqlite'}", bench.keys)
    )


def finish(bench):
    finish_withdrawals(bench.shop, bench.contract, bench.progress)


def test_old_catalogue_gets_back_what_was_committed_since(on_disk):
    bench = on_disk
    bench.agree()
    bench.enrol("asha")
    backup = back_up(bench)
    bench.take_in("asha", "a.mp4")
    bench.take_in("asha", "b.mp4")
    bench.process()
    lost = [(one, bench.catalogue.find_outcome(one.recording_id)) for one in bench.catalogue.recordings()]
    put_back(bench, backup)
    assert bench.catalogue.recordings() == []
    assert recover(bench.shop) == 2
    assert [(one, bench.catalogue.find_outcome(one.recording_id)) for one in bench.catalogue.recordings()] == lost
    assert recover(bench.shop) == 0
    bench.process()
    assert len(bench.engine.worked) == 2


def test_recovering_a_whole_catalogue_does_nothing(bench):
    bench.fill("asha")
    assert recover(bench.shop) == 0


def test_worker_whom_the_old_catalogue_does_not_know_is_left_alone(on_disk):
    bench = on_disk
    bench.agree()
    backup = back_up(bench)
    bench.enrol("asha")
    bench.take_in("asha", "a.mp4")
    bench.process()
    put_back(bench, backup)
    assert recover(bench.shop) == 0
    assert bench.catalogue.recordings() == []


def test_erased_worker_stays_erased_when_an_old_catalogue_comes_back(on_disk, objects):
    bench = on_disk
    bench.fill("asha", "meena")
    uid = bench.uid("asha")
    backup = back_up(bench)
    withdraw_consent(bench.shop, bench.contract, "asha", (), bench.progress)
    put_back(bench, backup)
    assert recover(bench.shop) == 0
    assert [one.label for one in bench.catalogue.workers()] == ["meena"]
    assert bench.catalogue.unfinished_erasures() == [uid]
    finish(bench)
    assert bench.catalogue.unfinished_erasures() == []
    assert objects.list(uid) == []
    assert len(read_dataset(bench.dataset).episodes) == 1
    newest = bench.catalogue.dataset_versions()[-1]
    assert [line.worker_uid for line in newest.episodes] == [bench.uid("meena")]


def test_old_list_does_not_bring_an_erased_worker_back_through_an_old_catalogue(on_disk):
    bench = on_disk
    bench.film("a.mp4")
    old = HEAD + worker("asha") + recording("a.mp4", "asha")
    bench.run(old)
    backup = back_up(bench)
    withdraw_consent(bench.shop, bench.contract, "asha", (), bench.progress)
    put_back(bench, backup)
    (row,) = bench.run(old).rows
    assert (row.status.value, row.rule) == ("refused", "R1")
    assert bench.catalogue.workers() == []
    with pytest.raises(RefusedError):
        bench.enrol("asha")


def test_label_of_an_erased_worker_is_free_again_in_an_old_catalogue(on_disk):
    bench = on_disk
    bench.fill("asha")
    uid = bench.uid("asha")
    backup = back_up(bench)
    withdraw_consent(bench.shop, bench.contract, "asha", (), bench.progress)
    put_back(bench, backup)
    finish(bench)
    bench.clock.moment = bench.clock.moment.replace(hour=20)
    add_worker(bench.shop, "asha", "Another Asha", "en")
    bench.say_yes("asha", purposes=[PURPOSE], at=bench.clock.now())
    assert bench.uid("asha") != uid
