"""Calls that follow one another: for what a solution may neither remember nor hand out twice.

A network object comes again, as it is or with other numbers in it; networks of the same shapes come one after the
other; and answers are looked at when later calls have been made.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from judge.domain.case import Call
from judge.generators.draft import Draft
from judge.generators.families import Family
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, Sigmoid
from judge.nn.base import Layer

Array = NDArray[Any]
#: Positional and keyword arguments behind the network.
Arguments = tuple[tuple[Any, ...], Mapping[str, Any]]


def network(family: Family, between: Sequence[Layer] = ()) -> Sequential:
    """Return a network for :func:`drafts`, with all kinds of layers; of its largest array ``repr`` leaves most out.

    ``between``: more layers, which six numbers enter and leave.
    """
    return Sequential(
        [
            family.conv(2, 6, (3, 2), bias=True),
            family.norm2d(6),
            ReLU(),
            family.conv(6, 5, (2, 2), bias=True),
            family.norm2d(5),
            MaxPool2d((1, 2), (1, 1)),
            Flatten(),
            family.linear(5 * 2 * 3, 36, bias=True),
            family.norm1d(36),
            ReLU(),
            family.linear(36, 6, bias=True),
            *between,
            ReLU(),
            family.linear(6, 2, bias=True),
        ]
    )


def drafts(model: Sequential, asked: Sequence[Arguments]) -> Iterator[Draft]:
    """Yield two tests of many calls with ``model``, a :func:`network`, and its like.

    The four ``asked`` have different answers.
    """
    first, second, third, fourth = asked
    # Here the layer behind Flatten is the last one, which is not pruned by channels.
    beginning = Sequential(model.copy().layers[:8])
    other = turned(model)
    rest = (model, *retrained(model), model)
    again = [(model, second), (other, first), (other, third), *((one, first) for one in rest)]
    yield Draft((_call(model, first), *(_call(one, how, again=0) for one, how in again)))
    # Of the beginning more answers than anybody keeps in turn.
    both = (turned(beginning), beginning)
    later = [*[(one, how) for how in (second, fourth, first, third) for one in both][1:], (other, first)]
    yield Draft(
        (
            _call(model, first, late=True),
            _call(beginning, first),
            _call(beginning, second, again=1),
            *(_call(one.copy(), how) for one, how in later),
        )
    )


def same_bytes(weight: Array) -> Iterator[Array]:
    """Yield weights of other shapes or another order that look like ``weight`` ``(out, in)`` to who reads bytes alone.

    It as it is, its bytes as ``(in, out)``, and in Fortran's order an array that has the same bytes in memory.
    """
    out, fan_in = weight.shape
    yield weight.copy()
    yield weight.reshape(fan_in, out).copy()
    yield weight.reshape(fan_in, out).T.copy(order="F")


def batches(calls: Iterator[Call], size: int) -> Iterator[Draft]:
    """Yield tests of ``size`` calls. In every other one the answers are looked at when all calls have been made."""
    late = False
    while batch := list(itertools.islice(calls, size)):
        batch[0] = replace(batch[0], late=late)
        yield Draft(tuple(batch))
        late = not late


def turned(model: Sequential) -> Sequential:
    """Return a copy with the rows of every array in reverse order: other numbers, the same norms and magnitudes."""
    return _altered(model, lambda leaf, name: True, lambda array: array[::-1])


def retrained(model: Sequential) -> Iterator[Sequential]:
    """Yield copies of which each differs in one thing from the one before, in no norm and in no magnitude.

    The first differs from ``model``. In what BatchNorm has counted; in biases and the rest of BatchNorm; in signs in
    the middle of the largest weight, which ``repr`` leaves out; in the order of weights within their rows; in the
    dtype; in digits that single precision has not; in activations; in the eps of BatchNorm; in stride and padding
    of convolutions, and stride of pooling.
    """

    def of_prunable(leaf: Layer, name: str) -> bool:
        return name == "weight" and isinstance(leaf, (Linear, Conv2d))

    most = max(leaf.weight.size for _, leaf in model.named_modules() if isinstance(leaf, (Linear, Conv2d)))

    def largest(leaf: Layer, name: str) -> bool:
        return isinstance(leaf, (Linear, Conv2d)) and of_prunable(leaf, name) and leaf.weight.size == most

    changes: tuple[tuple[Callable[[Layer, str], bool], Callable[[Array], Array]], ...] = (
        (lambda leaf, name: name.startswith("running"), lambda array: array[::-1]),
        (lambda leaf, name: not of_prunable(leaf, name), lambda array: array[::-1]),
        (largest, _middle_negated),
        (of_prunable, _middle_of_rows_turned),
        (lambda leaf, name: True, lambda array: array.astype(np.float64)),
        (lambda leaf, name: True, lambda array: array * (1 + 2.0**-30)),
    )
    for which, how in changes:
        model = _altered(model, which, how)
        yield model
    model = model.copy()
    model.layers = [Sigmoid() if type(layer) is ReLU else layer for layer in model.layers]
    yield model
    model = model.copy()
    for _, layer in model.named_modules():
        if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
            layer.eps = 2 * layer.eps + 1e-3
    yield model
    for kind, setting, pair in ((Conv2d, "stride", (2, 1)), (Conv2d, "padding", (1, 0)), (MaxPool2d, "stride", (2, 1))):
        model = model.copy()
        for _, layer in model.named_modules():
            if isinstance(layer, kind):
                setattr(layer, setting, pair)
        yield model


def _altered(model: Sequential, which: Callable[[Layer, str], bool], how: Callable[[Array], Array]) -> Sequential:
    twin = model.copy()
    for _, leaf in twin.named_modules():
        for name, array in vars(leaf).items():
            if isinstance(array, np.ndarray) and which(leaf, name):
                setattr(leaf, name, how(array).copy())
    return twin


def _middle_negated(weight: Array) -> Array:
    flat = weight.ravel().copy()
    flat[flat.size // 3 : 2 * flat.size // 3] *= -1
    return flat.reshape(weight.shape)


def _middle_of_rows_turned(weight: Array) -> Array:
    rows = weight.copy()
    rows[..., 1:-1] = weight[..., -2:0:-1]
    return rows


def _call(model: Sequential, asked: Arguments, **how: Any) -> Call:
    args, kwargs = asked
    return Call(model, args, kwargs, **how)
