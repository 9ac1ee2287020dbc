"""The main job on declared footage: every status and rule of its contract, and that nothing is done twice."""

from dataclasses import replace

import pytest

from tacit.datasets.reader import read_dataset
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.records.errors import FaultyFileError, ForeignFolderError
from tacit.records.recording import Status

from .conftest import TRAINING

HEAD = 'agreement = "agreement.toml"\n'


def worker(label, consent='["train-robot-skill"]', at="2026-03-02T13:30:00+05:30"):
    when = f"consented_at = {at}\n" if consent != "[]" else ""
    return f'[[worker]]\nid = "{label}"\nname = "{label} R."\nlanguage = "hi"\nconsent = {consent}\n{when}'


def recording(file, label, released="true", at="2026-03-02T15:00:00+05:30"):
    return (
        f'[[recording]]\nfile = "{file}"\nworker = "{label}"\ntask = "move the block"\nstation = "bench-1"\n'
        f"started_at = {at}\nreleased = {released}\n"
    )


def test_every_status_its_rule_and_its_id(bench):
    for name in ("good.mp4", "held.mp4", "ravi.mp4", "early.mp4", "twin.mp4"):
        bench.film(name)
    (bench.folder / "twin.mp4").write_bytes((bench.folder / "good.mp4").read_bytes())
    (bench.folder / "text.mp4").write_text("no video", encoding="utf-8")
    (bench.folder / "folder.mp4").mkdir()
    (bench.folder / "empty.mp4").touch()
    result = bench.run(
        HEAD
        + worker("asha")
        + worker("ravi", consent="[]")
        + worker("meena", consent='["research"]')
        + recording("good.mp4", "asha")
        + recording("held.mp4", "asha", released="false")
        + recording("ravi.mp4", "ravi")
        + recording("early.mp4", "asha", at="2026-03-02T13:29:59+05:30")
        + recording("twin.mp4", "meena")
        + "".join(recording(f"{name}.mp4", "asha") for name in ("text", "folder", "empty"))
    )
    rows = {row.file: row for row in result.rows}
    assert {file: (row.status.value, row.rule, row.recording_id is None) for file, row in rows.items()} == {
        "good.mp4": ("accepted", None, False),
        "held.mp4": ("held", "R4", False),
        "ravi.mp4": ("refused", "R1", True),
        "early.mp4": ("refused", "R1", True),
        "twin.mp4": ("refused", "R1", True),
        "text.mp4": ("failed", None, True),
        "folder.mp4": ("failed", None, True),
        "empty.mp4": ("failed", None, True),
    }
    assert [row.file for row in result.rows] == list(rows)
    assert all(row.reason for row in result.rows if row.status is not Status.ACCEPTED)
    assert rows["good.mp4"].reason is None
    assert rows["good.mp4"].episodes == len(result.dataset.episodes) == len(read_dataset(bench.dataset).episodes) == 1
    assert [one.label for one in bench.catalogue.workers()] == ["asha"]  # who refused is not even known
    assert not [word for word in ("asha", "ravi") if word in str(bench.catalogue.log_entries())]


def test_unusable_is_rejected_with_its_reason_and_unreadable_is_failed(bench):
    bench.film("a.mp4")
    bench.outcome = {"usable": False, "reason": "No hands of the worker were found in it.", "stretches": ()}
    (row,) = bench.run(HEAD + worker("asha") + recording("a.mp4", "asha")).rows
    assert (row.status, row.reason, row.recording_id is None) == (Status.REJECTED, bench.outcome["reason"], False)
    bench.film("b.mp4")
    bench.outcome = {"usable": False, "readable": False, "reason": "it breaks off", "stretches": ()}
    result = bench.run(HEAD + worker("asha") + recording("b.mp4", "asha"))
    assert (result.rows[0].status, result.rows[0].reason) == (Status.FAILED, "it breaks off")
    assert result.rows[0].recording_id is None
    assert result.dataset is None


def test_same_footage_by_a_second_consenting_worker_is_failed_with_the_reason(bench):
    bench.film("a.mp4")
    (bench.folder / "b.mp4").write_bytes((bench.folder / "a.mp4").read_bytes())
    result = bench.run(
        HEAD + worker("asha") + worker("meena") + recording("a.mp4", "asha") + recording("b.mp4", "meena")
    )
    assert [row.status.value for row in result.rows] == ["accepted", "failed"]
    assert "handed in before as another worker's" in result.rows[1].reason


def test_same_footage_twice_by_one_worker_is_in_the_dataset_once(bench):
    bench.film("a.mp4")
    (bench.folder / "b.mp4").write_bytes((bench.folder / "a.mp4").read_bytes())
    result = bench.run(HEAD + worker("asha") + recording("a.mp4", "asha") + recording("b.mp4", "asha"))
    assert [row.status.value for row in result.rows] == ["accepted", "rejected"]
    assert result.rows[1].reason == "It is the same footage as a.mp4."
    assert len(result.dataset.episodes) == 1
    assert len(bench.engine.worked) == 1


def test_a_corrected_task_is_in_the_next_version_without_processing_again(bench):
    bench.film("a.mp4")
    first = bench.run(HEAD + worker("asha") + recording("a.mp4", "asha"))
    text = HEAD + worker("asha") + recording("a.mp4", "asha")
    corrected = bench.run(text.replace('task = "', 'task = "carefully ', 1))
    assert corrected.dataset.version == first.dataset.version + 1
    assert bench.catalogue.recordings()[0].task.startswith("carefully ")
    assert len(bench.engine.worked) == 1


def test_second_run_does_nothing_again(bench, objects):
    bench.film("a.mp4")
    footage = HEAD + worker("asha") + recording("a.mp4", "asha")
    first = bench.run(footage)
    names, stamps = objects.list(), [path.stat().st_mtime_ns for path in sorted(bench.dataset.rglob("*"))]
    assert bench.run(footage) == first
    assert objects.list() == names
    assert [path.stat().st_mtime_ns for path in sorted(bench.dataset.rglob("*"))] == stamps
    assert len(bench.engine.worked) == 1
    assert len(bench.catalogue.consents(bench.uid("asha"))) == 1


def test_another_contract_is_another_unit_of_work_and_the_same_recording(bench):
    bench.film("a.mp4")
    footage = HEAD + worker("asha") + recording("a.mp4", "asha")
    bench.run(footage)
    bench.contract = replace(bench.contract, quality=replace(bench.contract.quality, gap_s_max=0.5))
    bench.run(footage)
    assert len(bench.engine.worked) == 2
    assert len(bench.catalogue.recordings()) == 1


def test_one_more_recording_is_the_only_work_of_the_next_run(bench):
    bench.film("a.mp4")
    bench.film("b.mp4")
    footage = HEAD + worker("asha") + recording("a.mp4", "asha")
    bench.run(footage)
    result = bench.run(footage + recording("b.mp4", "asha"))
    assert result.dataset.version == 2
    assert len(bench.engine.worked) == 2


def test_recording_that_is_no_longer_released_is_held_and_left_out(bench):
    bench.film("a.mp4")
    bench.film("b.mp4")
    both = HEAD + worker("asha") + recording("a.mp4", "asha")
    bench.run(both + recording("b.mp4", "asha"))
    result = bench.run(both + recording("b.mp4", "asha", released="false"))
    assert [row.status.value for row in result.rows] == ["accepted", "held"]
    assert len(read_dataset(bench.dataset).episodes) == 1


def test_foreign_target_is_refused_before_anything_is_done(bench):
    bench.film("a.mp4")
    bench.dataset.mkdir()
    (bench.dataset / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(ForeignFolderError):
        bench.run(HEAD + worker("asha") + recording("a.mp4", "asha"))
    assert bench.engine.worked == []
    assert bench.catalogue.workers() == []
    assert [path.name for path in bench.dataset.iterdir()] == ["thesis.txt"]


def test_erased_worker_does_not_rise_again_from_an_old_list(bench):
    bench.film("a.mp4")
    old = HEAD + worker("asha") + recording("a.mp4", "asha")
    bench.run(old)
    withdraw_consent(bench.shop, bench.contract, "asha", (), bench.progress)
    result = bench.run(old)
    (row,) = result.rows
    assert (row.status, row.rule, row.recording_id) == (Status.REFUSED, "R1", None)
    assert "only a new one counts" in row.reason
    assert bench.catalogue.workers() == []
    assert not bench.dataset.exists()
    later = "2026-03-13T08:00:00+00:00"  # the day after the withdrawal
    bench.clock.moment = bench.clock.moment.replace(day=14)
    (row,) = bench.run(HEAD + worker("asha", at=later) + recording("a.mp4", "asha", at=later)).rows
    assert row.status is Status.FAILED  # the film from before is nobody's any more, whatever date it is given
    bench.film("b.mp4")
    (row,) = bench.run(HEAD + worker("asha", at=later) + recording("b.mp4", "asha", at=later)).rows
    assert row.status is Status.ACCEPTED


def test_purpose_taken_back_refuses_the_row_and_keeps_the_worker(bench):
    bench.film("a.mp4")
    footage = HEAD + worker("asha", consent='["train-robot-skill", "research"]') + recording("a.mp4", "asha")
    bench.run(footage)
    withdraw_consent(bench.shop, bench.contract, "asha", [TRAINING], bench.progress)
    (row,) = bench.run(footage).rows
    assert (row.status, row.rule, row.recording_id) == (Status.REFUSED, "R1", None)
    assert "withdrew" in row.reason
    assert [one.label for one in bench.catalogue.workers()] == ["asha"]


def test_faults_of_both_files_come_at_once_each_with_its_line(bench):
    (bench.folder / "bad.toml").write_text('id = "x"\nkind = "private"\n', encoding="utf-8")
    footage = 'agreement = "bad.toml"\n' + worker("asha", at='"yesterday"') + recording("nowhere.mp4", "ravi")
    with pytest.raises(FaultyFileError) as caught:
        bench.run(footage)
    places = {(fault.file, fault.line) for fault in caught.value.faults}
    assert {("footage.toml", 7), ("footage.toml", 9), ("footage.toml", 10), ("bad.toml", 2)} <= places
    assert len(caught.value.faults) > 10


def test_consent_that_is_declared_later_than_before_voids_the_earlier_declaration(bench):
    bench.film("a.mp4")
    footage = HEAD + worker("asha") + recording("a.mp4", "asha")
    assert bench.run(footage).rows[0].status.value == "accepted"
    later = HEAD + worker("asha", at="2026-03-02T16:00:00+05:30") + recording("a.mp4", "asha")
    (row,) = bench.run(later).rows
    assert (row.status.value, row.rule) == ("refused", "R1")
    assert not bench.dataset.exists()


def test_release_that_is_not_declared_any_more_is_taken_back(bench):
    bench.film("a.mp4")
    bench.run(HEAD + worker("asha") + recording("a.mp4", "asha"))
    (row,) = bench.run(HEAD + worker("asha") + recording("a.mp4", "asha", released="false")).rows
    assert (row.status.value, row.rule) == ("held", "R4")
    assert bench.build().version is None
