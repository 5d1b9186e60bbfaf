"""The tables of a report, read back as arrays.

A report keeps a counterexample's arrays as the lines of plain characters that ``judge.diagnosis.tables`` makes::

    0.weight  -2  1          a name, two spaces, the entries of the first row
               3  4          the other rows, under it
      mask  1 0              the mask of the array above
    1.weight (2, 1, 2, 2)    where there are more than two axes, the shape, too: a row holds what lies behind the first
    2.weight                 where that leaves too little room, all rows stand under the name
      1 2 3 4 5 6 7 8 9

What was too large to be printed whole ends in an ellipsis, and is no array here.
"""

from __future__ import annotations

import ast
import re

from msgspec import Struct
from msgspec.structs import replace

_HEAD = re.compile(r"(?P<name>\S+|  mask)(?: (?P<shape>\([\d, ]*\)))?  (?P<first>.*)")
_ALONE = re.compile(r"(?P<name>\S+\.\w+|  mask)(?: (?P<shape>\([\d, ]*\)))?")


class Grid(Struct, frozen=True):
    """An array: its entries as they were printed, one row for each position of the first axis.

    A vector is one row. ``mask`` is that of a prunable array, ``None`` where none was told.
    """

    name: str
    shape: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    mask: Grid | None = None

    @property
    def whole(self) -> bool:
        """True where nothing was left out."""
        size = 1
        for side in self.shape:
            size *= side
        return sum(map(len, self.rows)) == size and not any("…" in row for row in self.rows)


def read(table: str) -> dict[str, Grid]:
    """Return the whole arrays of ``table`` by name, in order; lines that are no part of one are passed over."""
    grids: list[Grid] = []
    indent = 0
    for line in table.splitlines():
        if indent and line.startswith(" " * indent) and not line.startswith("  mask"):
            grids[-1] = _extended(grids[-1], line)
            continue
        alone = _ALONE.fullmatch(line)
        if alone is not None:
            indent = 2
            told = tuple(ast.literal_eval(alone["shape"])) if alone["shape"] else ()
            grids.append(Grid(alone["name"].strip(), told, ()))
            continue
        head = _HEAD.fullmatch(line)
        if head is None:
            indent = 0
            continue
        indent = head.start("first")
        row = tuple(head["first"].split())
        told = tuple(ast.literal_eval(head["shape"])) if head["shape"] else ()
        grids.append(Grid(head["name"].strip(), told or (len(row),), (row,)))
    found: dict[str, Grid] = {}
    for position, grid in enumerate(grids):
        if grid.name == "mask":
            owner = grids[position - 1]
            if owner.name in found and grid.whole:
                found[owner.name] = replace(found[owner.name], mask=grid)
        elif grid.whole:
            found[grid.name] = grid
    return found


def _extended(grid: Grid, line: str) -> Grid:
    rows = (*grid.rows, tuple(line.split()))
    if len(grid.shape) > 2:
        return replace(grid, rows=rows)
    return replace(grid, rows=rows, shape=(len(rows[0]),) if len(rows) == 1 else (len(rows), len(rows[0])))
