"""A network as plain data: a header that JSON can hold, and the arrays it points into. No pickle.

    header   [{"kind": "Linear", "weight": 0, "bias": None}, {"kind": "Residual", "body": [...], "shortcut": None}]
    arrays   [ndarray, ...]

An attribute that is an array holds its position in ``arrays``, or ``None``. Pairs are lists of two. A ``Residual``
holds the headers of its two networks. How arrays travel (dtype, shape, strides) is the carrier's business.

Hundreds of tiny networks travel per verdict, so packing goes by a table and unpacking sets the attributes without the
constructors' checks: a header is only ever made by :func:`pack`, or by a file of a trusted package.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from judge.nn.activations import GELU, Flatten, ReLU, Sigmoid, Tanh
from judge.nn.arguments import pair
from judge.nn.base import Layer
from judge.nn.containers import Residual, Sequential
from judge.nn.layers import BatchNorm1d, BatchNorm2d, Conv2d, Linear
from judge.nn.pooling import AvgPool2d, MaxPool2d

if TYPE_CHECKING:
    from numpy.typing import NDArray

Header = list[dict[str, Any]]

_CLASSES: tuple[type[Layer], ...] = (
    Linear,
    Conv2d,
    BatchNorm1d,
    BatchNorm2d,
    ReLU,
    GELU,
    Tanh,
    Sigmoid,
    Flatten,
    MaxPool2d,
    AvgPool2d,
    Residual,
)

#: Kind -> class, of every layer; a ``Sequential`` is no layer but a network, or a half of a ``Residual``.
KINDS: dict[str, type[Layer]] = {cls.__name__: cls for cls in _CLASSES}

_NORM = ("weight", "bias", "running_mean", "running_var")

#: Kind -> its arrays, in the order of the constructor.
ARRAYS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(KINDS, ()),
    "Linear": ("weight", "bias"),
    "Conv2d": ("weight", "bias"),
    "BatchNorm1d": _NORM,
    "BatchNorm2d": _NORM,
}

#: Kind -> everything that makes it what it is, in the order of the constructor.
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    **ARRAYS,
    "Conv2d": ("weight", "bias", "stride", "padding", "groups"),
    "BatchNorm1d": (*_NORM, "eps"),
    "BatchNorm2d": (*_NORM, "eps"),
    "MaxPool2d": ("kernel_size", "stride"),
    "AvgPool2d": ("kernel_size", "stride"),
    "Residual": ("body", "shortcut"),
}

_KIND_OF_CLASS: dict[type, str] = {cls: kind for kind, cls in KINDS.items()}


def kind_of(layer: object) -> str | None:
    """Return the kind of ``layer``: the nearest ``judge.nn`` class in its type's MRO; ``None`` where there is none."""
    kind = _KIND_OF_CLASS.get(type(layer))
    if kind is not None:
        return kind
    return next((_KIND_OF_CLASS[cls] for cls in type(layer).__mro__ if cls in _KIND_OF_CLASS), None)


def pack(model: Sequential) -> tuple[Header, list[NDArray[Any]]]:
    """Return the header of ``model`` and its arrays: the very objects, in the order of layers and attributes.

    Raises ``TypeError`` for what is no layer, or for an attribute that is no array where one belongs.
    """
    arrays: list[NDArray[Any]] = []
    return _pack_layers(model, arrays), arrays


def unpack(header: Sequence[dict[str, Any]], arrays: Sequence[NDArray[Any]]) -> Sequential:
    """Return the network that ``header`` describes, holding the very ``arrays``: the inverse of :func:`pack`."""
    layers: list[Layer] = []
    new: Any = object.__new__
    for entry in header:
        cls, names, rest = _PLANS[entry["kind"]]
        layer = new(cls)
        state = layer.__dict__
        for name in names:
            position = entry[name]
            state[name] = None if position is None else arrays[position]
        if rest is not None:
            rest(state, entry, arrays)
        layers.append(layer)
    model = Sequential.__new__(Sequential)
    model.layers = layers
    return model


def _pack_layers(model: Sequential, arrays: list[NDArray[Any]]) -> Header:
    header: Header = []
    for layer in model.layers:
        kind = kind_of(layer)
        if kind is None:
            raise TypeError(f"layer {len(header)} is no layer of judge.nn but {type(layer).__name__}")
        entry: dict[str, Any] = {"kind": kind}
        for name in ARRAYS[kind]:
            value = getattr(layer, name)
            if value is None and name == "bias":
                entry[name] = None
                continue
            if not isinstance(value, np.ndarray):
                raise TypeError(f"{kind}.{name} of layer {len(header)} is no array but {type(value).__name__}")
            entry[name] = len(arrays)
            arrays.append(value)
        rest = _PACK.get(kind)
        if rest is not None:
            rest(entry, layer, arrays)
        header.append(entry)
    return header


def _pack_conv(entry: dict[str, Any], layer: Any, arrays: list[NDArray[Any]]) -> None:
    entry["stride"] = list(pair(layer, "stride", layer.stride, 1))
    entry["padding"] = list(pair(layer, "padding", layer.padding, 0))
    entry["groups"] = int(layer.groups)


def _pack_norm(entry: dict[str, Any], layer: Any, arrays: list[NDArray[Any]]) -> None:
    entry["eps"] = float(layer.eps)


def _pack_pool(entry: dict[str, Any], layer: Any, arrays: list[NDArray[Any]]) -> None:
    entry["kernel_size"] = list(pair(layer, "kernel_size", layer.kernel_size, 1))
    stride = layer.kernel_size if layer.stride is None else layer.stride
    entry["stride"] = list(pair(layer, "stride", stride, 1))


def _pack_residual(entry: dict[str, Any], layer: Any, arrays: list[NDArray[Any]]) -> None:
    entry["body"] = _pack_layers(layer.body, arrays)
    entry["shortcut"] = None if layer.shortcut is None else _pack_layers(layer.shortcut, arrays)


def _unpack_conv(state: dict[str, Any], entry: dict[str, Any], arrays: Sequence[NDArray[Any]]) -> None:
    state["stride"] = tuple(entry["stride"])
    state["padding"] = tuple(entry["padding"])
    state["groups"] = entry["groups"]


def _unpack_norm(state: dict[str, Any], entry: dict[str, Any], arrays: Sequence[NDArray[Any]]) -> None:
    state["eps"] = entry["eps"]


def _unpack_pool(state: dict[str, Any], entry: dict[str, Any], arrays: Sequence[NDArray[Any]]) -> None:
    state["kernel_size"] = tuple(entry["kernel_size"])
    state["stride"] = tuple(entry["stride"])


def _unpack_residual(state: dict[str, Any], entry: dict[str, Any], arrays: Sequence[NDArray[Any]]) -> None:
    state["body"] = unpack(entry["body"], arrays)
    state["shortcut"] = None if entry["shortcut"] is None else unpack(entry["shortcut"], arrays)


# What a kind has besides arrays. Each function fills the dictionary it is given first.
_PACK: dict[str, Callable[[dict[str, Any], Any, list[NDArray[Any]]], None]] = {
    "Conv2d": _pack_conv,
    "BatchNorm1d": _pack_norm,
    "BatchNorm2d": _pack_norm,
    "MaxPool2d": _pack_pool,
    "AvgPool2d": _pack_pool,
    "Residual": _pack_residual,
}
_UNPACK: dict[str, Callable[[dict[str, Any], dict[str, Any], Sequence[NDArray[Any]]], None]] = {
    "Conv2d": _unpack_conv,
    "BatchNorm1d": _unpack_norm,
    "BatchNorm2d": _unpack_norm,
    "MaxPool2d": _unpack_pool,
    "AvgPool2d": _unpack_pool,
    "Residual": _unpack_residual,
}
# Kind -> its class, its arrays, and what fills in the rest.
_PLANS = {kind: (cls, ARRAYS[kind], _UNPACK.get(kind)) for kind, cls in KINDS.items()}
