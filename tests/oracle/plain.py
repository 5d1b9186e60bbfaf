"""Networks and answers as plain Python values: tensors are tuples of numbers, a layer is a dictionary."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

ARRAYS = ("weight", "bias", "running_mean", "running_var")
SETTINGS = ("stride", "padding", "groups", "eps", "kernel_size")
PRUNABLE = ("Linear", "Conv2d")

Layer = dict[str, Any]
Network = list[Any]  # of layers; in an answer, of anything


@dataclass
class Tensor:
    """An ``ndarray``: values in C order."""

    dtype: str
    shape: tuple[int, ...]
    values: list[float]

    def row(self, number: int) -> list[float]:
        """Return entry ``number`` of the first axis, flat."""
        size = len(self.values) // self.shape[0]
        return self.values[number * size : (number + 1) * size]


@dataclass
class Odd:
    """Something of a type that has no business where it is; an array of a strange kind has a dtype and a shape."""

    type_name: str
    detail: dict[str, Any] | None = None


@dataclass
class Masks:
    """A mapping."""

    items: list[tuple[Any, Any]]


@dataclass
class Given:
    """A call: the network, its arguments, and how a wrong call must end."""

    network: Network
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    input_shape: tuple[int, ...]
    wrong: bool = False


@dataclass
class Reply:
    """What came back. ``value`` is a tuple or list of a network (a list of layers in ``Net``) and ``Masks``, or not."""

    value: Any
    after: Any
    raised: tuple[str, ...] | None = None  # class names along the MRO
    damage: list[str] = field(default_factory=list)


@dataclass
class Net:
    """A ``Sequential`` in an answer."""

    layers: Network


def leaves(network: Network, prefix: str = "") -> Iterator[tuple[str, Layer]]:
    """Yield the layers that are no containers under torch's names."""
    for position, layer in enumerate(network):
        name = f"{prefix}{position}"
        if layer["kind"] == "Residual":
            yield from leaves(layer["body"], f"{name}.body.")
            if layer["shortcut"] is not None:
                yield from leaves(layer["shortcut"], f"{name}.shortcut.")
        else:
            yield name, layer


def prunable(network: Network) -> list[tuple[str, Layer]]:
    """Return ``("0.weight", layer)`` of every ``Linear`` and ``Conv2d``."""
    return [(f"{name}.weight", layer) for name, layer in leaves(network) if layer["kind"] in PRUNABLE]


def same_values(one: Tensor, other: Tensor) -> bool:
    """The same numbers; Python's 0.0 == -0.0 is what the contract says of zeros, and NaN equals nothing."""
    return all(a == b for a, b in zip(one.values, other.values, strict=True))


def same_setting(expected: Any, got: Any) -> bool:
    """Hyper-parameters by value: 1 is (1, 1), and 1.0 is 1."""
    if isinstance(expected, tuple) and isinstance(got, (int, float)):
        got = (got, got)
    if isinstance(expected, tuple):
        return isinstance(got, (tuple, list)) and list(got) == list(expected)
    return isinstance(got, (int, float)) and got == expected


def same_tensor(expected: Tensor | None, got: Any) -> bool:
    """The same kind of array with the same values, or both ``None``."""
    if expected is None or not isinstance(got, Tensor):
        return expected is None and got is None
    return got.dtype == expected.dtype and got.shape == expected.shape and same_values(expected, got)


def same_network(expected: Network | None, got: Any) -> bool:
    """The same layers, settings and arrays, in the same order."""
    if expected is None or got is None:
        return expected is None and got is None
    if not isinstance(got, Net) or len(got.layers) != len(expected):
        return False
    return all(same_layer(one, other) for one, other in zip(expected, got.layers, strict=True))


def same_layer(expected: Layer, got: Any) -> bool:
    """One layer of :func:`same_network`."""
    if not isinstance(got, dict) or got["kind"] != expected["kind"]:
        return False
    if expected["kind"] == "Residual":
        return all(part in got and same_network(expected[part], got[part]) for part in ("body", "shortcut"))
    for name, value in expected.items():
        if name in ARRAYS and not (name in got and same_tensor(value, got[name])):
            return False
        if name in SETTINGS and not (name in got and same_setting(value, got[name])):
            return False
    return True


def wrap(network: Network) -> Net:
    """Return a deep copy of ``network`` as it stands in an answer."""
    layers = []
    for layer in copy.deepcopy(network):
        if layer["kind"] == "Residual":
            layer["body"] = wrap(layer["body"])
            layer["shortcut"] = None if layer["shortcut"] is None else wrap(layer["shortcut"])
        layers.append(layer)
    return Net(layers)


def unwrap(net: Net) -> Network:
    """Undo :func:`wrap`."""
    network = []
    for layer in copy.deepcopy(net.layers):
        if layer["kind"] == "Residual":
            layer["body"] = unwrap(layer["body"])
            layer["shortcut"] = None if layer["shortcut"] is None else unwrap(layer["shortcut"])
        network.append(layer)
    return network


def pair_of(reply: Reply) -> tuple[Net, Masks] | None:
    """Return network and masks where the answer is a pair of them."""
    value = reply.value
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        return None
    net, masks = value
    return (net, masks) if isinstance(net, Net) and isinstance(masks, Masks) else None


def read_masks(masks: Masks, wanted: dict[str, tuple[int, ...]]) -> dict[str, list[bool]] | None:
    """Return each mask as booleans, flat; ``None`` where keys, types, shapes or values are not as they must be."""
    found = dict(masks.items) if all(isinstance(key, str) for key, _ in masks.items) else {}
    if found.keys() != wanted.keys():
        return None
    result = {}
    for name, shape in wanted.items():
        tensor = found[name]
        if not isinstance(tensor, Tensor) or tensor.shape != shape or tensor.dtype.lstrip("<>=")[:1] == "c":
            return None
        if any(value not in (0, 1) for value in tensor.values):
            return None
        result[name] = [value == 1 for value in tensor.values]
    return result


def size(shape: tuple[int, ...]) -> int:
    """Return the number of entries."""
    return math.prod(shape)
