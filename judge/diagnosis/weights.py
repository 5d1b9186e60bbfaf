"""What :mod:`judge.diagnosis` must know of pruning single weights: a :class:`judge.diagnosis.ladder.Kind`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.checkers import tell
from judge.checkers.counts import legitimate
from judge.checkers.exchange import Array, Exchange, prunable
from judge.checkers.weights.scope import locate
from judge.diagnosis import tables
from judge.diagnosis.asserts import UNPACK, layer_of, mask_of, path
from judge.diagnosis.ladder import COUNTED
from judge.diagnosis.source import array_text, index, scalar
from judge.domain.answer import Answer
from judge.domain.case import Call
from judge.nn import Sequential
from judge.nn.spec import ARRAYS

Scope = tuple[tuple[str, ...], Array]


def exchange(call: Call, answer: Answer) -> Exchange:
    """Return the two as the rules see them."""
    return Exchange(call, answer, {name: layer.weight.shape for name, layer in prunable(call.model)})


def raises(sparsity: float, scope: str = "layer") -> str | None:
    """Return what these arguments must end in."""
    return None if 0 <= sparsity <= 1 and scope in ("layer", "global") else "ValueError"


def unfit(model: Sequential) -> None:
    """Any network may arrive: weights are pruned one by one, whatever stands around them."""


def scopes(call: Call) -> list[Scope]:
    """Return ``(names, weights joined in C order)`` of what is ranked together."""
    tensors = [(name, layer.weight.ravel()) for name, layer in prunable(call.model)]
    if call.kwargs.get("scope", "layer") == "global":
        return [(tuple(name for name, _ in tensors), np.concatenate([weight for _, weight in tensors]))]
    return [((name,), weight) for name, weight in tensors]


def telling(call: Call) -> int:
    """1 where sparsity x n is whole in every scope, 2 where it is so in every tensor besides."""
    if call.raises is not None:
        return 2

    def whole(n: int) -> bool:
        low, high = legitimate(call.args[0], n)
        return low == high

    if not all(whole(weights.size) for _, weights in scopes(call)):
        return 0
    return 2 if all(whole(layer.weight.size) for _, layer in prunable(call.model)) else 1


def right_answers(call: Call) -> tuple[int, str]:
    """Counted by masks: which of equal magnitudes go, either rounding, further zeros marked."""
    count = 1
    masks: dict[str, NDArray[np.bool_]] = {}
    for names, weights in scopes(call):
        ways, mask = _right(weights, call.args[0])
        count = min(count * ways, COUNTED)
        for name, layer in prunable(call.model):
            if name in names:
                masks[name], mask = mask[: layer.weight.size].reshape(layer.weight.shape), mask[layer.weight.size :]
    lines: list[str] = []
    for name, leaf in call.model.named_modules():
        for attribute in ARRAYS[type(leaf).__name__]:
            array = getattr(leaf, attribute)
            full = f"{name}.{attribute}"
            if full in masks:
                lines += tables.grid(full, np.where(masks[full], array, array.dtype.type(0)))
                lines += tables.grid("  mask", masks[full])
            elif array is not None:
                lines += tables.grid(full, array)
    return count, "\n".join(lines)


def _right(weights: Array, sparsity: float) -> tuple[int, NDArray[np.bool_]]:
    sizes = np.abs(weights)
    order = np.argsort(sizes, kind="stable")
    low, high = legitimate(sparsity, weights.size)
    zeros = int(np.count_nonzero(sizes == 0))
    ways = 0
    for more in range(high + 1, zeros + 1):
        ways += comb(zeros, more)
        if ways >= COUNTED:  # of a large network of zeros the rest would take minutes
            break
    for k in {low, high}:
        if k == 0:
            ways += 1
            continue
        cut = sizes[order[k - 1]]
        smaller = int(np.count_nonzero(sizes < cut))
        ways += comb(int(np.count_nonzero(sizes == cut)), k - smaller)
    mask = np.ones(weights.size, dtype=bool)
    mask[order[:low]] = False
    return ways, mask


def outline(exchange: Exchange, failed: Sequence[str]) -> Any:
    """Which magnitudes went in each scope, and how the values differ where they do."""
    parts: list[Any] = []
    for names, weights in scopes(exchange.call):
        mask = np.concatenate([exchange.masks[name].ravel() for name in names])
        parts.append(sorted(np.abs(weights[~mask]).tolist()))
    if "values" not in failed:
        return parts
    for name, layer, got in exchange.layers:
        for attribute in ARRAYS[type(layer).__name__]:
            original, value = getattr(layer, attribute), got.attributes[attribute]
            if original is None:
                continue
            full = f"{name}.{attribute}"
            if full in exchange.masks:
                signed = np.where(np.signbit(original), -1, 1) * value
                triples = np.stack([np.abs(original), exchange.masks[full], signed + 0.0], axis=-1)
                parts.append(sorted(triples.reshape(-1, 3).tolist()))
            elif not (original == value).all():
                parts.append([full, value.tolist()])
    return parts


def assertion(exchange: Exchange, check: str, values: Mapping[str, Any]) -> list[str] | None:
    """Return the last lines of a snippet for count, ranking and values."""
    if check == "count":
        return _count(exchange)
    if check == "ranking":
        return _ranking(exchange)
    if check == "values":
        return _values(exchange)
    return None


def _count(exchange: Exchange) -> list[str] | None:
    call = exchange.call
    for names, weights in scopes(call):
        mask = np.concatenate([exchange.masks[name].ravel() for name in names])
        low, high = legitimate(call.args[0], mask.size)
        false = int(np.count_nonzero(~mask))
        if low <= false <= high or (false > high and not weights[~mask].any()):
            continue
        marked = " + ".join(f"np.count_nonzero({mask_of(name)} == 0)" for name in names)
        zeros = int(np.count_nonzero(weights == 0))
        lines = [UNPACK, f"pruned_weights = {marked}"]
        if false < low:
            return [*lines, f"assert pruned_weights >= {low}"]
        if zeros <= high:
            return [*lines, "assert pruned_weights " + (f"== {low}" if low == high else f"in ({low}, {high})")]
        # Beyond k only weights that were zero may be marked, and here one is that was not.
        gone = [f"{path(name.rsplit('.', 1)[0], 'model')}.weight[{mask_of(name)} == 0].any()" for name in names]
        return [*lines, f"assert pruned_weights <= {high} or not ({' or '.join(gone)})"]
    return None


def _ranking(exchange: Exchange) -> list[str] | None:
    for names, weights in scopes(exchange.call):
        mask = np.concatenate([exchange.masks[name].ravel() for name in names])
        sizes = np.abs(weights)
        if mask.all() or not mask.any() or sizes[~mask].max() <= sizes[mask].min():
            continue
        worst = int(np.flatnonzero(~mask)[sizes[~mask].argmax()])
        least = int(np.flatnonzero(mask)[sizes[mask].argmin()])
        larger, smaller = (_entry(exchange, names, position) for position in (worst, least))
        comment = f"  # |{tell.number(weights[worst])}| > |{tell.number(weights[least])}|"
        return [UNPACK, f"assert {larger} >= {smaller}{comment}"]
    return None


def _entry(exchange: Exchange, names: tuple[str, ...], position: int) -> str:
    name, where = locate(exchange, names, position)
    return mask_of(name) + index(where)


def _values(exchange: Exchange) -> list[str] | None:
    for name, layer, got in exchange.layers:
        for attribute in ARRAYS[type(layer).__name__]:
            expected, value = getattr(layer, attribute), got.attributes[attribute]
            if expected is None:
                continue
            full = f"{name}.{attribute}"
            here = f"{path(name, 'pruned')}.{attribute}"
            mask = exchange.masks.get(full)
            if mask is None:
                if not (expected == value).all():
                    return [UNPACK, f"assert np.array_equal({here}, {array_text(np.ascontiguousarray(expected))})"]
                continue
            wrong = value != np.where(mask, expected, expected.dtype.type(0))
            if wrong.any():
                where = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
                position = index([int(n) for n in where])
                original = scalar(layer_of(exchange.call.model, name).weight[where])  # type: ignore[attr-defined]
                return [UNPACK, f"assert {here}{position} == {original} * {mask_of(full)}{position}"]
    return None
