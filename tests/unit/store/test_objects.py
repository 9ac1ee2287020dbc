"""Objects in a folder: whole or not at all, on disk when they should be, and clean after killed writers."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tacit.records.errors import BadObjectNameError, MissingObjectError, ObjectStoreError
from tacit.store.objects import Objects, file_objects, memory_objects

KILLED_WRITER = """
import os, sys
from pathlib import Path
from tacit.store.objects import file_objects
with file_objects(Path(sys.argv[1])).writer("w-1/u-1/t-1/video") as sink:
    sink.write(bytes(20_000_000))
    os._exit(9)
"""

# Files may not grow beyond 100 kB: in a write while the parts are sent, at the end of a writer, and in one go.
NO_ROOM = """
import resource, signal, sys
from pathlib import Path
from tacit.records.errors import ObjectStoreError
from tacit.store.objects import file_objects
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
objects = file_objects(Path(sys.argv[1]))
def in_parts(n_bytes):
    with objects.writer("a/b") as sink:
        for _ in range(4):
            sink.write(bytes(n_bytes // 4))
for write in (lambda: in_parts(64 << 20), lambda: in_parts(1 << 20), lambda: objects.create("a/b", bytes(1 << 20))):
    try:
        write()
    except ObjectStoreError as error:
        print(error)
assert objects.list() == []
"""


@pytest.fixture(params=["file", "memory"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    return file_objects(tmp_path / "objects") if request.param == "file" else memory_objects()


def test_only_the_first_creates(objects: Objects) -> None:
    assert objects.create("a/b", b"first")
    assert not objects.create("a/b", b"second")
    assert objects.find("a/b") == b"first"


def test_object_is_not_there_before_its_writer_ends(objects: Objects) -> None:
    with objects.writer("a/b") as sink:
        sink.write(bytes(20_000_000))
        assert not objects.exists("a/b")
        assert objects.list() == []
    assert objects.exists("a/b")


def test_errors_of_the_caller_pass_untouched(objects: Objects) -> None:
    def fail() -> None:
        with objects.writer("a/b") as sink:
            sink.write(b"x")
            raise PermissionError("not ours")

    with pytest.raises(PermissionError, match="not ours"):
        fail()
    assert objects.list() == []


def test_list_takes_whole_parts_of_a_name(objects: Objects) -> None:
    for name in ("w-1/a", "w-1/b/c", "w-12/a", "z"):
        objects.create(name, b"")
    assert objects.list("w-1") == ["w-1/a", "w-1/b/c"]
    assert objects.list() == ["w-1/a", "w-1/b/c", "w-12/a", "z"]
    assert objects.list("none") == []


def test_reader_reads_anywhere(objects: Objects) -> None:
    content = os.urandom(3_000_000)
    objects.create("a", content)
    with objects.open("a") as file:
        assert file.seek(-5, io.SEEK_END) == 2_999_995
        assert file.read() == content[-5:]
        assert file.read() == b""
        file.seek(1_500_000)
        assert file.read(1_200_000) == content[1_500_000:2_700_000]


def test_empty_object_is_one(objects: Objects) -> None:
    objects.create("a", b"")
    assert objects.exists("a")
    assert objects.find("a") == b""
    with objects.open("a") as file:
        assert file.read() == b""


def test_what_is_not_there(objects: Objects) -> None:
    assert objects.find("a") is None
    assert not objects.exists("a")
    objects.delete("a")
    objects.sweep("a")
    for missing in (objects.open, objects.sync):
        with pytest.raises(MissingObjectError):
            missing("a")


@pytest.mark.parametrize("name", ["", "/a", "a/", "a//b", "../a", "a/../b", ".a", "a/.b", "a b", "a#1", "a\n", "ä"])
def test_names_that_could_point_elsewhere_are_refused(objects: Objects, name: str) -> None:
    for deed in (objects.open, objects.find, objects.exists, objects.delete, objects.sync, objects.sweep):
        with pytest.raises(BadObjectNameError):
            deed(name)
    with pytest.raises(BadObjectNameError):
        objects.create(name, b"")
    with pytest.raises(BadObjectNameError), objects.writer(name):
        pass


def test_killed_writer_leaves_no_object_and_is_swept(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED_WRITER, str(tmp_path)], check=False)
    assert killed.returncode == 9
    assert any(path.is_file() for path in tmp_path.rglob("*")), "the writer was to leave something"
    objects = file_objects(tmp_path)
    objects.create("w-1/u-1/commit", b"")
    assert objects.list() == ["w-1/u-1/commit"]
    objects.sweep("w-1/u-1")
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")} == {"w-1", "w-1/u-1", "w-1/u-1/commit"}
    objects.delete("w-1/u-1/commit")
    objects.sweep("w-1")
    assert list(tmp_path.iterdir()) == []


def test_sync_flushes_the_object_and_every_folder_above_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    objects = file_objects(tmp_path)
    with objects.writer("w-1/u-1/t-1/video") as sink:
        sink.write(b"x")
    flushed: set[Path] = set()

    def spy(handle: int) -> None:
        flushed.add(Path(f"/proc/self/fd/{handle}").readlink())

    monkeypatch.setattr(os, "fsync", spy)
    objects.sync("w-1/u-1/t-1/video")
    assert flushed == {tmp_path / part for part in ("w-1/u-1/t-1/video", "w-1/u-1/t-1", "w-1/u-1", "w-1", ".")}


def test_store_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    objects = file_objects(tmp_path)
    (tmp_path / "w-1").write_text("a file in the way of a folder")
    with pytest.raises(ObjectStoreError) as caught:
        objects.create("w-1/a", b"")
    assert "\n" not in str(caught.value)
    assert "Not a directory" in str(caught.value)
    with pytest.raises(ObjectStoreError):
        file_objects(tmp_path / "w-1" / "objects")


def test_trouble_of_the_disk_is_told_in_the_words_of_the_system(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_ROOM, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    said = "The object store could not write a/b: File too large. Make room or give access, then run again."
    assert done.stdout.splitlines() == [said] * 3
