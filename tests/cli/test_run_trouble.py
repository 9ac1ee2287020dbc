"""`tacit run` where something is wrong: a clear sentence, the right exit code, and nothing lost."""

import os
import pty
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tacit.datasets.check import check_dataset
from tacit.datasets.reader import read_dataset

from .conftest import AGREEMENT, recording, worker

WATCH = """\
import os, sys
WATCHED = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto"}
LOG = os.open(os.environ["TACIT_WATCH_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def watch(event, args):
    if event in WATCHED:
        os.write(LOG, (event + " " + repr(args[1:]) + "\\n").encode())
sys.addaudithook(watch)
os.write(LOG, b"watching\\n")
"""


def fill(disk, room_kib):
    """Fill a disk up to so much room."""
    ballast = disk / "ballast"
    free = os.statvfs(disk)
    size = free.f_bavail * free.f_frsize - room_kib * 1024
    handle = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    os.posix_fallocate(handle, 0, size)
    os.close(handle)
    return ballast


def declare_one(desk, *names):
    """A shop with a small canvas, and released films of one worker."""
    desk.small_shop()
    desk.put(*names)
    desk.declare(worker(), *(recording(name) for name in names))


def test_every_fault_of_a_toml_file_comes_at_once_with_its_line(bare_desk):
    bare_desk.declare(
        worker(consent='["train-robot-skil"]'),
        recording("nowhere.mp4"),
        recording("../outside.mp4"),
        recording("/etc/hostname", label="nobody"),
        recording("nowhere.mp4", released='"yes"'),
        agreement=AGREEMENT.replace('"2500.00"', "2500.00").replace('footage = "worker"', 'footage = "plant"'),
    )
    lines = (bare_desk.folder / "footage.toml").read_text(encoding="utf-8").splitlines()
    done = bare_desk.run(code=2)
    assert done.out == ""
    for at, fault in (
        ('consent = ["train-robot-skil"]', '"consent" holds the text "train-robot-skil"'),
        ('file = "nowhere.mp4"', 'there is no file "nowhere.mp4" in the folder'),
        ('file = "../outside.mp4"', '"../outside.mp4" lies outside the folder'),
        ('file = "/etc/hostname"', '"/etc/hostname" lies outside the folder'),
        ('worker = "nobody"', 'the worker "nobody" is not declared'),
        ('released = "yes"', '"released" is the text "yes"'),
    ):
        assert f"footage.toml:{lines.index(at) + 1}: {fault}" in done.err
    assert 'the recording "nowhere.mp4" is declared twice' in done.err
    terms = (bare_desk.folder / "agreement.toml").read_text(encoding="utf-8").splitlines()
    for at, fault in (
        ("per_accepted_hour = 2500.00", '"per_accepted_hour" is the number 2500.0'),
        ('footage = "plant"', '"footage" is "plant"'),
    ):
        assert f"agreement.toml:{terms.index(at) + 1}: {fault}" in done.err
    assert not bare_desk.shop.exists()
    assert not bare_desk.out.exists()


def test_line_that_is_no_toml_is_named(bare_desk):
    bare_desk.declare(worker(), "\nthis is no toml\n")
    number = (bare_desk.folder / "footage.toml").read_text(encoding="utf-8").splitlines().index("this is no toml") + 1
    assert f"footage.toml:{number}: this line is not valid TOML" in bare_desk.run(code=2).err


def test_folder_without_footage_toml_or_without_the_agreement_is_told(bare_desk):
    assert "footage.toml cannot be read" in bare_desk.run(code=2).err
    (bare_desk.folder / "footage.toml").write_text(f'agreement = "lost.toml"\n{worker()}', encoding="utf-8")
    said = bare_desk.run(code=2).err
    assert "lost.toml cannot be read" in said
    assert '"recording" is missing' in said


def test_foreign_folder_as_target_is_refused_and_left_as_it_is(desk):
    declare_one(desk, "a.mp4")
    desk.out.mkdir()
    (desk.out / "thesis.txt").write_text("years of work", encoding="utf-8")
    done = desk.run(code=2)
    assert (done.out, "was left as it is" in done.err) == ("", True)
    assert [path.name for path in desk.out.iterdir()] == ["thesis.txt"]
    assert desk.commits() == {}
    shutil.rmtree(desk.out)
    desk.out.write_text("a file of mine", encoding="utf-8")
    assert "it is a file" in desk.run(code=2).err
    assert desk.out.read_text(encoding="utf-8") == "a file of mine"


def test_foreign_folder_as_shop_is_refused_and_left_as_it_is(bare_desk):
    (bare_desk.folder / "a.mp4").touch()
    bare_desk.declare(worker(), recording("a.mp4"))
    mine = bare_desk.home / "mine"
    mine.mkdir()
    (mine / "thesis.txt").touch()
    assert "is not empty" in bare_desk.run("--shop", mine, code=2).err
    assert [path.name for path in mine.iterdir()] == ["thesis.txt"]


def test_shop_of_a_newer_version_is_left_alone(desk):
    declare_one(desk, "a.mp4")
    settings = desk.shop / "tacit.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("format = 1", "format = 2"), encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in desk.shop.rglob("*")}
    assert "made by a newer tacit" in desk.run(code=2).err
    assert {path: path.stat().st_mtime_ns for path in desk.shop.rglob("*")} == before


def test_wrong_or_missing_master_key_opens_nothing(desk):
    declare_one(desk, "a.mp4")
    other = desk.home / "other.key"
    for text, said in (("tacit-key-1:" + "A" * 43 + "=", "not the one of shop"), ("swordfish", "does not hold a")):
        other.write_text(text, encoding="ascii")
        other.chmod(0o600)
        assert said in desk.run(code=2, TACIT_KEY_FILE=str(other)).err
    done = desk.run(code=2, TACIT_KEYS=str(desk.home / "other-keys"))
    assert "no master key file" in done.err
    assert desk.commits() == {}


def test_keys_inside_the_shop_are_refused_before_anything_is_made(bare_desk):
    (bare_desk.folder / "a.mp4").touch()
    bare_desk.declare(worker(), recording("a.mp4"))
    for name, place in (("TACIT_KEYS", bare_desk.shop / "keys"), ("TACIT_KEY_FILE", bare_desk.shop / "key")):
        assert "lie inside the shop" in bare_desk.run(code=2, **{name: str(place)}).err
        assert not bare_desk.shop.exists()


@pytest.mark.parametrize("secret", ["TACIT_MASTER_KEY", "TACIT_PASSPHRASE"])
def test_key_from_the_environment_makes_a_shop_that_opens_with_it_alone(desk, secret):
    desk.put("a.mp4")
    (desk.folder / "a.mp4").write_text("no video", encoding="utf-8")
    desk.declare(worker(), recording("a.mp4"))
    value = {"TACIT_MASTER_KEY": "tacit-key-1:" + "A" * 43 + "=", "TACIT_PASSPHRASE": "seven plain words of mine"}
    desk.run(code=2, **{secret: value[secret]})
    assert desk.run(code=2, **{secret: value[secret]}).answer["recordings"][0]["status"] == "failed"
    said = desk.run(code=2).err
    assert f"comes from {secret}, which is not set" in said
    wrong = {"TACIT_MASTER_KEY": "tacit-key-1:" + "B" * 43 + "=", "TACIT_PASSPHRASE": "seven plain words of yours"}
    assert "not the one of shop" in desk.run(code=2, **{secret: wrong[secret]}).err
    everything = b"".join(path.read_bytes() for path in desk.home.rglob("*") if path.is_file())
    assert value[secret].encode() not in everything


def test_another_place_for_keys_is_not_taken_for_everybody_being_erased(desk):
    secret = {"TACIT_PASSPHRASE": "seven plain words of mine"}
    desk.tacit("init", desk.shop, "--canvas", "320x240", "--key", "passphrase", **secret)
    desk.put("a.mp4")
    desk.declare(worker(), recording("a.mp4"))
    desk.run(**secret)
    commits = desk.commits()
    done = desk.run(code=2, TACIT_KEYS=str(desk.home / "another-home"), **secret)
    assert "Set TACIT_KEYS" in done.err
    assert desk.commits() == commits
    assert not check_dataset(desk.out)
    assert desk.run(**secret).answer["dataset"]["episodes"] == 1


def test_file_where_a_folder_should_be_is_told(bare_desk):
    (bare_desk.folder / "a.mp4").touch()
    bare_desk.declare(worker(), recording("a.mp4"))
    blocker = bare_desk.home / "blocker"
    blocker.touch()
    assert "blocker" in bare_desk.run("--shop", blocker / "shop", code=5).err
    assert "blocker" in bare_desk.run(code=5, TACIT_KEYS=str(blocker / "keys")).err
    assert not bare_desk.shop.exists()


def test_disk_that_may_not_be_written_is_told_and_works_once_it_may(desk, small_disk):
    desk.put("a.mp4")
    desk.declare(worker(), recording("a.mp4"))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = desk.run("--shop", small_disk / "shop", code=5)
    assert (done.out, "Read-only file system" in done.err) == ("", True)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    desk.small_shop(small_disk / "shop")
    desk.run("--shop", small_disk / "shop")


@pytest.mark.parametrize("room_kib", [0, 64])
def test_full_disk_under_the_shop_is_told_and_the_same_command_finishes_later(desk, small_disk, room_kib):
    shop = small_disk / "shop"
    desk.small_shop(shop)
    desk.put("a.mp4")
    desk.declare(worker(), recording("a.mp4"))
    ballast = fill(small_disk, room_kib)
    done = desk.run("--shop", shop, code=5)
    assert done.out == ""
    assert "Make room" in done.err
    ballast.unlink()
    assert desk.run("--shop", shop).answer["recordings"][0]["status"] == "accepted"
    assert not check_dataset(desk.out)


@pytest.mark.parametrize("room_kib", [0, 64])
def test_full_disk_under_the_dataset_is_told_and_the_same_command_finishes_later(desk, small_disk, room_kib):
    declare_one(desk, "a.mp4")
    target = small_disk / "dataset"
    ballast = fill(small_disk, room_kib)
    done = desk.tacit("run", desk.folder, "--out", target, code=5)
    assert "Make room" in done.err
    assert not target.exists()
    commits = desk.commits()
    assert len(commits) == 1
    ballast.unlink()
    desk.tacit("run", desk.folder, "--out", target)
    assert desk.commits() == commits
    assert not check_dataset(target)
    assert [path.name for path in small_disk.iterdir()] == ["dataset"]


def test_missing_models_without_a_network_are_told_and_nothing_is_lost(desk):
    declare_one(desk, "a.mp4")
    empty = {"TACIT_MODELS": str(desk.home / "no-models"), "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null"}
    done = desk.run(code=5, **empty)
    assert (done.out, "tacit models fetch" in done.err) == ("", True)
    said = desk.tacit("models", "fetch", code=5, **empty).err
    assert "could not be fetched" in said
    assert "tacit models add FILE" in said
    assert desk.run().answer["recordings"][0]["status"] == "accepted"


def test_run_asks_no_network_for_anything(desk):
    declare_one(desk, "a.mp4")
    (desk.home / "watch").mkdir()
    (desk.home / "watch" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    log = desk.home / "watch.log"
    desk.run("--jobs", "1", PYTHONPATH=str(desk.home / "watch"), TACIT_WATCH_LOG=str(log))
    seen = log.read_text(encoding="utf-8").splitlines()
    assert seen.count("watching") >= 2  # the command, and the process that did the work
    assert set(seen) == {"watching"}


def test_progress_is_shown_where_somebody_watches(desk):
    declare_one(desk, "a.mp4")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "tacit", "run", str(desk.folder), "--out", str(desk.out), "--json"]
    with subprocess.Popen(
        command, env=desk.variables(TERM="xterm", COLUMNS="120"), stdout=subprocess.PIPE, stderr=theirs
    ) as running:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
        out = running.stdout.read()
    os.close(ours)
    assert running.returncode == 0
    assert out.startswith(b"{")
    assert b"Processing footage" in shown
    assert b"Writing the dataset" in shown


def interrupted(desk, signal_number, whole_group):
    """Run, send a signal once something is committed, and return how the command ended and what it said.

    Where the machine held this up for longer than a whole run takes, it is tried again from nothing.
    """
    command = [sys.executable, "-m", "tacit", "run", str(desk.folder), "--out", str(desk.out), "--json", "--jobs", "1"]
    for _ in range(4):
        with subprocess.Popen(
            command,
            env=desk.variables(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as running:
            end = time.monotonic() + 60
            while not desk.commits() and time.monotonic() < end and running.poll() is None:
                time.sleep(0.02)
            is_in_time = running.poll() is None
            if is_in_time:
                (os.killpg if whole_group else os.kill)(running.pid, signal_number)
            out, err = running.communicate(timeout=60)
        if is_in_time:
            break
        shutil.rmtree(desk.shop)
        shutil.rmtree(desk.out)
    return running.returncode, out, err


def test_ctrl_c_leaves_with_130_and_the_same_command_goes_on(desk):
    # Many, so that work is left when the first is done, however slowly this test comes to see it.
    names = [f"{letter}.mp4" for letter in "abcdefgh"]
    declare_one(desk, *names)
    code, out, err = interrupted(desk, signal.SIGINT, whole_group=True)
    assert (code, out) == (130, "")
    assert err == "tacit: Stopped. What was finished is kept; the same command goes on from there.\n"
    kept = desk.commits()
    assert 1 <= len(kept) < len(names)
    assert not desk.out.exists()
    answer = desk.run().answer
    assert [row["status"] for row in answer["recordings"]] == ["accepted"] * len(names)
    assert kept.items() <= desk.commits().items()
    assert len(read_dataset(desk.out).episodes) == len(names)


def test_killed_run_goes_on_and_leaves_no_rest(desk):
    declare_one(desk, "a.mp4", "b.mp4", "c.mp4")
    code, out, _ = interrupted(desk, signal.SIGKILL, whole_group=False)
    assert (code, out) == (-signal.SIGKILL, "")
    kept = desk.commits()
    desk.run()
    assert kept.items() <= desk.commits().items()
    assert not check_dataset(desk.out)
    objects = [path for path in (desk.shop / "objects").rglob("*") if path.is_file()]
    assert len(objects) == 4 * 3  # commit record, video, track and masks of each; nothing of the killed attempt
    assert sorted(path.name for path in desk.home.iterdir() if path.name.startswith(".dataset")) == []


def test_closed_pipe_is_no_error(desk):
    declare_one(desk, "a.mp4")
    desk.run()
    command = [sys.executable, "-m", "tacit", "run", str(desk.folder), "--out", str(desk.out)]
    with subprocess.Popen(
        command, env=desk.variables(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        running.stdout.close()
        err = running.stderr.read()
    assert (running.returncode, err) == (0, "")


@pytest.mark.parametrize("arguments", [("run",), ("run", "x"), ("fly",), ("run", "x", "--out", "y", "--jobs", "-1")])
def test_misused_command_leaves_with_2_and_says_how(bare_desk, arguments):
    done = bare_desk.tacit(*arguments, code=2)
    assert (done.out, "Usage: " in done.err) == ("", True)
