"""Write a network and a call as Python, as a person would type them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.checkers.tell import call_of
from judge.diagnosis.tables import literal
from judge.domain.case import Call
from judge.nn import Residual
from judge.nn import Sequential as Network
from judge.nn.base import Layer
from judge.nn.layouts import channel_axes, layout_of
from judge.nn.spec import ARRAYS, ATTRIBUTES

WIDTH = 96
_DEFAULTS = {"stride": (1, 1), "padding": (0, 0), "groups": 1, "eps": 1e-5}


def call_text(call: Call, function: str, model: str = "model") -> str:
    """Return ``prune_weights(model, 0.5, scope="global")``."""
    arguments = call_of(call)
    return f"{function}({model}, {arguments})" if arguments else f"{function}({model})"


def kinds(model: Network) -> set[str]:
    """Return the class names that :func:`network_text` needs."""
    found = {"Sequential"}
    for layer in model.layers:
        found.add(type(layer).__name__)
        if isinstance(layer, Residual):
            found |= kinds(layer.body) | (kinds(layer.shortcut) if layer.shortcut is not None else set())
    return found


def network_text(model: Network, indent: str = "") -> str:
    """Return an expression that makes ``model`` again: values, dtypes and memory layouts."""
    layers = [_layer(layer, indent + "    ") for layer in model.layers]
    text = f"Sequential([{', '.join(layers)}])"
    if len(indent) + len(text) + len("model = ") <= WIDTH and "\n" not in text:
        return text
    inner = "".join(f"{indent}    {layer},\n" for layer in layers)
    return f"Sequential([\n{inner}{indent}])"


def _layer(layer: Layer, indent: str) -> str:
    kind = type(layer).__name__
    if isinstance(layer, Residual):
        parts = [network_text(layer.body, indent)]
        if layer.shortcut is not None:
            parts.append(network_text(layer.shortcut, indent))
        return f"Residual({', '.join(parts)})"
    arguments: list[str] = []
    for name in ATTRIBUTES[kind]:
        value = getattr(layer, name)
        if name in ARRAYS[kind]:
            if value is not None:
                arguments.append(array_text(value))
        elif name in _DEFAULTS and kind not in ("MaxPool2d", "AvgPool2d"):
            if value != _DEFAULTS[name]:
                arguments.append(f"{name}={_pair(value)}")
        elif name == "kernel_size" or value != getattr(layer, "kernel_size", None):
            arguments.append(_pair(value))
    text = f"{kind}({', '.join(arguments)})"
    if len(indent) + len(text) < WIDTH or len(arguments) < 2:
        return text
    return f"{kind}(\n" + "".join(f"{indent}    {argument},\n" for argument in arguments) + f"{indent})"


def array_text(array: NDArray[Any]) -> str:
    """Return an expression that makes ``array`` again."""
    layout = layout_of(array)
    if layout == "channels_last":
        there, back = channel_axes(array.ndim)
        return f"{array_text(array.transpose(there))}.transpose({', '.join(map(str, back))})"
    text = f"np.array({literal(array)}, np.{array.dtype})"
    count = array.size
    if count > 8 and (array == 1).all():
        text = f"np.ones({array.shape}, np.{array.dtype})"
    elif count > 8 and np.array_equal(array.ravel(), np.arange(1, count + 1)):
        shape = ", ".join(str(n) for n in array.shape)
        text = f"np.arange(1, {count + 1}, dtype=np.{array.dtype}).reshape({shape})"
    elif count > 24:
        flat = f"np.array({literal(array.ravel())}, np.{array.dtype})"
        shape = ", ".join(str(n) for n in array.shape)
        text = f"{flat}.reshape({shape})" if array.ndim > 1 else flat
    if layout == "C":
        return text
    if layout == "F":
        return f"np.asfortranarray({text})"
    return f"np.repeat({text}, 2, axis=-1)[..., ::2]"


def _pair(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        first, second = value
        return repr(first) if first == second else f"({first}, {second})"
    return repr(value)


def scalar(value: Any) -> str:
    """Return an array's entry as an expression of the same value: ``3``, or ``np.float32(0.1)``."""
    if isinstance(value, np.floating) and not (abs(float(value)) < 2**24 and value == int(value)):
        return f"np.{value.dtype}({value})"
    return literal(value)


def index(position: Sequence[int]) -> str:
    """Return ``[0, 1]`` as written behind an array."""
    return "[" + ", ".join(str(int(n)) for n in position) + "]"
