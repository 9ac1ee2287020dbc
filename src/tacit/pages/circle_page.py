"""The circle as a page: yes, film, skill, licence, pay and the way out, told with what happened in one run."""

import math
from dataclasses import dataclass

from tacit.pages.keyframe import KeyFrame, draw_frame
from tacit.pages.templating import render_template
from tacit.records.errors import OutsideLinkError

# The picture of the circle, in units of its view box, whose origin is the middle of the ring.
_RING = 170
_CARD_WIDTH, _CARD_HEIGHT = 132, 58


@dataclass(frozen=True)
class Link:
    """Something to open: what it is, and its path relative to the page."""

    label: str
    path: str


@dataclass(frozen=True)
class CircleStep:
    """One step of the circle.

    name: the word in the circle, such as "FILM". key_figure: the one figure beside it in the picture, such as "8.0 s".
    title, story: what happened in this run, in a headline and a few sentences.
    figures: name and value, each a plain text.
    picture: a key frame, or None. links: what this step made.
    """

    name: str
    key_figure: str
    title: str
    story: str
    figures: tuple[tuple[str, str], ...]
    picture: KeyFrame | None
    links: tuple[Link, ...]


@dataclass(frozen=True)
class CircleView:
    """The page: a headline, a sentence or two, the steps in their order, and all that was made."""

    title: str
    intro: str
    steps: tuple[CircleStep, ...]
    made: tuple[Link, ...]


@dataclass(frozen=True)
class _Node:
    """One step in the picture: the middle of its card, and how far the arrow to the next one is turned (degrees)."""

    x: float
    y: float
    arrow_turn: float


def render_circle(view: CircleView) -> str:
    """Write the page of the circle: one HTML file that needs nothing but itself to be read.

    Raises:
        OutsideLinkError: A link is not a plain path relative to the page.
    """
    for link in (*view.made, *(link for step in view.steps for link in step.links)):
        _check_link(link.path)
    return render_template(
        "circle.html",
        view=view,
        nodes=_place_nodes(len(view.steps)),
        pictures=[draw_frame(step.picture) if step.picture else None for step in view.steps],
        ring=_RING,
        width=_CARD_WIDTH,
        height=_CARD_HEIGHT,
    )


def _check_link(path: str) -> None:
    """Refuse a link that leads out of the page's folder, so that the folder can be moved or handed on whole."""
    if not path or "\\" in path or ":" in path or path.startswith("/") or ".." in path.split("/"):
        raise OutsideLinkError(path)


def _place_nodes(n_nodes: int) -> list[_Node]:
    """Place the steps on a ring, clockwise from the top, with an arrow half way from each to the next."""
    turn = 360 / max(n_nodes, 1)
    angles = [math.radians(number * turn) for number in range(n_nodes)]
    return [
        _Node(round(_RING * math.sin(angle), 1), round(-_RING * math.cos(angle), 1), (number + 0.5) * turn)
        for number, angle in enumerate(angles)
    ]
