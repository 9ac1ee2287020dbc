"""`tacit anonymise` and `tacit view` as a user types them."""

import json
import os
from pathlib import Path

import pytest

from .conftest import make_desk, recording, worker


@pytest.fixture(scope="module")
def ran(tmp_path_factory, models, synthetic_film):
    """A user whose two films were run on a small canvas; the desk, and the recordings' ids by file."""
    desk = make_desk(tmp_path_factory.mktemp("desk"), synthetic_film, models)
    desk.small_shop()
    desk.put("asha.mp4", "gone.mp4")
    desk.declare(worker(), recording("asha.mp4"), recording("gone.mp4"))
    desk.run("--jobs", "1")
    rows = desk.tacit("recordings", "--shop", desk.shop, "--json").answer["recordings"]
    return desk, {row["file"]: row["recording"] for row in rows}


def status(desk, file):
    rows = desk.tacit("recordings", "--shop", desk.shop, "--json").answer["recordings"]
    return next(row["status"] for row in rows if row["file"] == file)


def test_box_is_drawn_listed_covered_and_taken_away(ran):
    desk, names = ran
    name = names["asha.mp4"]
    drawn = desk.tacit(
        "anonymise", "mark", name, "--at", "0.5", "--box", "20,20,48,32", "--note", "badge", "--shop", desk.shop
    )
    assert "Next: tacit process" in drawn.out
    assert f"it still holds the recording as it was: {desk.out}" in drawn.out
    assert status(desk, "asha.mp4") == "new"
    (mark,) = desk.tacit("anonymise", "marks", name, "--json", "--shop", desk.shop).answer["marks"]
    assert (mark["frame"], mark["x"], mark["width"], mark["note"]) == (15, 20, 48, "badge")
    desk.tacit("process", "--jobs", "1", "--shop", desk.shop)
    assert status(desk, "asha.mp4") == "accepted"
    found = desk.tacit("anonymise", "audit", name, "--every", "9", "--json", "--shop", desk.shop).answer
    assert (found["clean"], found["frames"], found["every"], found["covered_by"]) == (True, 5, 9, "masks")
    assert 0.02 < found["covered_share"] <= found["covered_share_worst"] < 0.5
    done = desk.tacit("anonymise", "unmark", name, mark["mark"], "--json", "--shop", desk.shop).answer
    assert (done["mark"], done["original_missing"]) == (mark, False)
    assert desk.tacit("anonymise", "marks", name, "--json", "--shop", desk.shop).answer["marks"] == []


def test_recording_whose_film_is_gone_is_marked_all_the_same_and_says_what_to_do(ran):
    desk, names = ran
    name = names["gone.mp4"]
    (desk.folder / "gone.mp4").unlink()
    drawn = desk.tacit("anonymise", "mark", name, "--at", "0", "--box", "2,2,9,9", "--shop", desk.shop)
    assert "gone.mp4, is not in its place" in drawn.out
    assert "Put the film back" in drawn.out
    assert "is gone or was changed" in desk.tacit("process", "--jobs", "1", "--shop", desk.shop).out
    assert status(desk, "gone.mp4") == "new"


def test_box_that_is_none_is_refused_with_what_was_expected(ran):
    desk, names = ran
    for at, box, sentence in (
        ("0", "1,2,3", "four numbers"),
        ("nan", "1,2,3,4", "four numbers"),
        ("0", "300,2,50,4", "within 320x240"),
        ("77", "1,2,3,4", "a moment from 0 to 1.50 s"),
    ):
        arguments = ("anonymise", "mark", names["asha.mp4"], "--at", at, "--box", box, "--shop", desk.shop)
        assert sentence in desk.tacit(*arguments, code=2).err


def test_dataset_is_audited_without_a_shop_and_told_by_its_pixels(ran):
    desk, _ = ran
    found = desk.tacit("anonymise", "audit", desk.out, "--every", "15").out
    assert "frames of 2 videos, one in 15." in found
    assert "Score of 0.5 or more: 0 boxes in 0 frames." in found
    assert "by pixels of the colour that covers" in found


def test_audit_of_nothing_says_what_it_takes(desk):
    (desk.home / "text.mp4").write_text("no video")
    for target in (desk.home / "text.mp4", desk.home, desk.home / "gone.mp4", "gone.mp4"):
        assert "cannot be audited" in desk.tacit("anonymise", "audit", target, code=2).err
    assert "There is no shop" in desk.tacit("anonymise", "audit", "rec-none", code=2).err


def test_view_is_written_outside_the_shop_and_over_no_file_of_somebody_else(ran):
    pytest.importorskip("rerun")
    desk, names = ran
    name, out = names["asha.mp4"], desk.home / "work.rrd"
    for _ in range(2):
        said = desk.tacit("view", name, "--every", "5", "--out", out, "--shop", desk.shop).out
        assert "in the clear" in said
        assert out.read_bytes()[:4] == b"RRF2"
    assert "inside the shop" in desk.tacit("view", name, "--out", desk.shop / "v.rrd", "--shop", desk.shop, code=2).err
    foreign = desk.home / "foreign.rrd"
    foreign.write_bytes(b"RRF2 of another program")
    assert "left as it is" in desk.tacit("view", name, "--out", foreign, "--shop", desk.shop, code=2).err
    assert foreign.read_bytes() == b"RRF2 of another program"
    assert sorted(path.name for path in desk.home.glob("*.rrd*")) == ["foreign.rrd", "work.rrd"]


@pytest.mark.footage
def test_face_that_is_left_ends_an_audit_as_damage_after_the_whole_answer(desk):
    folder = os.environ.get("TACIT_TEST_FOOTAGE")
    if not folder:
        pytest.skip("TACIT_TEST_FOOTAGE does not name the folder of real clips")
    meal = Path(folder) / "meal_two_faces_2560.mp4"
    done = desk.tacit("anonymise", "audit", meal, "--every", "14", "--json", code=4)
    found = json.loads(done.out)
    assert (found["clean"], found["left"]["boxes"], found["left"]["frames"]) == (False, 2, 1)
    assert found["first"][0]["frame"] == 0
    assert "tacit anonymise mark" in done.err
