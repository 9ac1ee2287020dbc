"""`tacit release` as a worker's steps are typed: look, cut, cover, let go, take back."""

import av
import pytest

from .conftest import LABEL, make_desk, recording, worker

AGREED = ("--agreement", "gear-line-2026")


@pytest.fixture(scope="module")
def ran(tmp_path_factory, models, synthetic_film):
    """A user whose film was run on a small canvas and not released; the desk, and the recording's id."""
    desk = make_desk(tmp_path_factory.mktemp("desk"), synthetic_film, models)
    desk.small_shop()
    desk.put("asha.mp4")
    desk.declare(worker(), recording("asha.mp4", released="false"))
    desk.run("--jobs", "1", code=None)
    (row,) = desk.tacit("recordings", "--shop", desk.shop, "--json").answer["recordings"]
    return desk, row["recording"]


def release(desk, *arguments, **more):
    return desk.tacit("release", *arguments, "--shop", desk.shop, **more)


def listed(desk):
    (line,) = release(desk, "list", "--json").answer["recordings"]
    return line


def shown(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="yuv420p") for frame in container.decode(video=0)]


def test_r4_a_worker_looks_cuts_lets_go_and_takes_back(ran):
    desk, name = ran
    line = listed(desk)
    assert (line["recording"], line["state"], line["evidence"], line["cuts"]) == (name, "held", None, 0)
    assert line["previewable_since"]
    film = desk.home / "film.mp4"
    assert "delete it once you have looked" in release(desk, "preview", name, "--out", film).out
    before = shown(film)
    done = release(desk, "cut", name, "--from", "0", "--to", "0.1", "--json").answer
    assert (done["from_s"], done["to_s"], done["new"], done["original"]) == (0.0, 5 / 30, True, "asha.mp4")
    assert "It had been erased before." in release(desk, "cut", name, "--from", "0.05", "--to", "0.1").out
    release(desk, "preview", name, "--out", film)
    after = shown(film)
    assert len(after) == len(before)
    assert all((picture == 128).all() for picture in after[:5])
    assert all((one == other).all() for one, other in zip(after[5:], before[5:], strict=True))
    assert listed(desk)["cuts"] == 1

    release(desk, "standing", LABEL, *AGREED)
    assert listed(desk)["state"] == "in review"
    assert listed(desk)["review_until"] > listed(desk)["previewable_since"]
    (row,) = desk.tacit("recordings", "--shop", desk.shop, "--json").answer["recordings"]
    assert row["status"] == "held"
    assert row["reason"].startswith("in review until ")
    release(desk, "standing", LABEL, *AGREED, "--take-back")
    assert listed(desk)["review_until"] is None
    assert "not released" in release(desk, "standing", LABEL, *AGREED, "--take-back", code=2).err

    assert "(declared)" in release(desk, "give", name).out
    release(desk, "take-back", name)
    assert "nothing to take back" in release(desk, "take-back", name, code=2).err
    assert "Drew mark-" in release(desk, "mask", name, "--at", "1", "--box", "20,20,40,30", "--note", "badge").out
    assert (listed(desk)["state"], listed(desk)["boxes"]) == ("new", 1)
    assert name in release(desk, "list", "--worker", LABEL).out


def test_what_cannot_be_says_so_and_changes_nothing(ran):
    desk, name = ran
    n_cuts = listed(desk)["cuts"]
    assert "a stretch within" in release(desk, "cut", name, "--from", "5", "--to", "90", code=2).err
    assert "--key" in release(desk, "give", name, "--witness", "union", code=2).err
    inside = desk.shop / "film.mp4"
    assert "D5" in release(desk, "preview", name, "--out", inside, code=2).err
    assert not inside.exists()
    own = desk.home / "own.mp4"
    own.write_bytes(b"a film of somebody else")
    assert "left as it is" in release(desk, "preview", name, "--out", own, code=2).err
    assert own.read_bytes() == b"a film of somebody else"
    assert "The machine stands in the way" in release(desk, "preview", name, "--out", "/proc/film.mp4", code=5).err
    assert "nobody-here" in release(desk, "list", "--worker", "nobody-here", code=2).err
    assert "rec-none" in release(desk, "give", name, "rec-none", code=2).err
    assert listed(desk)["cuts"] == n_cuts


def test_r12_a_worker_acts_on_their_own_footage_only_and_the_plant_on_none(ran):
    desk, name = ran
    assert release(desk, "list", "--as", f"worker:{LABEL}", "--json").answer["recordings"]
    assert release(desk, "list", "--as", "worker:w-somebody", "--json").answer == {"recordings": []}
    film = desk.home / "other.mp4"
    for who in ("worker:w-somebody", "engineer"):
        release(desk, "preview", name, "--out", film, "--as", who, code=3)
        release(desk, "cut", name, "--from", "0", "--to", "1", "--as", who, code=3)
        release(desk, "give", name, "--as", who, code=3)
    assert not film.exists()
