"""The values of a parquet file, without its compression, for whoever searches it."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tacit.records.errors import UnreadableDatasetError


def read_column_bytes(path: Path) -> Iterator[bytes]:
    """Every column as it lies in memory: texts one after another, numbers as they are; then the notes of the file.

    Raises:
        UnreadableDatasetError: It is no parquet file.
    """
    try:
        with pq.ParquetFile(path) as file:
            notes = file.schema_arrow.metadata or {}
            yield b"\n".join(part for pair in notes.items() for part in pair)
            for batch in file.iter_batches():
                for column in batch.columns:
                    yield from (bytes(buffer) for buffer in column.buffers() if buffer is not None)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableDatasetError(path.name, "it is no parquet file") from error
