"""Where commands write, and what reaches the terminal: nothing plain in the shop, nothing of others overwritten."""

import subprocess

import pytest

from .conftest import AGREEMENT, LABEL, NAME, recording, worker


@pytest.fixture
def opened(bare_desk):
    """A shop with an agreement and a worker."""
    bare_desk.small_shop()
    (bare_desk.folder / "agreement.toml").write_text(AGREEMENT, encoding="utf-8")
    steps(bare_desk, "agreement", "add", bare_desk.folder / "agreement.toml")
    steps(bare_desk, "worker", "add", LABEL, "--name", NAME, "--language", "en")
    return bare_desk


def steps(desk, *arguments, **more):
    """Run one command on the shop."""
    return desk.tacit(*arguments, "--shop", desk.shop, **more)


def files(folder):
    """Every file with when it was written; side files of SQLite come and go."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm")))
    return {path: path.stat().st_mtime_ns for path in found}


@pytest.mark.parametrize(
    "command", [("statement", LABEL), ("show", "rec-none"), ("dataset", "build", "--agreement", "gear-line-2026")]
)
def test_nothing_plain_is_written_into_the_shop_or_among_its_keys(opened, command):
    keys = opened.home / "config" / "tacit"
    assert keys.is_dir()
    before = files(opened.home)
    for place, what in ((opened.shop / "x.html", "the shop"), (keys / "x.html", "the folder of keys")):
        said = steps(opened, *command, "--out", place, code=2).err
        assert f"{place} lies inside {what} " in said
    assert files(opened.home) == before


def test_run_writes_no_dataset_into_the_shop_or_among_its_keys(bare_desk):
    (bare_desk.folder / "a.mp4").touch()
    bare_desk.declare(worker(), recording("a.mp4"))
    for place in (bare_desk.shop / "ds", bare_desk.home / "config" / "tacit" / "ds"):
        assert "lies inside the" in bare_desk.tacit("run", bare_desk.folder, "--out", place, code=2).err
        assert not bare_desk.shop.exists()
        assert not place.exists()
    done = bare_desk.tacit("run", bare_desk.folder, "--out", bare_desk.folder / "dataset", code=2)
    assert "the file is empty" in done.out  # beside the shop, in the folder of the footage, it may be


def test_page_replaces_a_page_and_nothing_else(opened):
    mine = opened.folder / "agreement.toml"
    assert "it is no page of tacit" in steps(opened, "statement", LABEL, "--out", mine, code=2).err
    assert mine.read_text(encoding="utf-8") == AGREEMENT
    page = opened.home / "page.html"
    for _ in range(2):
        steps(opened, "statement", LABEL, "--out", page)
    assert NAME in page.read_text(encoding="utf-8")
    nowhere = opened.home / "nowhere" / "page.html"
    assert "There is no folder" in steps(opened, "statement", LABEL, "--out", nowhere, code=2).err
    (opened.home / "a.mp4").write_bytes(b"a video")
    said = steps(opened, "show", "rec-none", "--out", opened.home / "a.mp4", code=2).err
    assert "it is no page of tacit" in said
    assert (opened.home / "a.mp4").read_bytes() == b"a video"


def test_shop_on_a_disk_that_is_read_only_is_told_by_its_folder(bare_desk, small_disk):
    shop = small_disk / "shop"
    bare_desk.small_shop(shop)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    said = bare_desk.tacit("worker", "list", "--shop", shop, code=5).err
    assert f"The folder {shop} and everything in it must be writable." in said
    assert "--shop" in said


def test_control_characters_of_others_do_not_reach_the_terminal(opened):
    done = steps(opened, "worker", "add", "meena", "--name", "Mee\x1b[2Jna", "--language", "en", code=2)
    assert "U+001B" in done.err
    said = [done.err, steps(opened, "consent", "show", "w\x1b[2J", code=2).err]
    (opened.folder / "footage.toml").write_text('"k\\u001b[2J" = 1\nno toml \x1b[2J\n', encoding="utf-8")
    said.append(opened.tacit("run", opened.folder, "--out", opened.out, code=2).err)
    assert "\\x1b[2J" in said[-1]
    assert not [text for text in said if "\x1b" in text]
