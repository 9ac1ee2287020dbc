"""Video and tables written straight into the vault and read back from it by the libraries that will."""

import io
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tacit.records.permit import Action, Permit
from tacit.records.purposes import Purpose
from tacit.store.keyring import MemoryKeyring
from tacit.store.objects import file_objects
from tacit.store.vault import ObjectVault

PERMIT = Permit(Action.DERIVE, Purpose.RESEARCH, "w-1", "c-1", "a-1", "d1", datetime(2026, 11, 20, tzinfo=UTC))


@pytest.fixture
def vault(tmp_path: Path, keys: MemoryKeyring) -> ObjectVault:
    return ObjectVault(file_objects(tmp_path), keys)


def test_mp4_is_written_and_read_without_a_plain_file(vault: ObjectVault) -> None:
    with vault.create(PERMIT, "u-1/t-1/video.mp4") as file:
        options = {"movflags": "frag_keyframe+empty_moov"}
        with av.open(file, "w", format="mp4", options=options) as container:
            stream = container.add_stream("libx264", rate=30, width=64, height=48, pix_fmt="yuv420p")
            for n in range(45):
                picture = np.full((48, 64, 3), n * 5, np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
            container.mux(stream.encode(None))
    with vault.open(PERMIT, "u-1/t-1/video.mp4") as file, av.open(file) as container:
        container.seek(1_000_000)
        container.seek(0)
        levels = [frame.to_ndarray(format="gray").mean() for frame in container.decode(video=0)]
    assert len(levels) == 45
    assert np.all(np.diff(levels) > 0)


def test_parquet_is_written_and_read_without_a_plain_file(vault: ObjectVault) -> None:
    table = pa.table({"frame": list(range(100_000)), "x": np.random.default_rng(1).normal(size=100_000)})
    with vault.create(PERMIT, "u-1/t-1/track.parquet") as file:
        pq.write_table(table, file)
    with vault.open(PERMIT, "u-1/t-1/track.parquet") as file:
        assert pq.read_table(file).equals(table)
    with vault.open(PERMIT, "u-1/t-1/track.parquet") as file:
        assert pq.ParquetFile(file).read_row_group(0, ["frame"]).num_rows == 100_000


def test_numpy_arrays_are_written_and_read_without_a_plain_file(vault: ObjectVault) -> None:
    points = np.random.default_rng(1).normal(size=(500, 2, 21, 3)).astype(np.float32)
    with vault.create(PERMIT, "u-1/t-1/track.npz") as file:
        np.savez_compressed(file, points=points)
    with vault.open(PERMIT, "u-1/t-1/track.npz") as file, np.load(io.BytesIO(file.read())) as arrays:
        assert np.array_equal(arrays["points"], points)
