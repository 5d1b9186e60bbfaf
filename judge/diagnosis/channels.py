"""What :mod:`judge.diagnosis` must know of removing channels: a :class:`judge.diagnosis.ladder.Kind`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.checkers.channels.ranking import SLACK, norms
from judge.checkers.channels.trace import entries, trace
from judge.checkers.compare import equal
from judge.checkers.counts import legitimate
from judge.checkers.exchange import Exchange, prunable
from judge.diagnosis import tables
from judge.diagnosis.asserts import UNPACK, mask_of, path
from judge.diagnosis.ladder import COUNTED
from judge.diagnosis.row import unfit as unfit  # a part of the kind
from judge.domain.answer import Answer
from judge.domain.case import Call
from judge.nn.spec import ARRAYS


def exchange(call: Call, answer: Answer) -> Exchange:
    """Return the two as the rules see them."""
    shapes = {name: (len(layer.weight),) for name, layer in prunable(call.model)}
    return Exchange(call, answer, shapes, same_shapes=False)


def raises(ratio: float, norm: int = 1) -> str | None:
    """Return what these arguments must end in."""
    return None if 0 <= ratio < 1 and norm in (1, 2) else "ValueError"


def _removed(ratio: float, out: int) -> tuple[int, int]:
    low, high = (min(k, out - 1) for k in legitimate(ratio, out))
    return low, high


def _norms(call: Call) -> list[tuple[str, NDArray[np.float64]]]:
    norm = call.kwargs.get("norm", 1)
    return [(name, norms(layer.weight, norm)) for name, layer in prunable(call.model)]


def telling(call: Call) -> int:
    """2 where both roundings remove the same number from every layer."""
    if call.raises is not None:
        return 2
    removed = [_removed(call.args[0], len(layer.weight)) for _, layer in prunable(call.model)[:-1]]
    return 2 if all(low == high for low, high in removed) else 0


def right_answers(call: Call) -> tuple[int, str]:
    """Counted by masks: which of equal norms go, either rounding."""
    count = 1
    masks: dict[str, NDArray[np.bool_]] = {}
    for name, sizes in _norms(call):
        masks[name] = np.ones(sizes.size, dtype=bool)
    for name, sizes in _norms(call)[:-1]:
        order = np.argsort(sizes, kind="stable")
        ways = 0
        low, high = _removed(call.args[0], sizes.size)
        for k in {low, high}:
            if k == 0:
                ways += 1
                continue
            cut = sizes[order[k - 1]]
            smaller = int(np.count_nonzero(sizes < cut * (1 - SLACK)))
            same = int(np.count_nonzero(np.abs(sizes - cut) <= cut * SLACK))
            ways += comb(same, k - smaller)
        count = min(count * ways, COUNTED)
        masks[name][order[:low]] = False
    lines: list[str] = []
    for place in trace(call.model):
        rows = entries(masks[place.rows], place.row_block) if place.rows else slice(None)
        columns = entries(masks[place.columns], place.column_block) if place.columns else slice(None)
        for attribute in ARRAYS[type(place.layer).__name__]:
            array = getattr(place.layer, attribute)
            if array is None:
                continue
            kept = array[rows] if array.ndim == 1 else array[rows][:, columns]
            lines += tables.grid(f"{place.name}.{attribute}", kept)
            if f"{place.name}.{attribute}" in masks:
                lines += tables.grid("  mask", masks[f"{place.name}.{attribute}"])
    return count, "\n".join(lines)


def outline(exchange: Exchange, failed: Sequence[str]) -> Any:
    """Which norms went from each layer, and every array where the cuts are wrong."""
    parts: list[Any] = []
    tied = False
    for name, sizes in _norms(exchange.call):
        mask = exchange.masks[name]
        parts.append(sorted(float(f"{size:.6g}") for size in sizes[~mask]))
        tied = tied or len(np.unique(sizes)) < sizes.size
    if "slices" in failed:
        for name, layer, got in exchange.layers:
            for attribute in ARRAYS[type(layer).__name__]:
                value = got.attributes[attribute]
                if value is not None:
                    parts.append([name, attribute, value.shape, None if tied else value.tolist()])
    return parts


def assertion(exchange: Exchange, check: str, values: Mapping[str, Any]) -> list[str] | None:
    """Return the last lines of a snippet for count, ranking and slices."""
    if check == "count":
        return _count(exchange)
    if check == "ranking":
        return _ranking(exchange)
    if check == "slices":
        return _slices(exchange)
    return None


def _count(exchange: Exchange) -> list[str] | None:
    *hidden, output = exchange.masks
    for name in hidden:
        mask = exchange.masks[name]
        low, high = _removed(exchange.call.args[0], mask.size)
        if int(np.count_nonzero(~mask)) not in (low, high):
            claim = f"== {low}" if low == high else f"in ({low}, {high})"
            return [UNPACK, f"removed = np.count_nonzero({mask_of(name)} == 0)", f"assert removed {claim}"]
    if not exchange.masks[output].all():
        return [UNPACK, f"assert {mask_of(output)}.all()"]
    return None


def _ranking(exchange: Exchange) -> list[str] | None:
    norm = exchange.call.kwargs.get("norm", 1)
    for name, sizes in _norms(exchange.call)[:-1]:
        mask = exchange.masks[name]
        if mask.all() or not mask.any() or sizes[~mask].max() <= sizes[mask].min() * (1 + SLACK):
            continue
        worst = int(np.flatnonzero(~mask)[sizes[~mask].argmax()])
        least = int(np.flatnonzero(mask)[sizes[mask].argmin()])
        comment = f"  # L{norm}: {sizes[worst]:.6g} > {sizes[least]:.6g}"
        return [UNPACK, f"assert {mask_of(name)}[{worst}] >= {mask_of(name)}[{least}]{comment}"]
    return None


def _slices(exchange: Exchange) -> list[str] | None:
    got = {name: answer for name, _, answer in exchange.layers}
    for place in trace(exchange.call.model):
        rows = entries(exchange.masks[place.rows], place.row_block) if place.rows else slice(None)
        columns = entries(exchange.masks[place.columns], place.column_block) if place.columns else slice(None)
        for attribute in ARRAYS[type(place.layer).__name__]:
            original = getattr(place.layer, attribute)
            if original is None:
                continue
            expected = original[rows] if original.ndim == 1 else original[rows][:, columns]
            value = got[place.name].attributes[attribute]
            if value.shape == expected.shape and equal(expected, value):
                continue
            lines = [UNPACK]
            cut = ""
            if place.rows and place.rows != list(exchange.masks)[-1]:  # the output layer keeps its rows
                lines.append(f"rows = {_kept(place.rows, place.row_block)}")
                cut = "[rows]"
            if original.ndim > 1 and place.columns:
                lines.append(f"columns = {_kept(place.columns, place.column_block)}")
                cut += "[:, columns]"
            here = f"{path(place.name, 'pruned')}.{attribute}"
            source = f"{path(place.name, 'model')}.{attribute}"
            return [*lines, f"assert np.array_equal({here}, {source}{cut})"]
    return None


def _kept(name: str, block: int) -> str:
    kept = f"{mask_of(name)} == 1"
    return kept if block == 1 else f"np.repeat({kept}, {block})"
