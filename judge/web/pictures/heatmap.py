"""A weight array as a heat map: a cell for each entry, and what is pruned crossed out."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from markupsafe import Markup

from judge.web.pictures.svg import element, line, picture, text

CELL_WIDTH, CELL_HEIGHT, GAP = 50.0, 30.0, 2.0
_FAINTEST, _STRONGEST = 0.1, 0.62  # how opaque the smallest and the largest weight is; text stays legible on both
Position = tuple[int, int]


def heatmap(
    rows: Sequence[Sequence[str]],
    kept: Sequence[Sequence[bool]] | None,
    label: str,
    *,
    largest: float,
    block: int = 0,
    wrong: Collection[Position] = (),
) -> Markup:
    """Return the picture of ``rows`` of numbers as they were printed.

    ``kept`` tells for each entry whether it stays; ``None``: nothing is pruned. ``largest`` is the magnitude of the
    strongest colour. A wider gap comes behind every ``block`` columns (a kernel); the entries at ``wrong`` are framed.
    """
    columns = max(map(len, rows))
    cells = []
    for row, entries in enumerate(rows):
        for column, entry in enumerate(entries):
            stays = kept is None or kept[row][column]
            x, y = _left(column, block), row * CELL_HEIGHT
            cells.append(_cell(x, y, entry, abs(number(entry)) / largest if largest else 0.0, stays))
            if (row, column) in wrong:
                cells.append(_frame(x, y))
    return picture(_left(columns - 1, block) + CELL_WIDTH + GAP, len(rows) * CELL_HEIGHT + GAP, label, *cells)


def largest(rows: Sequence[Sequence[str]]) -> float:
    """Return the largest finite magnitude, 0 where there is none."""
    return max((abs(value) for row in rows for value in map(number, row) if math.isfinite(value)), default=0.0)


def number(entry: str) -> float:
    """Return the number that ``entry`` is, NaN where it is none."""
    try:
        return float(entry)
    except ValueError:
        return math.nan


def _left(column: int, block: int) -> float:
    return column * CELL_WIDTH + (column // block * 8.0 if block else 0.0)


def _cell(x: float, y: float, entry: str, share: float, kept: bool) -> Markup:
    x, y, width, height = x + GAP, y + GAP, CELL_WIDTH - GAP, CELL_HEIGHT - GAP
    share = min(share, 1.0) if math.isfinite(share) else 0.0
    sign = "zero" if not share else "negative" if number(entry) < 0 else "positive"
    opacity = round(_FAINTEST + (_STRONGEST - _FAINTEST) * share, 2) if kept else 0
    box = element("rect", x=x, y=y, width=width, height=height, rx=3, class_=f"cell {sign}", fill_opacity=opacity)
    words = text(x + width / 2, y + height / 2 + 4.5, _fitting(entry), "" if kept else "gone")
    if kept:
        return element("g", box, words)
    return element("g", box, line(x + 3, y + height - 3, x + width - 3, y + 3, "strike"), words)


def _frame(x: float, y: float) -> Markup:
    width, height = CELL_WIDTH - GAP, CELL_HEIGHT - GAP
    return element("rect", x=x + GAP, y=y + GAP, width=width, height=height, rx=3, class_="frame")


def _fitting(entry: str) -> str:
    """Return ``entry`` in no more than seven characters; the sign of a zero is never compared, and left out."""
    if number(entry) == 0:
        return "0"
    return entry if len(entry) <= 7 else f"{number(entry):.3g}"
