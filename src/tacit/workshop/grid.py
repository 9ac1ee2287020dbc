"""The benchmark's grid of difficulty, as data: fixed, published in docs/accuracy.md, and the same for every tracker.

A cell is the plain film with one thing made harder, or two where they are known to hurt together. Every cell is filmed
with the same seeds, so that cells differ by nothing but what they are about. Development seeds may be looked at while a
tracker is made; figures are reported on the reporting seeds alone.
"""

from dataclasses import dataclass, replace

from tacit.workshop.film import FilmOptions

PLAIN = FilmOptions(seconds=2.0, fps=30, width=640, height=480, hands="both", skin="brown")
"""Two bare brown hands in long sleeves move blocks on a plain bench in good light, 55 cm from a quiet head camera."""

DEVELOPMENT_SEEDS = (101, 102)
REPORTING_SEEDS = (901, 902, 903)
_BEGIN_STEP_S = 0.85  # each seed shows another part of the work: reaching, grasping, carrying, putting down


@dataclass(frozen=True)
class Cell:
    """One kind of film. axis: what is made harder. level: how much, or in which way."""

    axis: str
    level: str
    options: FilmOptions

    @property
    def name(self) -> str:
        """What the cell is called in tables and on the command line."""
        return f"{self.axis}: {self.level}"

    def film_options(self, seed: int) -> FilmOptions:
        """The film of this cell with a seed."""
        return replace(self.options, seed=seed, begin_s=_BEGIN_STEP_S * (seed % 10))


def _cells() -> tuple[Cell, ...]:
    p = PLAIN
    return (
        Cell("plain", "plain", p),
        Cell("skin", "fair", replace(p, skin="fair")),
        Cell("skin", "tan", replace(p, skin="tan")),
        Cell("skin", "dark", replace(p, skin="dark")),
        Cell("gloves", "orange", replace(p, glove="orange")),
        Cell("gloves", "white", replace(p, glove="white")),
        Cell("gloves", "grey", replace(p, glove="grey")),
        Cell("gloves", "black", replace(p, glove="black")),
        Cell("gloves", "blue nitrile", replace(p, glove="blue")),
        Cell("sleeves", "none", replace(p, sleeve_length="none")),
        Cell("sleeves", "rolled up", replace(p, sleeve_length="rolled")),
        Cell("light", "dim", replace(p, light="dim")),
        Cell("light", "warm", replace(p, light="warm")),
        Cell("light", "from the side", replace(p, light="side")),
        Cell("light", "overexposed", replace(p, light="over")),
        Cell("blur", "motion", replace(p, blur="motion")),
        Cell("blur", "defocus", replace(p, blur="defocus")),
        Cell("distance", "35 cm", replace(p, distance_m=0.35)),
        Cell("distance", "80 cm", replace(p, distance_m=0.80)),
        Cell("head", "walking", replace(p, head="walk")),
        Cell("head", "fast turns", replace(p, head="turn")),
        Cell("clutter", "coloured", replace(p, clutter="coloured")),
        Cell("clutter", "textured bench", replace(p, clutter="textured")),
        Cell("clutter", "wood and cardboard", replace(p, clutter="skin-coloured")),
        Cell("hands", "right alone", replace(p, hands="right")),
        Cell("hands", "crossing", replace(p, crossing=True)),
        Cell("passer-by", "fair", replace(p, passer_by=True, passer_by_skin="fair")),
        Cell("passer-by", "tan", replace(p, passer_by=True, passer_by_skin="tan")),
        Cell("passer-by", "brown", replace(p, passer_by=True, passer_by_skin="brown")),
        Cell("passer-by", "dark", replace(p, passer_by=True, passer_by_skin="dark")),
        Cell("pairs", "dark skin, dim light", replace(p, skin="dark", light="dim")),
        Cell("pairs", "black gloves, dim light", replace(p, glove="black", light="dim")),
        Cell("pairs", "blue gloves, coloured clutter", replace(p, glove="blue", clutter="coloured")),
        Cell("pairs", "fast turns, motion blur", replace(p, head="turn", blur="motion")),
        Cell("pairs", "80 cm, defocus", replace(p, distance_m=0.80, blur="defocus")),
        Cell("pairs", "crossing, bare arms", replace(p, crossing=True, sleeve_length="none")),
    )


GRID = _cells()

OFFSET_CELLS = ("plain: plain", "skin: fair", "skin: dark", "distance: 35 cm", "distance: 80 cm")
"""Cells in which, on development seeds, a constant offset of each landmark is fitted."""

QUICK_CELLS = (
    "plain: plain",
    "skin: dark",
    "gloves: blue nitrile",
    "light: dim",
    "blur: motion",
    "hands: crossing",
    "passer-by: tan",
    "pairs: fast turns, motion blur",
)


def find_cell(name: str) -> Cell:
    """The cell of a name.

    Raises:
        KeyError: There is no such cell.
    """
    return {cell.name: cell for cell in GRID}[name]
