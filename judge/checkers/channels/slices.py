"""Every array is the original's without the removed entries, bit for bit and in the original order.

Given the masks there is one right answer: the layer's rows, its bias, each BatchNorm's four vectors, the input columns
of the layer that consumes it. The first array that is not so is named, with the rule that it breaks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from judge.checkers import tell
from judge.checkers.channels.trace import Place, entries, trace
from judge.checkers.compare import Array, difference, equal, kind_of
from judge.checkers.exchange import Exchange
from judge.domain.answer import LayerAnswer
from judge.message import Message
from judge.nn.spec import ARRAYS

NAME = "slices"
NEEDS = ("structure", "masks")


def check(exchange: Exchange) -> Message | None:
    """Shapes first, so that a forgotten cut is told apart from wrong values."""
    answers: dict[str, LayerAnswer] = {name: got for name, _, got in exchange.layers}
    for place in trace(exchange.call.model):
        rows = entries(exchange.masks[place.rows], place.row_block) if place.rows else None
        columns = entries(exchange.masks[place.columns], place.column_block) if place.columns else None
        for attribute in ARRAYS[kind_of(place.layer)]:
            original = getattr(place.layer, attribute)
            if original is None:
                continue
            expected = original if rows is None else original[rows]
            if columns is not None and expected.ndim > 1:
                expected = expected[:, columns]
            got = answers[place.name].attributes[attribute]
            if got.shape != expected.shape or not equal(expected, got):
                return _problem(place, attribute, original, expected, got)
    return None


def _problem(place: Place, attribute: str, original: Array, expected: Array, got: Array) -> Message:
    name = f"{place.name}.{attribute}"
    values: dict[str, Any] = {
        "name": name,
        "kind": kind_of(place.layer),
        "rule": Message(f"checks.slices.rule.{_rule(place, attribute, original, expected, got)}", _owners(place)),
    }
    if got.shape != expected.shape:
        shapes = {"original": original.shape, "expected": expected.shape, "got": got.shape}
        return Message("checks.slices.shape", values | {key: tell.shape(shape) for key, shape in shapes.items()})
    return Message("checks.slices.value", values | {"problem": difference(name, expected, got)})


def _sorted(array: Array) -> list[bytes]:
    """Return the entries along the first axis, in an order that does not hang on theirs."""
    return sorted(row.tobytes() for row in array)


def _owners(place: Place) -> dict[str, Any]:
    return {
        "layer": place.name,
        "rows": place.rows,
        "columns": place.columns,
        "block": max(place.row_block, place.column_block),
    }


def _rule(place: Place, attribute: str, original: Array, expected: Array, got: Array) -> str:
    if got.shape == expected.shape and not np.isin(got, original).all():
        return "changed"
    if got.shape == expected.shape and _sorted(got) == _sorted(expected):
        return "order"
    if expected.shape == original.shape:
        return "stays"
    if place.columns is None and place.rows != f"{place.name}.weight":
        if attribute.startswith("running"):
            return "statistics"
        return "batchnorm" if place.row_block == 1 else "batchnorm_block"
    if attribute == "bias":
        return "bias"
    wrong_rows = got.ndim < 1 or got.shape[0] != expected.shape[0]
    if wrong_rows or place.columns is None:
        return "rows"
    return "columns" if place.column_block == 1 else "flatten"
