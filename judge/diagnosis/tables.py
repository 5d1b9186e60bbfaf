"""Small tables of plain characters: weights, masks, answers. No words."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.checkers import tell
from judge.checkers.compare import SETTINGS
from judge.domain.answer import LayerAnswer, ModelAnswer
from judge.nn import Sequential
from judge.nn.base import Layer
from judge.nn.spec import ARRAYS
from judge.sandbox.output import printable

_MOST = 12  # entries along a side; more are left out
_ROOM = 36  # columns that a line is better kept to
_USUAL = {"stride": (1, 1), "padding": (0, 0), "groups": 1, "eps": 1e-5}
_ALIKE = 4  # so many equal rows are written once


def network(model: Sequential) -> str:
    """Return every array of a network, one row of an array a line."""
    lines: list[str] = []
    for name, layer in model.named_modules():
        arrays = [(a, getattr(layer, a)) for a in ARRAYS[type(layer).__name__]]
        lines += _told(name, layer) if arrays else []
        for attribute, array in arrays:
            if array is not None:
                lines += grid(f"{name}.{attribute}", array)
        if not arrays:
            lines.append(f"{name}  {type(layer).__name__}")
    return "\n".join(lines)


def _told(name: str, layer: Layer) -> list[str]:
    """Return a line on a layer of which the arrays alone do not tell what it is: no ``Linear`` of the usual kind."""
    kind = type(layer).__name__
    facts = [setting for setting in SETTINGS[kind] if getattr(layer, setting) != _USUAL.get(setting)]
    told = [f"{setting}={getattr(layer, setting)!r}" for setting in facts]
    weight = getattr(layer, "weight")  # noqa: B009  # every layer that holds arrays has one
    told += [str(weight.dtype)] if weight.dtype != np.float32 else []
    if not weight.flags.c_contiguous:
        told.append("order='F'" if weight.flags.f_contiguous else f"strides={weight.strides}")
    return [f"{name}  {kind}" + "".join(f", {one}" for one in told)] if told or kind != "Linear" else []


def answer(model: ModelAnswer, masks: Mapping[str, Any]) -> str:
    """Return the arrays of an answer, each weight with its mask."""
    lines: list[str] = []
    _walk(model, "", masks, lines)
    return "\n".join(lines)


def _walk(model: ModelAnswer, prefix: str, masks: Mapping[str, Any], lines: list[str]) -> None:
    for position, layer in enumerate(model.layers):
        name = f"{prefix}{position}"
        if not isinstance(layer, LayerAnswer):
            lines.append(f"{name}  {tell.type_of(layer)}")
            continue
        for attribute, value in layer.attributes.items():
            if isinstance(value, ModelAnswer):
                _walk(value, f"{name}.{attribute}.", masks, lines)
            elif isinstance(value, np.ndarray) and value.ndim <= 4:
                full = f"{name}.{attribute}"
                lines += grid(full, value)
                if full in masks:
                    lines += grid("  mask", masks[full])


def grid(name: str, array: NDArray[Any]) -> list[str]:
    """Return ``name`` and the entries, aligned; axes behind the second are laid out in the line."""
    if array.ndim < 2:
        rows = [[_entry(value) for value in array.reshape(-1)[:_MOST]]]
    else:
        rows = [[_entry(value) for value in row.reshape(-1)[:_MOST]] for row in array[:_MOST]]
    width = max((len(text) for row in rows for text in row), default=1)
    shape = f" {tell.shape(array.shape)}" if array.ndim > 2 or not array.size else ""
    head = f"{name}{shape}  "
    cut = " …" if (array if array.ndim < 2 else array[0:1]).size > _MOST else ""
    shown = [" ".join(text.rjust(width) for text in row) + cut for row in rows]
    if array.ndim > 1 and len(array) > _MOST:
        shown.append("…")
    folded: list[str] = []
    for line, alike in itertools.groupby(shown):
        times = len(list(alike))
        folded += [line] * times if times < _ALIKE else [line, f"… x{times}"]
    widest = max(map(len, folded), default=0)
    if len(head) + widest > _ROOM >= 2 + widest:
        return [head.rstrip(), *(f"  {line}" for line in folded)]
    return [(head if n == 0 else " " * len(head)) + line for n, line in enumerate(folded)] or [head.rstrip()]


def _entry(value: Any) -> str:
    if isinstance(value, np.bool_):
        return "1" if value else "0"
    if isinstance(value, np.floating) and abs(float(value)) < 1e6 and value == int(value):
        return "-0" if value == 0 and np.signbit(value) else str(int(value))
    return printable(tell.number(value))


def literal(values: Sequence[Any] | NDArray[Any]) -> str:
    """Return an array's values as a Python list, whole numbers without a point."""
    if isinstance(values, np.ndarray) and values.ndim == 0:
        values = values[()]
    if isinstance(values, np.ndarray):
        return "[" + ", ".join(literal(value) for value in values) + "]"
    if isinstance(values, np.floating):
        if values == 0 and np.signbit(values):
            return "-0.0"
        if abs(float(values)) < 1e9 and values == int(values):
            return str(int(values))
        return str(values)
    return repr(values)
