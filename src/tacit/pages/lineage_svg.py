"""Draws a lineage as one SVG picture: what something rests on to the left of it, what rests on it to the right.

In: a lineage. Out: the text of an SVG file that needs nothing beside it. Where a column would be too long, what lies
between its first nodes and its end is drawn as one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from tacit.records.lineage import Lineage, Node, NodeKind
from tacit.records.oneline import escape_controls

MARK = b"<!-- drawn by tacit -->"
"""Stands at the beginning of every picture of ours."""
_ROWS_MAX = 14  # nodes in a column before the rest is folded into one
_BOX_WIDTH, _BOX_HEIGHT, _ROW, _COLUMN = 208, 40, 54, 268  # pixels
_TOP, _LEFT = 78, 24
_NAME_CHARS, _DETAIL_CHARS = 27, 33  # what fits into a box at the sizes below
_COLOURS = {
    NodeKind.AGREEMENT: "#6b5b95",
    NodeKind.WORKER: "#b5541c",
    NodeKind.CONSENT: "#2e7d4f",
    NodeKind.RECORDING: "#2b6cb0",
    NodeKind.DATASET: "#0f766e",
    NodeKind.RELEASE: "#7c3aed",
    NodeKind.LICENSE: "#9d174d",
    NodeKind.TRANSACTION: "#854d0e",
    NodeKind.CERTIFICATE: "#475569",
}


@dataclass(frozen=True)
class _Box:
    """What is drawn of one node, or of many: where its upper left corner is, and the node ids that it stands for."""

    x: float
    y: float
    kind: NodeKind
    name: str
    detail: str
    ids: tuple[str, ...]


def render_lineage(lineage: Lineage) -> str:
    """Draw a lineage."""
    boxes = _place(lineage)
    by_id = {node_id: box for box in boxes for node_id in box.ids}
    lines = {(by_id[on], by_id[what]): None for what, on in _drawn_edges(lineage)}
    width = max(box.x for box in boxes) + _BOX_WIDTH + _LEFT
    height = max(box.y for box in boxes) + _BOX_HEIGHT + _LEFT
    title = escape(f"Lineage of {lineage.subject.kind} {_plain(lineage.subject.name)}")
    heads = {box.x: box.kind for box in boxes}
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
            f'height="{height:g}" font-family="sans-serif" font-size="12" role="img">',
            MARK.decode(),
            f"<title>{title}</title>",
            f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
            f'<text x="{_LEFT}" y="28" font-size="16" font-weight="bold" fill="#1f2937">{title}</text>',
            *(_head(x, kind) for x, kind in sorted(heads.items())),
            *(_line(start, end) for start, end in lines if start != end),
            *(_draw(box, lineage.subject.node_id in box.ids) for box in boxes),
            "</svg>\n",
        ]
    )


def _drawn_edges(lineage: Lineage) -> Iterator[tuple[str, str]]:
    """The edges without those that a way through other nodes says already; nodes come sorted by kind."""
    grounds: dict[str, list[str]] = {}
    for what, on in lineage.edges:
        grounds.setdefault(what, []).append(on)
    below: dict[str, set[str]] = {}
    for node in lineage.nodes:
        direct = grounds.get(node.node_id, ())
        implied = set[str]().union(*(below.get(on, ()) for on in direct))
        yield from ((node.node_id, on) for on in direct if on not in implied)
        below[node.node_id] = implied.union(direct)


def _place(lineage: Lineage) -> list[_Box]:
    """One column per kind; in it, nodes stand near what they rest on."""
    columns = [kind for kind in NodeKind if any(node.kind is kind for node in lineage.nodes)]
    grounds: dict[str, list[str]] = {}
    for what, on in lineage.edges:
        grounds.setdefault(what, []).append(on)
    n_rows = min(_ROWS_MAX, max(sum(node.kind is kind for node in lineage.nodes) for kind in columns))
    heights: dict[str, float] = {}
    boxes: list[_Box] = []
    for column, kind in enumerate(columns):
        nodes = [node for node in lineage.nodes if node.kind is kind]
        nodes.sort(key=lambda node: _mean([heights[on] for on in grounds.get(node.node_id, ()) if on in heights]))
        groups = _fold(nodes, lineage.subject)
        for row, group in enumerate(groups):
            y = _TOP + (row + (n_rows - len(groups)) / 2) * _ROW
            boxes.append(_box(_LEFT + column * _COLUMN, y, group))
            heights.update((node.node_id, y) for node in group)
    return boxes


def _fold(nodes: list[Node], subject: Node) -> list[list[Node]]:
    """Nodes one by one, and what is too many at the end as one; the subject always stands alone."""
    if len(nodes) <= _ROWS_MAX:
        return [[node] for node in nodes]
    alone = [node for node in nodes if node == subject] or nodes[:1]
    others = [node for node in nodes if node not in alone]
    shown, folded = others[: _ROWS_MAX - 2], others[_ROWS_MAX - 2 :]
    return [[node] for node in (*alone, *shown)] + [folded]


def _box(x: float, y: float, group: list[Node]) -> _Box:
    first, ids = group[0], tuple(node.node_id for node in group)
    if len(group) > 1:
        return _Box(x, y, first.kind, f"and {len(group)} more", "folded; all are in --json", ids)
    return _Box(x, y, first.kind, first.name, first.detail, ids)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _head(x: float, kind: NodeKind) -> str:
    words = {NodeKind.LICENSE: "LICENCE"}.get(kind, kind.value.upper())
    return f'<text x="{x:g}" y="{_TOP - 14}" font-size="11" letter-spacing="1" fill="{_COLOURS[kind]}">{words}</text>'


def _line(start: _Box, end: _Box) -> str:
    """A curve from what is rested on to what rests on it; within a column, round its right side."""
    y_start, y_end = start.y + _BOX_HEIGHT / 2, end.y + _BOX_HEIGHT / 2
    x_start, x_end = start.x + _BOX_WIDTH, end.x
    bend = (_COLUMN - _BOX_WIDTH) / 2
    if start.x == end.x:
        x_end += _BOX_WIDTH
        path = f"M{x_start:g} {y_start:g}C{x_start + bend:g} {y_start:g} {x_end + bend:g} {y_end:g} {x_end:g} {y_end:g}"
    else:
        path = f"M{x_start:g} {y_start:g}C{x_start + bend:g} {y_start:g} {x_end - bend:g} {y_end:g} {x_end:g} {y_end:g}"
    return f'<path d="{path}" fill="none" stroke="#94a3b8" stroke-width="1" stroke-opacity="0.7"/>'


def _draw(box: _Box, is_subject: bool) -> str:
    colour = _COLOURS[box.kind]
    dash = ' stroke-dasharray="4 3"' if len(box.ids) > 1 else ""
    frame = f'stroke="{colour}" stroke-width="{3 if is_subject else 1}"{dash}'
    whole = escape(_plain(f"{box.name} ({box.detail})" if box.detail else box.name))
    y_name = box.y + (17 if box.detail else 25)
    detail = f'<text x="{box.x + 10:g}" y="{box.y + 32:g}" font-size="10" fill="#64748b">'
    return (
        f"<g><title>{whole}</title>"
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="6" '
        f'fill="{"#fef9c3" if is_subject else "#f8fafc"}" {frame}/>'
        f'<text x="{box.x + 10:g}" y="{y_name:g}" fill="#0f172a">{escape(_short(box.name, _NAME_CHARS))}</text>'
        + (f"{detail}{escape(_short(box.detail, _DETAIL_CHARS))}</text>" if box.detail else "")
        + "</g>"
    )


def _short(text: str, n_chars: int) -> str:
    plain = _plain(text)
    return plain if len(plain) <= n_chars else f"{plain[: n_chars - 1]}…"


def _plain(text: str) -> str:
    return escape_controls(text)
