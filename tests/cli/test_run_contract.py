"""`tacit run` to the letter of its contract: what it reads, what it answers, and how it leaves."""

import json
import os
import shutil
import time
from itertools import islice
from pathlib import Path

import av
import pytest

from tacit.datasets.check import check_dataset
from tacit.datasets.reader import read_dataset
from tacit.workshop.film import FilmOptions, film

from .conftest import LABEL, NAME, NO_LABEL, NO_NAME, make_desk, recording, worker

ROW = {
    "file": str,
    "recording_id": str | None,
    "status": str,
    "rule": str | None,
    "reason": str | None,
    "seconds": float,
    "frames": int,
    "hands_fraction": float,
    "two_hands_fraction": float,
    "faces_frames": int,
    "episodes": int,
    "cpu_s": float,
}


def assert_shape(answer):
    """The object has these fields, in this order, of these types, and no others."""
    assert list(answer) == ["dataset", "recordings", "cpu_s", "wall_s"]
    assert {name: type(value) for name, value in answer["dataset"].items()} in (
        {"path": str, "episodes": int, "frames": int, "seconds": float},
        {"path": type(None), "episodes": int, "frames": int, "seconds": float},
    )
    assert (type(answer["cpu_s"]), type(answer["wall_s"])) == (float, float)
    for row in answer["recordings"]:
        assert list(row) == list(ROW)
        assert not [name for name, kind in ROW.items() if not isinstance(row[name], kind)]
        assert row["status"] in ("accepted", "held", "refused", "rejected", "failed")
        assert (row["recording_id"] is None) == (row["status"] in ("refused", "failed"))
        assert (row["reason"] is None) == (row["status"] == "accepted")
        assert (row["rule"] is None) == (row["status"] not in ("refused", "held"))


@pytest.fixture(scope="module")
def finished(tmp_path_factory, models, synthetic_film):
    """One run with a row of almost every status, and the same again; the desk and both answers."""
    desk = make_desk(tmp_path_factory.mktemp("home"), synthetic_film, models)
    desk.small_shop()
    desk.put("pour.mp4", "held.mp4")
    os.mkfifo(desk.folder / "gesture.mp4")  # whoever opens this waits for ever
    (desk.folder / "notes.mp4").write_text("these are notes, not a video\n" * 20, encoding="utf-8")
    (desk.folder / "empty.mp4").touch()
    (desk.folder / "folder.mp4").mkdir()
    desk.declare(
        worker(),
        worker(NO_LABEL, NO_NAME, consent="[]"),
        recording("pour.mp4"),
        recording("gesture.mp4", NO_LABEL),
        recording("held.mp4", released="false"),
        *(recording(f"{name}.mp4") for name in ("notes", "empty", "folder")),
    )
    first = desk.run()
    kept = (desk.commits(), {path: path.stat().st_mtime_ns for path in sorted(desk.out.rglob("*"))})
    began_s = time.monotonic()
    second = desk.run()
    return desk, first, kept, second, time.monotonic() - began_s


def test_answer_has_the_shape_of_the_contract(finished):
    assert_shape(finished[1].answer)
    assert_shape(finished[3].answer)


def test_standard_output_is_that_object_alone_and_nobody_is_shown_progress(finished):
    for done in (finished[1], finished[3]):
        assert done.err == ""
        assert done.out == json.dumps(json.loads(done.out), ensure_ascii=False, indent=2) + "\n"


def test_every_status_and_rule(finished):
    rows = {row["file"]: row for row in finished[1].answer["recordings"]}
    assert {file: (row["status"], row["rule"]) for file, row in rows.items()} == {
        "pour.mp4": ("accepted", None),
        "gesture.mp4": ("refused", "R1"),
        "held.mp4": ("held", "R4"),
        "notes.mp4": ("failed", None),
        "empty.mp4": ("failed", None),
        "folder.mp4": ("failed", None),
    }
    assert "text, not video" in rows["notes.mp4"]["reason"]
    assert "0 bytes" in rows["empty.mp4"]["reason"]
    assert "a folder" in rows["folder.mp4"]["reason"]


def test_figures_of_what_was_accepted(finished):
    desk, answer = finished[0], finished[1].answer
    row = answer["recordings"][0]
    assert (row["seconds"], row["frames"], row["faces_frames"], row["episodes"]) == (1.5, 45, 0, 1)
    assert 0.9 < row["hands_fraction"] <= 1.0
    assert 0.5 < row["two_hands_fraction"] <= row["hands_fraction"]
    assert 0 < row["cpu_s"] < answer["cpu_s"]
    assert answer["wall_s"] > 0
    assert answer["dataset"] == {"path": str(desk.out), "episodes": 1, "frames": 44, "seconds": 44 / 30}
    assert not check_dataset(desk.out)
    assert len(read_dataset(desk.out).episodes) == 1


def test_what_was_never_opened_has_no_figures(finished):
    row = finished[1].answer["recordings"][1]
    assert [row[name] for name in ("seconds", "frames", "hands_fraction", "faces_frames", "cpu_s")] == [0] * 5


def test_second_run_redoes_nothing(finished):
    desk, first, (commits, files), second, took_s = finished
    assert len(commits) == 2
    assert desk.commits() == commits
    assert {path: path.stat().st_mtime_ns for path in sorted(desk.out.rglob("*"))} == files
    assert second.answer["recordings"] == first.answer["recordings"]
    assert second.answer["dataset"] == first.answer["dataset"]
    assert second.answer["cpu_s"] < first.answer["cpu_s"]
    assert took_s < 30


def test_nothing_that_a_person_wrote_is_in_any_byte_or_name_of_the_shop(finished):
    desk = finished[0]
    words = [LABEL, NAME, NO_LABEL, NO_NAME, "pour.mp4", "gesture.mp4", "pour into", "third-bench", str(desk.home)]
    n_files = 0
    for path in sorted(desk.shop.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        told = content + b"\n" + str(path.relative_to(desk.shop)).encode()
        assert not [word for word in words if word.encode() in told], path
        n_files += path.is_file()
    assert n_files >= 2 + 3 + 3  # settings, catalogue, and what two recordings left


def test_table_for_people_says_the_same(finished):
    desk = finished[0]
    done = desk.tacit("run", desk.folder, "--out", desk.out)
    assert done.err == ""
    for word in ("pour.mp4", "accepted", "R1: the worker did not consent to train-robot-skill", "R4: ", "failed"):
        assert word in done.out
    assert "Version 1 of the dataset" in done.out


def test_default_shop_lies_in_the_folder_and_is_made_by_the_first_run(desk):
    desk.put("pour.mp4")
    desk.declare(worker(), recording("pour.mp4"))
    answer = desk.run("--jobs", "1").answer
    assert_shape(answer)
    assert answer["recordings"][0]["status"] == "accepted"
    assert (desk.shop / "tacit.toml").is_file()
    info = json.loads((desk.out / "meta" / "info.json").read_text(encoding="utf-8"))
    assert info["features"]["observation.images.head"]["shape"] == [720, 1280, 3]


def test_all_refused_leaves_with_3_and_makes_no_dataset(desk):
    desk.small_shop()
    desk.put("gesture.mp4")
    desk.declare(worker(NO_LABEL, NO_NAME, consent="[]"), recording("gesture.mp4", NO_LABEL))
    answer = desk.run(code=3).answer
    assert_shape(answer)
    assert answer["dataset"] == {"path": None, "episodes": 0, "frames": 0, "seconds": 0.0}
    assert not desk.out.exists()
    said = desk.tacit("run", desk.folder, "--out", desk.out, code=3).out
    assert "none was made" in said


def test_all_held_leaves_with_3(desk):
    desk.small_shop()
    desk.put("pour.mp4")
    desk.declare(worker(), recording("pour.mp4", released="false"))
    answer = desk.run(code=3).answer
    assert_shape(answer)
    assert (answer["recordings"][0]["status"], answer["dataset"]["path"]) == ("held", None)


def test_nothing_accepted_and_something_failed_leaves_with_2(desk):
    desk.small_shop()
    (desk.folder / "notes.mp4").write_text("no video", encoding="utf-8")
    desk.put("gesture.mp4")
    desk.declare(worker(), worker(NO_LABEL, NO_NAME, "[]"), recording("notes.mp4"), recording("gesture.mp4", NO_LABEL))
    answer = desk.run(code=2).answer
    assert_shape(answer)
    assert [row["status"] for row in answer["recordings"]] == ["failed", "refused"]


def test_too_short_is_rejected_with_its_reason_and_leaves_with_2(desk):
    desk.small_shop()
    film(desk.folder / "blink.mp4", FilmOptions(seconds=0.4, width=320, height=240, seed=7))
    desk.declare(worker(), recording("blink.mp4"))
    answer = desk.run(code=2).answer
    assert_shape(answer)
    (row,) = answer["recordings"]
    assert (row["status"], row["frames"]) == ("rejected", 12)
    assert row["reason"].startswith("Too short: it lasts 0.4 s")


def copy_beginning(source, target, n_frames):
    """Copy the first frames of a real clip, as they are."""
    with av.open(str(source)) as whole, av.open(str(target), "w") as part:
        stream = part.add_stream_from_template(whole.streams.video[0])
        packets = whole.demux(whole.streams.video[0])
        for packet in islice(packets, n_frames):
            packet.stream = stream
            part.mux(packet)


@pytest.mark.footage
def test_real_contract_files_are_accepted_as_they_stand(desk):
    contract, footage = os.environ.get("TACIT_TEST_CONTRACT"), os.environ.get("TACIT_TEST_FOOTAGE")
    if not contract or not footage:
        pytest.skip("TACIT_TEST_CONTRACT and TACIT_TEST_FOOTAGE do not name the folders of the contract and the clips")
    for name in ("agreement.toml", "footage.toml"):
        shutil.copy(Path(contract) / name, desk.folder / name)
    copy_beginning(Path(footage) / "pour_two_hands_720p.mp4", desk.folder / "pour.mp4", n_frames=60)
    os.mkfifo(desk.folder / "gesture.mp4")
    desk.small_shop()
    answer = desk.run().answer
    assert_shape(answer)
    assert [(row["file"], row["status"], row["rule"]) for row in answer["recordings"]] == [
        ("pour.mp4", "accepted", None),
        ("gesture.mp4", "refused", "R1"),
    ]
    assert answer["recordings"][0]["hands_fraction"] > 0.8
