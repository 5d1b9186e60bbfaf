"""The assertion that a rule of :mod:`judge.checkers` amounts to, in Python: true of every right answer.

Each function gets the message of the broken rule and returns the last lines of a snippet. ``pruned`` and ``masks`` are
what the call returned, ``answer`` is the two together, ``model`` the input.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from judge.checkers.exchange import Exchange, prunable
from judge.diagnosis.source import array_text
from judge.domain.answer import ModelAnswer
from judge.message import Message
from judge.nn import Sequential
from judge.nn.base import Layer
from judge.nn.spec import ARRAYS, ATTRIBUTES

UNPACK = "pruned, masks = answer"


def general(exchange: Exchange, check: str, message: Message) -> list[str] | None:
    """Return the assertion of a rule that all problems share; ``None`` for another rule."""
    key, values = message.key.removeprefix("checks."), message.values
    if check == "result":
        return _result(key)
    if check == "structure":
        return _network(exchange.call.model, exchange.model, "pruned", exchange.same_shapes)
    if check == "masks":
        return _masks(exchange, key, values)
    if check == "purity":
        after = exchange.answer.model_after
        return _network(exchange.call.model, after if isinstance(after, ModelAnswer) else None, "model", True)
    return None


def _result(key: str) -> list[str]:
    pair = ["assert isinstance(answer, (tuple, list)) and len(answer) == 2"]
    if key in ("result.none", "result.type", "result.length"):
        return pair
    if key == "result.masks":
        return ['assert hasattr(answer[1], "keys")']
    if key == "result.layers":
        return ["assert isinstance(answer[0].layers, (list, tuple))"]
    return ["assert isinstance(answer[0], Sequential)"]


def _masks(exchange: Exchange, key: str, values: Mapping[str, Any]) -> list[str]:
    if key in ("masks.key_type", "masks.extra", "masks.missing"):
        names = ", ".join(f'"{name}"' for name in exchange.mask_shapes)
        return [UNPACK, f"assert set(masks.keys()) == {{{names}}}"]
    name = values.get("key") or str(values["name"]).removeprefix('masks["').removesuffix('"]')
    mask = f'masks["{name}"]'
    if key in ("array.opaque", "array.subclass", "array.type"):
        return [UNPACK, f"assert type({mask}) is np.ndarray and {mask}.dtype != object"]
    if key == "masks.dtype":
        return [UNPACK, f'assert {mask}.dtype.kind in "biuf"']
    if key == "masks.value":
        return [UNPACK, f"assert np.isin({mask}, [0, 1]).all()"]
    return [UNPACK, f"assert {mask}.shape == {tuple(exchange.mask_shapes[name])}"]


def path(name: str, root: str) -> str:
    """Return where layer ``name`` of a network stands: ``pruned.layers[3].body.layers[1]`` for ``3.body.1``."""
    return root + "".join(f".layers[{part}]" if part.isdigit() else f".{part}" for part in name.split("."))


def _network(ours: Sequential, theirs: ModelAnswer | None, root: str, same_shapes: bool) -> list[str] | None:
    """Return the assertion on the first thing in which two networks differ."""
    unpack = [UNPACK] if root == "pruned" else []
    if theirs is None:
        return [*unpack, f"assert isinstance({root}.layers, (list, tuple))"]
    found = _first_difference(ours, theirs, root, same_shapes)
    return None if found is None else [*unpack, f"assert {found}"]


def _first_difference(ours: Sequential, theirs: ModelAnswer, root: str, same_shapes: bool) -> str | None:
    if len(ours.layers) != len(theirs.layers):
        return f"len({root}.layers) == {len(ours.layers)}"
    for position, (layer, got) in enumerate(zip(ours.layers, theirs.layers, strict=True)):
        here = f"{root}.layers[{position}]"
        kind = type(layer).__name__
        if getattr(got, "kind", None) != kind:
            return f"isinstance({here}, {kind})"
        attributes = getattr(got, "attributes", {})
        for name in ATTRIBUTES[kind]:
            expected, value = getattr(layer, name), attributes.get(name)
            if isinstance(expected, Sequential):
                if not isinstance(value, ModelAnswer):
                    return f"isinstance({here}.{name}, Sequential)"
                found = _first_difference(expected, value, f"{here}.{name}", same_shapes)
            elif name in ARRAYS[kind]:
                found = _array(expected, value, f"{here}.{name}", same_shapes)
            else:
                found = _setting(expected, value, f"{here}.{name}")
            if found is not None:
                return found
    return None


def _setting(expected: Any, value: Any, here: str) -> str | None:
    if expected is None:
        return None if value is None else f"{here} is None"
    if type(value) in (int, float, bool, tuple, list) and value == expected:
        return None
    if isinstance(expected, tuple):
        return f"tuple(np.broadcast_to({here}, 2)) == {expected}"
    return f"{here} == {expected!r}"


def _array(expected: Any, value: Any, here: str, same_shapes: bool) -> str | None:
    if expected is None:
        return None if value is None else f"{here} is None"
    if type(value) is not np.ndarray:
        return f"type({here}) is np.ndarray"
    if value.dtype != expected.dtype:
        return f"{here}.dtype == np.{expected.dtype}"
    if same_shapes and value.shape != expected.shape:
        return f"{here}.shape == {expected.shape}"
    if same_shapes and here.startswith("model") and not (value == expected).all():
        return f"np.array_equal({here}, {array_text(np.ascontiguousarray(expected))})"
    return None


def layer_of(model: Sequential, name: str) -> Layer:
    """Return the leaf layer that stands under ``name``."""
    return dict(model.named_modules())[name]


def mask_of(name: str) -> str:
    """Return ``masks["0.weight"]``."""
    return f'masks["{name}"]'


def names(exchange: Exchange) -> list[str]:
    """Return the names of the prunable weights."""
    return [name for name, _ in prunable(exchange.call.model)]
