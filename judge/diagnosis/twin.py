"""Neighbours of a call: one value or one argument away. The nearest on which a submission is right shows the rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from judge.checkers import tell
from judge.checkers.exchange import prunable
from judge.domain.case import Call
from judge.message import Message
from judge.nn import BatchNorm1d, BatchNorm2d, Flatten, Linear, Residual
from judge.nn.spec import ARRAYS

MOST = 32
_CHANGES: tuple[Callable[[Any], Any], ...] = (lambda v: -v, lambda v: v + 1, lambda v: v - 1, lambda v: v + 2)


class Neighbour(Struct, frozen=True):
    """``change`` says what was changed in the network; ``None`` where it is the arguments."""

    call: Call
    change: Message | None


def neighbours(call: Call) -> Iterator[Neighbour]:
    """Yield at most :data:`MOST` neighbours, the most telling ones first."""
    found = list(_arguments(call) if call.raises is not None else _values_first(call))
    yield from found[:MOST]


def _values_first(call: Call) -> Iterator[Neighbour]:
    yield from _values(call)
    yield from _forms(call)
    yield from _arguments(call)


def _values(call: Call) -> Iterator[Neighbour]:
    """Another sign, then another number, for each weight in turn."""
    weights = prunable(call.model)
    if sum(layer.weight.size for _, layer in weights) > 8:
        return
    for change in _CHANGES:
        for name, layer in weights:
            for position in np.ndindex(layer.weight.shape):
                old = layer.weight[position]
                new = layer.weight.dtype.type(change(old))
                if new == old or not np.isfinite(new):
                    continue
                model = call.model.copy()
                weight = dict(prunable(model))[name].weight
                weight[position] = new
                values = {"name": name + tell.index(position), "was": tell.number(old), "now": tell.number(new)}
                yield Neighbour(replace(call, model=model), Message("diagnosis.twin.value", values))


def _forms(call: Call) -> Iterator[Neighbour]:
    """Without a bias, in float32, in C order, without the layers that have no weights."""
    weights = prunable(call.model)
    for name, layer in weights:
        if layer.bias is not None:
            model = call.model.copy()
            dict(prunable(model))[name].bias = None
            yield Neighbour(
                replace(call, model=model), Message("diagnosis.twin.no_bias", {"name": f"{name[:-7]}.bias"})
            )
    arrays = [(leaf, a) for _, leaf in call.model.named_modules() for a in ARRAYS[type(leaf).__name__]]
    held = [getattr(leaf, a) for leaf, a in arrays if getattr(leaf, a) is not None]
    if any(array.dtype != np.float32 for array in held):
        model = _with_arrays(call, lambda array: array.astype(np.float32))
        yield Neighbour(replace(call, model=model), Message("diagnosis.twin.dtype", {"dtype": "float32"}))
    if any(not array.flags.c_contiguous for array in held):
        model = _with_arrays(call, np.ascontiguousarray)
        yield Neighbour(replace(call, model=model), Message("diagnosis.twin.layout", {}))
    for position, one in enumerate(call.model.layers):
        plain = not ARRAYS[type(one).__name__] and not isinstance(one, (Residual, Flatten))
        square = isinstance(one, Linear) and one.weight.shape[0] == one.weight.shape[1]
        if plain or isinstance(one, (BatchNorm1d, BatchNorm2d)) or (square and len(weights) > 1):
            model = call.model.copy()
            del model.layers[position]
            values = {"layer": str(position), "kind": type(one).__name__}
            yield Neighbour(replace(call, model=model), Message("diagnosis.twin.without", values))


def _with_arrays(call: Call, change: Any) -> Any:
    model = call.model.copy()
    for _, leaf in model.named_modules():
        for name in ARRAYS[type(leaf).__name__]:
            array = getattr(leaf, name)
            if array is not None:
                setattr(leaf, name, change(array))
    return model


def _arguments(call: Call) -> Iterator[Neighbour]:
    """Other fractions and other keywords; a wrong argument becomes another wrong one, or a good one."""
    fraction, *rest = call.args
    for other in (1.5, -0.1, float("nan"), 0.5) if call.raises else (0.5, 0.25, 0.75, 0.3, 0.1, 0.9, 0.2, 0.0):
        bad = not 0 <= other <= 1
        if repr(other) == repr(fraction):
            continue
        good_words = all(value in (1, 2, "layer", "global") for value in call.kwargs.values())
        if bad and not good_words:  # refused for the one, it would tell nothing of the other
            continue
        raises = "ValueError" if bad or not good_words else None
        changed = replace(call, args=(other, *rest), raises=raises)
        yield Neighbour(changed, None)
    for name, choices in (("scope", ("layer", "global")), ("norm", (1, 2))):
        if name not in call.kwargs:
            continue
        options: list[dict[str, Any]] = [{}, *({name: choice} for choice in choices)]
        for kwargs in options:
            if kwargs == dict(call.kwargs):
                continue
            raises = None if 0 <= fraction <= 1 else "ValueError"
            changed = replace(call, kwargs=kwargs, raises=raises)
            yield Neighbour(changed, None)
