"""Compare a network that came back with one of ours, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.checkers import tell
from judge.domain.answer import LayerAnswer, ModelAnswer, Opaque
from judge.message import Message
from judge.nn import Residual, Sequential
from judge.nn.base import Layer
from judge.nn.spec import ARRAYS, ATTRIBUTES

Array = NDArray[Any]
Pairs = list[tuple[str, Layer, LayerAnswer]]

_MISSING = Opaque("missing")

#: Kind -> its hyper-parameters.
SETTINGS = {
    kind: tuple(name for name in names if name not in ARRAYS[kind])
    for kind, names in ATTRIBUTES.items()
    if kind != "Residual"
}


def kind_of(layer: Layer) -> str:
    """Return the ``judge.nn`` class name of one of our own layers."""
    return type(layer).__name__


def pair_layers(original: Sequential, answer: ModelAnswer, prefix: str, pairs: Pairs) -> Message | None:
    """Append ``(name, our layer, their layer)`` of every leaf to ``pairs``; return the first difference in kind.

    Kinds, their order and number, and the hyper-parameters (compared by value) must agree.
    """
    ours: Sequence[Layer] = original.layers
    theirs = answer.layers
    if len(ours) != len(theirs):
        where = prefix.rstrip(".") or "model"
        return Message("checks.structure.length", {"where": where, "expected": len(ours), "got": len(theirs)})
    for position, (layer, got) in enumerate(zip(ours, theirs, strict=True)):
        name = f"{prefix}{position}"
        kind = kind_of(layer)
        if isinstance(got, Opaque) or got.kind != kind:
            return Message("checks.structure.kind", {"layer": name, "expected": kind, "got": tell.type_of(got)})
        if isinstance(layer, Residual):
            problem = _pair_residual(layer, got, name, pairs)
        else:
            problem = _settings(layer, got, name, kind)
            pairs.append((name, layer, got))
        if problem is not None:
            return problem
    return None


def _pair_residual(layer: Residual, got: LayerAnswer, name: str, pairs: Pairs) -> Message | None:
    for part in ("body", "shortcut"):
        ours = getattr(layer, part)
        theirs = got.attributes.get(part, Opaque("missing"))
        if ours is None and theirs is None:
            continue
        if ours is None or not isinstance(theirs, ModelAnswer):
            return Message(
                "checks.structure.kind",
                {"layer": f"{name}.{part}", "expected": tell.type_of(ours), "got": tell.type_of(theirs)},
            )
        problem = pair_layers(ours, theirs, f"{name}.{part}.", pairs)
        if problem is not None:
            return problem
    return None


def _settings(layer: Layer, got: LayerAnswer, name: str, kind: str) -> Message | None:
    for setting in SETTINGS[kind]:
        expected = getattr(layer, setting)
        value = got.attributes.get(setting, _MISSING)
        if not _same(expected, value):
            shown = tell.type_of(value) if isinstance(value, (Opaque, np.ndarray)) else repr(value)[:80]
            return Message(
                "checks.structure.setting",
                {"layer": name, "kind": kind, "setting": setting, "expected": repr(expected), "got": shown},
            )
    return None


def _same(expected: Any, value: Any) -> bool:
    """By value, where a made-up reply may hold anything, an array within a pair too."""
    if isinstance(expected, tuple):
        return isinstance(value, tuple) and len(value) == len(expected) and all(map(_same, expected, value))
    return isinstance(value, (int, float)) and value == expected


def array_problem(name: str, expected: Array | None, got: Any, *, same_shape: bool = True) -> Message | None:
    """Return what is wrong with the kind of an array that came back: not an array, another dtype or shape."""
    if expected is None:
        if got is None:
            return None
        return Message("checks.structure.bias", {"name": name, "got": tell.type_of(got)})
    if type(got) is not np.ndarray:
        return no_array(name, got)
    if got.dtype != expected.dtype:
        return Message("checks.array.dtype", {"name": name, "expected": str(expected.dtype), "got": str(got.dtype)})
    if same_shape and got.shape != expected.shape:
        return Message(
            "checks.array.shape",
            {"name": name, "expected": tell.shape(expected.shape), "got": tell.shape(got.shape)},
        )
    return None


def no_array(name: str, got: Any) -> Message:
    """Return what ``got`` is instead of an array that could travel."""
    detail = got.detail if isinstance(got, Opaque) else None
    if not detail or "dtype" not in detail:
        return Message("checks.array.type", {"name": name, "type": tell.type_of(got)})
    kind = tell.type_of(got)
    return Message(
        "checks.array.opaque" if kind == "numpy.ndarray" else "checks.array.subclass",
        {"name": name, "type": kind, "dtype": detail["dtype"], "shape": str(detail.get("shape", ""))},
    )


def equal(expected: Array, got: Array) -> bool:
    """True where both are ``None``, or hold the same values; the sign of a zero is not compared.

    Same dtype and shape are given.
    """
    return expected is got or expected.tobytes() == got.tobytes() or bool((expected == got).all())


def difference(name: str, expected: Array, got: Array) -> Message:
    """Return a message on the first entry in which two arrays of one shape differ."""
    differs = expected != got
    position = tuple(int(i) for i in np.unravel_index(int(np.argmax(differs)), differs.shape))
    return Message(
        "checks.array.value",
        {
            "name": name,
            "index": tell.index(position),
            "expected": tell.number(expected[position]),
            "got": tell.number(got[position]),
            "n": int(np.count_nonzero(differs)),
        },
    )
