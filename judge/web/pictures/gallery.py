"""The pictures of one call, tensor by tensor: the input, the answer, a right answer; and the same in a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup
from msgspec import Struct

from judge.web.pictures import grids
from judge.web.pictures.grids import Grid
from judge.web.pictures.heatmap import heatmap, largest
from judge.web.pictures.norms import Channel, bars, channel_norms

Say = Callable[..., str]
Kept = tuple[tuple[bool, ...], ...]


class Panel(Struct, frozen=True):
    """One picture with its heading."""

    title: str
    picture: Markup


class Tensor(Struct, frozen=True):
    """A prunable array: its pictures, and the same as rows of a table under ``head``."""

    name: str
    panels: tuple[Panel, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tensors(shown: Mapping[str, Any], got: str, expected: str, say: Say) -> list[Tensor]:
    """Return the pictures of a counterexample or a trial as the faces show it, in words that ``say`` finds.

    ``shown`` has ``call``, ``network`` and ``right_answers``; ``got`` and ``expected`` hold the tables of the answers,
    with or without a sentence before them. Without masks in either there is no picture. What differs is framed only
    where one answer alone is right: among several, another choice is no mistake.
    """
    before = grids.read(shown["network"])
    yours, right = grids.read(got), grids.read(expected)
    names = [name for name, grid in before.items() if _mask(right, name) or _mask(yours, name)]
    order = re.search(r"norm=(\d)", shown["call"])
    return [
        _tensor(
            before[name],
            _kept(before[name], _mask(yours, name)),
            _kept(before[name], _mask(right, name)),
            after=yours.get(name),
            by_channel=_by_channel(before[name], _mask(right, name) or _mask(yours, name)),
            single=shown["right_answers"] == 1,
            order=int(order[1]) if order else 1,
            say=say,
        )
        for name in names
    ]


def _tensor(
    before: Grid,
    yours: Kept | None,
    right: Kept | None,
    *,
    after: Grid | None,
    by_channel: bool,
    single: bool,
    order: int,
    say: Say,
) -> Tensor:
    came = _in_place(before, yours, after, by_channel)
    differ = {
        (row, column)
        for row, entries in enumerate(before.rows)
        for column, entry in enumerate(entries)
        if single and yours is not None and right is not None
        if yours[row][column] != right[row][column] or (yours[row][column] and not _same(came[row][column], entry))
    }
    block = before.shape[-1] * before.shape[-2] if len(before.shape) == 4 else 0

    def panel(which: str, rows: Sequence[Sequence[str]], kept: Kept | None, wrong: set[tuple[int, int]]) -> Panel:
        title = say(f"web_pictures.{which}")
        label = f"{before.name}, {title}: {_in_words(rows, kept, say)}"
        return Panel(title, heatmap(rows, kept, label, largest=largest(before.rows), block=block, wrong=wrong))

    panels = [panel("before", before.rows, None, set())]
    if yours is not None:
        panels.append(panel("yours", came, yours, differ))
    if right is not None:
        panels.append(panel("right", before.rows, right, set()))
    if by_channel and right is not None and not all(map(all, (*right, *(yours or ())))):
        panels.append(_norms(before, yours if single else right, right, order, say))
    return Tensor(before.name, tuple(panels), *_as_table(before, yours, right, say))


def _in_place(before: Grid, yours: Kept | None, after: Grid | None, by_channel: bool) -> Sequence[Sequence[str]]:
    """Return the entries of the answer where they belong in the array as it was: what was cut off is still there.

    Where they cannot be told apart, since columns went too, those of the array as it was.
    """
    if after is None or yours is None:
        return before.rows
    if not by_channel:
        return after.rows if _lengths(after) == _lengths(before) else before.rows
    stays = [row for row, flags in enumerate(yours) if all(flags)]
    if _lengths(after) != [len(before.rows[row]) for row in stays]:
        return before.rows
    placed = dict(zip(stays, after.rows, strict=True))
    return [placed.get(row, entries) for row, entries in enumerate(before.rows)]


def _norms(before: Grid, yours: Kept | None, right: Kept, order: int, say: Say) -> Panel:
    stays = yours or right
    channels = [
        Channel(norm, kept=stays[row][0], right=right[row][0])
        for row, norm in enumerate(channel_norms(before.rows, order))
    ]
    names = [say("web_pictures.channel", n=number) for number in range(len(channels))]
    title = say("web_pictures.norms", order=order)
    told = ", ".join(
        f"{name} {channel.norm:.4g} {_word(channel.kept, say)}" for name, channel in zip(names, channels, strict=True)
    )
    return Panel(title, bars(channels, names, say("web_pictures.cut"), f"{before.name}, {title}: {told}"))


def _mask(answer: Mapping[str, Grid], name: str) -> Grid | None:
    return answer[name].mask if name in answer else None


def _by_channel(before: Grid, mask: Grid | None) -> bool:
    """True for a mask of output channels: one entry for each row of the array."""
    return mask is not None and _lengths(mask) == [len(before.rows)] and _lengths(mask) != _lengths(before)


def _lengths(grid: Grid) -> list[int]:
    return [len(row) for row in grid.rows]


def _kept(before: Grid, mask: Grid | None) -> Kept | None:
    """Return for each entry whether the mask keeps it; ``None`` where the mask is of no shape that fits."""
    if mask is None:
        return None
    flags = [[entry not in ("0", "0.0", "False") for entry in row] for row in mask.rows]
    if _lengths(mask) == _lengths(before):
        return tuple(map(tuple, flags))
    if _by_channel(before, mask):
        return tuple((flag,) * len(row) for flag, row in zip(flags[0], before.rows, strict=True))
    return None


def _same(one: str, other: str) -> bool:
    """Tell whether two entries are written alike; the sign of a zero counts for nothing."""
    return one == other or {one, other} == {"0", "-0"}


def _word(kept: bool, say: Say) -> str:
    return say("web_pictures.kept" if kept else "web_pictures.gone")


def _in_words(rows: Sequence[Sequence[str]], kept: Kept | None, say: Say) -> str:
    entries = [
        entry if kept is None or kept[row][column] else f"{entry} {say('web_pictures.gone')}"
        for row, values in enumerate(rows)
        for column, entry in enumerate(values)
    ]
    return ", ".join(entries)


def _as_table(
    before: Grid, yours: Kept | None, right: Kept | None, say: Say
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    shown = [(which, kept) for which, kept in (("yours", yours), ("right", right)) if kept is not None]
    head = [say(f"web_pictures.{which}") for which in ("entry", "before", *(which for which, _ in shown))]
    rows = [
        (_index(before, row, column), entry, *(_word(kept[row][column], say) for _, kept in shown))
        for row, entries in enumerate(before.rows)
        for column, entry in enumerate(entries)
    ]
    return tuple(head), tuple(rows)


def _index(grid: Grid, row: int, column: int) -> str:
    """Return the position of an entry of a weight array as Python writes it."""
    rest: list[int] = []
    for side in reversed(grid.shape[1:] or grid.shape):  # a single row is printed like a vector
        rest.insert(0, column % side)
        column //= side
    return str([row, *rest])
