"""`tacit lineage`: what something rests on, and what rests on it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tacit.cli.options import HERE, AsJson, ShopFolder, open_shop
from tacit.cli.show import say, say_json, say_table
from tacit.rights.roles import Kind, Verb

if TYPE_CHECKING:
    from tacit.records.lineage import Lineage, Node

_ROWS_MAX = 40  # of one kind, in the table


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command("lineage")(lineage)


def lineage(
    thing: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="A recording, worker, account, consent, agreement, dataset, licence, transaction or certificate; "
            "ID@2 for a version.",
        ),
    ],
    svg: Annotated[Path | None, typer.Option(help="Draw it as a picture, one SVG file.")] = None,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Show what something rests on and what rests on it, exact in both directions.

    Workers who were erased are there by their account alone.
    """
    from tacit.flows.outside import require_outside
    from tacit.flows.show_lineage import show_lineage
    from tacit.pages.lineage_svg import MARK, render_lineage
    from tacit.pages.page_file import replace_page

    opened = open_shop(shop, Verb.READ, Kind.LINEAGE, listed=True)
    if svg is not None:
        require_outside(opened.folder, opened.unlocked.keys, svg)
    shown = show_lineage(opened.shop, opened.actor, thing)
    if svg is not None:
        with replace_page(svg, (MARK,)) as file:
            file.write(render_lineage(shown).encode())
    if json:
        say_json(_as_json(shown))
        return
    columns = ("", "kind", "id", "what", "")
    before, after = _rows("rests on", shown.rests_on), _rows("carries", shown.carries)
    say_table(columns, [*before, *_rows("this", (shown.subject,)), *after])
    if svg is not None:
        say(f"Wrote {svg}.")


def _rows(side: str, nodes: "tuple[Node, ...]") -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    seen: dict[str, int] = {}
    for node in nodes:
        seen[node.kind] = seen.get(node.kind, 0) + 1
        if seen[node.kind] <= _ROWS_MAX:
            name = "" if node.name == node.node_id else node.name
            rows.append((side, node.kind.value, node.node_id, name, node.detail))
    left_out = [(kind, n - _ROWS_MAX) for kind, n in seen.items() if n > _ROWS_MAX]
    return rows + [(side, str(kind), f"and {n} more; all are in --json", "", "") for kind, n in left_out]


def _as_json(shown: "Lineage") -> dict[str, Any]:
    def plain(node: "Node") -> dict[str, str]:
        return {"id": node.node_id, "kind": node.kind.value, "name": node.name, "detail": node.detail}

    return {
        "subject": plain(shown.subject),
        "rests_on": [plain(node) for node in shown.rests_on],
        "carries": [plain(node) for node in shown.carries],
        "edges": [{"what": what, "rests_on": on} for what, on in shown.edges],
    }
