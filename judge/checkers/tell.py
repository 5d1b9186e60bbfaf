"""Short plain forms of values for messages."""

from __future__ import annotations

from typing import Any

import numpy as np

from judge.domain.answer import LayerAnswer, MappingAnswer, ModelAnswer, Opaque
from judge.domain.case import Call


def type_of(value: Any) -> str:
    """Return the name of the type that a decoded value had in the submission; of ``None`` just that."""
    name = _type_name(value)
    return "None" if name == "NoneType" else name


def _type_name(value: Any) -> str:
    if isinstance(value, Opaque):
        return value.type_name
    if isinstance(value, ModelAnswer):
        return "Sequential"
    if isinstance(value, MappingAnswer):
        return "dict"
    if isinstance(value, LayerAnswer):
        return value.kind
    if isinstance(value, np.ndarray):
        return "numpy.ndarray"
    return type(value).__name__


def number(value: Any) -> str:
    """Return a scalar as a person would write it, with all the digits that tell it from its neighbours."""
    scalar = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, np.floating):
        return str(value)  # the shortest digits that give this dtype's value back
    return repr(scalar)


def index(position: tuple[int, ...] | np.ndarray | tuple[np.intp, ...]) -> str:
    """Return ``[0, 2]`` for a position in an array."""
    return "[" + ", ".join(str(int(i)) for i in position) + "]"


def shape(value: tuple[int, ...]) -> str:
    """Return a shape as Python writes it: ``(3,)``."""
    return str(tuple(int(n) for n in value))


def call_of(call: Call) -> str:
    """Return the arguments of a call behind the model, as written in Python: ``0.5, scope="global"``."""
    parts = [_literal(value) for value in call.args]
    parts += [f"{name}={_literal(value)}" for name, value in call.kwargs.items()]
    return ", ".join(parts)


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return f'float("{value}")'
    return repr(value)
