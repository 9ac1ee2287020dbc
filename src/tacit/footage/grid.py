"""Places pictures with arbitrary time stamps on a grid of constant frame rate.

In: pictures with positions. Out: one picture for every place of the grid. Pure; it knows nothing of video.
Positions are exact fractions, so that nothing drifts however long a recording is.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Picture(Generic[Item]):
    """A picture and its place in time, counted in frames of the grid from the first picture.

    position: when it begins; rises strictly from picture to picture. length: how long it is shown, if none follows.
    """

    position: Fraction
    length: Fraction
    item: Item


def place_on_grid(pictures: Iterable[Picture[Item]]) -> Iterator[tuple[int, Item, bool]]:
    """Give every place of the grid the picture nearest to it in time.

    Memory does not grow: one picture is held until the next one comes.

    Returns:
        For each frame_index from 0 on: the index, the picture, and True where it is the same picture as before.
    """
    frame_index = 0
    held: Picture[Item] | None = None
    for picture in pictures:
        if held is not None:
            is_repeat = False
            while frame_index < (held.position + picture.position) / 2:
                yield frame_index, held.item, is_repeat
                frame_index, is_repeat = frame_index + 1, True
        held = picture
    if held is None:
        return
    n_frames = max(1, math.floor(held.position + held.length + Fraction(1, 2)))
    is_repeat = False
    while frame_index < n_frames:
        yield frame_index, held.item, is_repeat
        frame_index, is_repeat = frame_index + 1, True
