"""Layers and networks, as they may be written in a call, and what a network that arrives must be.

Every network that a text makes is one that the constructors of judge.nn take: floating, finite, in one dtype
(contract, section 1). Whether it suits a problem is that problem's business: ``unfit`` of
:class:`judge.diagnosis.ladder.Kind`.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from judge.checkers.exchange import prunable
from judge.message import Message
from judge.nn import Residual, Sequential
from judge.nn.base import Layer
from judge.nn.spec import ARRAYS, KINDS, pack
from judge.trial.expression import Expression, Parameter, Read, arguments
from judge.trial.values import array, integer_from, number, pair_from

_DEEPEST = 4  # Residual within Residual
_NUMBERS = 40  # that a layer counts as, besides those in its arrays
_FLOATING = (np.float16, np.float32, np.float64)
_LAYOUTS = {"Linear": "(out, in)", "Conv2d": "(out, in // groups, kh, kw)"}  # of the weight; all else is a vector


def network(e: Expression) -> Sequential:
    """Return a network: ``Sequential([...])``, or a copy of one."""
    node = e.node
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id == "Sequential":
            if len(node.args) > 1:  # as torch.nn has it
                raise e.bad(Message("trial.wanted.layers", {"came": e.written}))
            given = arguments(e, "Sequential", (Parameter("layers", _layers),))
            return Sequential(given["layers"])
        if isinstance(node.func, ast.Attribute) and node.func.attr == "copy" and not node.args:
            return network(e.of(node.func.value))
    raise e.other(Message("trial.wanted.network", {"came": e.written}))


def input_network(e: Expression) -> Sequential:
    """Return a network that a solution may be handed."""
    model = network(e)
    if _depth(model) > _DEEPEST:
        raise e.bad(Message("trial.nested", {"most": _DEEPEST}))
    if not prunable(model):
        raise e.bad(Message("trial.nothing_prunable", {}))
    dtypes = sorted({str(held.dtype) for held in pack(model)[1]})
    if len(dtypes) > 1:
        raise e.bad(Message("trial.dtypes", {"dtypes": dtypes}))
    return model


def _depth(model: Sequential) -> int:
    halves = [half for layer in model if isinstance(layer, Residual) for half in (layer.body, layer.shortcut)]
    return max((1 + _depth(half) for half in halves if half is not None), default=0)


def _layers(e: Expression) -> list[Layer]:
    if not isinstance(e.node, (ast.List, ast.Tuple)):
        raise e.other(Message("trial.wanted.layers", {"came": e.written}))
    return [layer(e.of(item)) for item in e.node.elts]


def layer(e: Expression) -> Layer:
    """Return a layer, made by its constructor."""
    e.take(_NUMBERS)
    kind = e.node.func.id if isinstance(e.node, ast.Call) and isinstance(e.node.func, ast.Name) else ""
    if kind not in KINDS:
        raise e.other(Message("trial.wanted.layer", {"came": e.written, "known": list(KINDS)}))
    given = arguments(e, kind, _PARAMETERS[kind])
    problem = _problem(kind, given)
    if problem is not None:
        raise e.bad(problem)
    return KINDS[kind](**given)


def _problem(kind: str, given: Mapping[str, Any]) -> Message | None:
    """Return what is wrong with the arrays of a layer."""
    for name in ARRAYS[kind]:
        held = given.get(name)
        if held is None:
            continue
        full = f"{kind}.{name}"
        layout = _LAYOUTS.get(kind, "(C,)") if name == "weight" else "(out,)" if kind in _LAYOUTS else "(C,)"
        axes = layout.count(",") + (not layout.endswith(",)"))
        if held.ndim != axes or not held.size:
            return Message("trial.shape", {"name": full, "layout": layout, "shape": str(held.shape)})
        if held.dtype not in _FLOATING:
            return Message("trial.dtype", {"name": full, "dtype": str(held.dtype)})
        if not np.isfinite(held).all():
            return Message("trial.finite", {"name": full, "dtype": str(held.dtype)})
        channels = len(given["weight"])
        if len(held) != channels:
            return Message("trial.length", {"name": full, "got": len(held), "expected": channels})
    groups = given.get("groups", 1)
    if groups > 1 and len(given["weight"]) % groups:
        return Message("trial.groups", {"out": len(given["weight"]), "groups": groups})
    return None


def _epsilon(e: Expression) -> float:
    value = float(number(e))
    if not 0 <= value < float("inf"):
        raise e.bad(Message("trial.epsilon", {"came": e.written}))
    return value


_READ: dict[str, Read] = {
    **dict.fromkeys(("weight", "bias", "running_mean", "running_var"), array),
    "stride": pair_from(1),
    "kernel_size": pair_from(1),
    "padding": pair_from(0),
    "groups": integer_from(1),
    "eps": _epsilon,
    "body": network,
    "shortcut": network,
}
_PARAMETERS = {
    kind: tuple(
        Parameter(name, _READ[name], one.default is inspect.Parameter.empty, one.default is None)
        for name, one in inspect.signature(cls).parameters.items()
    )
    for kind, cls in KINDS.items()
}
