"""Files that are whole or not there at all, and on the disk rather than on their way to it."""

import json
import os
import shutil
from pathlib import Path
from typing import Any


def to_canonical_json(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, so that equal values give equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def save_text(path: Path, text: str) -> None:
    """Write a text file under another name and put it in its place when it is whole and on the disk."""
    draft = path.with_name(f"{path.name}.part")
    with draft.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def save_json(path: Path, value: Any) -> None:
    """Write JSON that people can read, whole or not at all."""
    save_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def sync_tree(folder: Path) -> None:
    """Wait until every file and folder below a folder is on the disk."""
    for place, _, names in os.walk(folder):
        for name in names:
            sync(Path(place) / name)
        sync(Path(place))


def sync(path: Path) -> None:
    """Wait until one file, or the list of names in one folder, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name, or copy it where the disk cannot do that; nobody writes into either afterwards."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
