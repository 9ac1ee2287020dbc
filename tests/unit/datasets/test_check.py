import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tacit.datasets.check import check_dataset
from tacit.datasets.features import data_path, video_path

ROWS = "meta/episodes/chunk-000/file-000.parquet"
STATE = "observation.state"
DEEP = '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}"


def edit_json(path: Path, *keys: Any, value: Any) -> None:
    content = json.loads(path.read_text())
    place = content
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    path.write_text(json.dumps(content))


def edit_row(path: Path, column: str, row: int, value: Any) -> None:
    table = pq.read_table(path)
    values = table.column(column).to_pylist()
    values[row] = value
    place = table.schema.get_field_index(column)
    pq.write_table(
        table.set_column(place, table.schema.field(place), pa.array(values, table.schema.field(place).type)), path
    )


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def swap(d: Path, place: Callable[[int], str]) -> None:
    shutil.move(d / place(0), d / "aside")
    shutil.move(d / place(2), d / place(0))
    shutil.move(d / "aside", d / place(2))


def swap_episodes(d: Path) -> None:
    swap(d, data_path)
    swap(d, video_path)


def change_value(d: Path) -> None:
    row = pq.read_table(d / data_path(1)).column("observation.hands.px").to_pylist()[7]
    edit_row(d / data_path(1), "observation.hands.px", 7, [row[0] + 0.25, *row[1:]])


def not_a_number(d: Path) -> None:
    edit_row(d / data_path(1), "observation.hands.sigma", 7, [0.1, float("nan")])


def drop_column(path: Path, column: str) -> None:
    pq.write_table(pq.read_table(path).drop_columns([column]), path)


def retype(path: Path, column: str, values: list[Any]) -> None:
    table = pq.read_table(path)
    pq.write_table(table.set_column(table.schema.get_field_index(column), column, pa.array(values)), path)


def double_column(path: Path, column: str) -> None:
    table = pq.read_table(path)
    pq.write_table(table.append_column(column, table.column(column)), path)


def replace_bytes(path: Path, old: bytes, new: bytes) -> None:
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new))


def break_text(path: Path, text: bytes) -> None:
    """Make a text in a parquet one that is not UTF-8."""
    pq.write_table(pq.read_table(path), path, compression="none", use_dictionary=False, write_statistics=False)
    replace_bytes(path, text, b"\xff" + text[1:])


def add_column(path: Path, column: str, value: str) -> None:
    table = pq.read_table(path)
    pq.write_table(table.append_column(column, pa.array([value] * table.num_rows)), path)


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def remux_tagged(d: Path) -> None:
    with av.open(str(d / video_path(0))) as source, av.open(str(d / "tagged.mp4"), "w") as target:
        target.metadata["location"] = "+12.9+77.6/"
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    shutil.move(d / "tagged.mp4", d / video_path(0))


def fewer_frames_both(d: Path) -> None:
    pq.write_table(pq.read_table(d / data_path(0)).slice(0, 44), d / data_path(0))


FAULTS = {
    "missing parquet": (lambda d: (d / data_path(1)).unlink(), data_path(1), "it is missing"),
    "truncated parquet": (lambda d: truncate(d / data_path(1)), data_path(1), "cannot be read"),
    "missing mp4": (lambda d: (d / video_path(1)).unlink(), video_path(1), "cannot be read"),
    "truncated mp4": (lambda d: truncate(d / video_path(1)), video_path(1), ""),
    "swapped episodes": (swap_episodes, data_path(0), "episode_index is 2 in row 0; 0 is expected"),
    "swapped videos": (lambda d: swap(d, video_path), video_path(0), "it holds 40 frames; the episode has 45"),
    "changed value": (change_value, "meta/tacit.json", "something was changed"),
    "changed value, statistics": (change_value, ROWS, "row 1: the .* of observation.hands.px is not that of the data"),
    "not a number": (not_a_number, data_path(1), "observation.hands.sigma is not a number in frame 7"),
    "late frame": (lambda d: edit_row(d / data_path(0), "timestamp", 5, 0.2), data_path(0), "timestamp is 0.2"),
    "fewer rows": (fewer_frames_both, data_path(0), "it has 44 rows; its episode row says 45"),
    "missing column": (lambda d: drop_column(d / data_path(2), "action"), data_path(2), "the column action is missing"),
    "other picture size": (lambda d: edit_json(d / "meta/info.json", "features", "observation.images.head", "shape",
        value=[48, 66, 3]), video_path(0), "it is 64x48; the dataset is 66x48 pixels"),
    "place in mp4": (remux_tagged, video_path(0), 'the tag "location"'),
    "edited rate": (lambda d: edit_json(d / "meta/info.json", "fps", value=25), data_path(0), "timestamp"),
    "edited count": (lambda d: edit_json(d / "meta/info.json", "total_frames", value=99), "meta/info.json",
        "total_frames differ"),
    "edited frame": (lambda d: edit_json(d / "meta/info.json", "tacit", "frame", value="bench"), "meta/tacit.json",
        "something was changed"),
    "unknown frame": (lambda d: edit_json(d / "meta/info.json", "tacit", "frame", value="moon"), "meta/info.json",
        "moon"),
    "no info": (lambda d: (d / "meta/info.json").unlink(), "meta/info.json", "it is missing"),
    "info is no JSON": (lambda d: (d / "meta/info.json").write_text("{"), "meta/info.json", "cannot be read"),
    "edited statistics": (lambda d: edit_json(d / "meta/stats.json", STATE, "mean", 0, value=9.0), "meta/stats.json",
        "the mean of observation.state is not that of the data"),
    "edited picture statistics": (lambda d: edit_json(d / "meta/stats.json", "observation.images.head", "mean", 0, 0, 0,
        value=0.9), "meta/stats.json", "the mean of observation.images.head"),
    "missing statistics": (lambda d: edit_json(d / "meta/stats.json", STATE, value={}), "meta/stats.json", STATE),
    "no tasks": (lambda d: (d / "meta/tasks.parquet").unlink(), "meta/tasks.parquet", "it is missing"),
    "other task": (lambda d: edit_row(d / ROWS, "tasks", 0, ["juggle"]), data_path(0), "does not lead to the task"),
    "edited length": (lambda d: edit_row(d / ROWS, "length", 0, 44), ROWS, "row 0: dataset_to_index is 45; 44"),
    "edited quality": (lambda d: edit_row(d / ROWS, "hands_seen_fraction", 0, 0.1), data_path(0),
        "hands_seen_fraction"),
    "lineage missing": (lambda d: drop_column(d / ROWS, "consent"), ROWS, "the columns consent are missing"),
    "lineage edited": (lambda d: edit_row(d / ROWS, "worker", 0, f"{2:016x}"), "meta/tacit.json", "was changed"),
    "lineage is a name": (lambda d: edit_row(d / ROWS, "worker", 0, "asha"), ROWS, "row 0: worker is no pseudonym"),
    "personal column": (lambda d: add_column(d / ROWS, "worker_name", "x"), ROWS,
        "worker_name are not part of the format"),
    "personal column of frames": (lambda d: add_column(d / data_path(1), "worker_name", "x"), data_path(1),
        "worker_name are not part of the format"),
    "version nested deep": (lambda d: edit_json(d / "meta/tacit.json", "version", value=nested(900)), "meta/tacit.json",
        "not what the shop signed"),
    "no mark": (lambda d: (d / "meta/tacit.json").unlink(), "meta/tacit.json", "it is missing"),
    "no shares": (lambda d: edit_json(d / "meta/tacit.json", "shares", value=None), "meta/tacit.json", "share table"),
    "share of a stranger": (lambda d: edit_json(d / "meta/tacit.json", "shares", "parts", 0, "worker",
        value=f"{7:016x}"), "meta/tacit.json", "names other workers"),
    "share of nothing": (lambda d: edit_json(d / "meta/tacit.json", "shares", "parts", 0, "parts", value=0),
        "meta/tacit.json", "no positive whole number"),
    "edited share": (lambda d: edit_json(d / "meta/tacit.json", "shares", "parts", 0, "parts", value=9000),
        "meta/tacit.json", "is 9000; the accepted time of their episodes is 2833 milliseconds"),
    "edited share, signature": (lambda d: edit_json(d / "meta/tacit.json", "shares", "parts", 0, "parts", value=9000),
        "meta/tacit.json", "not what the shop signed"),
    "share named twice": (lambda d: edit_json(d / "meta/tacit.json", "shares", "parts", 1, "worker",
        value=f"{1:016x}"), "meta/tacit.json", "names other workers"),
    "edited version": (lambda d: edit_json(d / "meta/tacit.json", "version", value=2), "meta/tacit.json",
        "not what the shop signed"),
    "version no number": (lambda d: edit_json(d / "meta/tacit.json", "version", value=1.5), "meta/tacit.json",
        "not what the shop signed"),
    "another basis": (lambda d: edit_json(d / "meta/tacit.json", "shares", "basis", value="frames"),
        "meta/tacit.json", "not what the shop signed"),
    "no signature": (lambda d: edit_json(d / "meta/tacit.json", "shares", "signature", value=None),
        "meta/tacit.json", "something else than text"),
    "key of another shop": (lambda d: edit_json(d / "meta/tacit.json", "shares", "shop_key", value="ab" * 32),
        "meta/tacit.json", "not what the shop signed"),
    "text in statistics": (lambda d: edit_json(d / "meta/stats.json", STATE, "mean", 0, value="0.5"),
        "meta/stats.json", "statistics of observation.state are no numbers in its shape"),
    "statistics of another shape": (lambda d: edit_json(d / "meta/stats.json", STATE, "mean", value=[[1], [2, 3]]),
        "meta/stats.json", "statistics of observation.state are no numbers in its shape"),
    "statistics nested deep": (lambda d: (d / "meta/stats.json").write_text(DEEP), "meta/stats.json", "cannot be read"),
    "mark nested deep": (lambda d: (d / "meta/tacit.json").write_text(DEEP), "meta/tacit.json", "cannot be read"),
    "text in statistics of a row": (lambda d: retype(d / ROWS, f"stats/{STATE}/mean", [["0.5"]] * 3), ROWS,
        "the column stats/observation.state/mean is list<.*string>; list<.*double> is expected"),
    "short statistics of a row": (lambda d: edit_row(d / ROWS, f"stats/{STATE}/mean", 1, [0.5]), ROWS,
        "row 1: the statistics of observation.state are no numbers in its shape"),
    "statistics of no picture": (lambda d: edit_row(d / ROWS, "stats/observation.images.head/count", 0, [0]), ROWS,
        "row 0: the statistics of observation.images.head are no numbers in its shape"),
    "length as text": (lambda d: retype(d / ROWS, "length", ["45", "50", "40"]), ROWS,
        "the column length is string; int64 is expected"),
    "no length": (lambda d: edit_row(d / ROWS, "length", 1, None), ROWS, "the column length is empty in a row"),
    "length beyond all": (lambda d: edit_row(d / ROWS, "length", 1, 2**62), ROWS, "row 1: length is 46116860184273879"),
    "start nowhere": (lambda d: edit_row(d / ROWS, "start_s", 1, float("nan")), ROWS, "row 1: start_s is no length"),
    "column twice": (lambda d: double_column(d / ROWS, "worker"), ROWS, "the column worker is there twice"),
    "frame column twice": (lambda d: double_column(d / data_path(0), "action"), data_path(0), "or there twice"),
    "no rate": (lambda d: edit_json(d / "meta/info.json", "fps", value=0), "meta/info.json", "fps is no whole number"),
    "endless picture": (lambda d: edit_json(d / "meta/info.json", "tacit", "intrinsics", "fx", value=float("inf")),
        "meta/info.json", "fx is no number"),
    "text that is none": (lambda d: break_text(d / "meta/tasks.parquet", b"sort blocks"), "meta/tasks.parquet",
        "is no text"),
    "codec that is none": (lambda d: replace_bytes(d / video_path(0), b"avc1", b"zzzz"), video_path(0), "codec"),
    "no card": (lambda d: (d / "README.md").unlink(), "README.md", "missing"),
    "no croissant": (lambda d: (d / "croissant.json").unlink(), "croissant.json", "it is missing"),
    "path in a card": (lambda d: edit_json(d / "croissant.json", "url", value="/home/user/data"), "croissant.json",
        "a path on a machine"),
}  # fmt: skip


@pytest.mark.parametrize(("plant", "file", "sentence"), FAULTS.values(), ids=FAULTS.keys())
def test_planted_fault_is_found_in_its_file(
    dataset: Path, plant: Callable[[Path], None], file: str, sentence: str
) -> None:
    plant(dataset)
    faults = check_dataset(dataset)
    assert [fault for fault in faults if fault.file == file and re.search(sentence, fault.sentence)], faults


def test_b_frames_are_found(dataset: Path, kit: SimpleNamespace) -> None:
    kit.write_video(dataset / video_path(0), 45, 0, b_frames=2)
    assert [f for f in check_dataset(dataset) if f.file == video_path(0) and "B frames" in f.sentence]


def test_faults_say_what_to_do_and_name_no_place(dataset: Path) -> None:
    for plant, _, _ in (FAULTS["missing parquet"], FAULTS["truncated mp4"], FAULTS["edited count"]):
        plant(dataset)
    faults = check_dataset(dataset)
    assert len(faults) >= 3
    assert all(re.search(r"(Build|Copy) the dataset again", fault.sentence) for fault in faults)
    assert not [fault for fault in faults if str(dataset) in str(fault)]


def test_sound_dataset_has_no_fault(dataset: Path) -> None:
    assert check_dataset(dataset) == []


def test_folder_that_is_no_dataset_is_one_fault(tmp_path: Path) -> None:
    assert [fault.file for fault in check_dataset(tmp_path)] == ["meta/info.json"]
