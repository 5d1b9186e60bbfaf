"""Networks that are legal and that nobody expects: for whatever a solution takes for granted about their build.

What occurs in them occurs for every seed: layers before the first prunable one and behind the last, two of a kind in
a row, nothing between two prunable layers, ``Flatten`` where it changes nothing, a vector of zeros for a bias, a
BatchNorm that does nothing or has negative weights, one channel, windows and strides that differ along the axes, the
defaults of pooling, a square image and one of a single pixel, filters that are equal or zero, magnitudes far from 1,
no weight outside ``Residual``, branches within branches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from judge.generators.families import Family
from judge.nn import (
    GELU,
    AvgPool2d,
    BatchNorm1d,
    Conv2d,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Tanh,
)
from judge.nn.base import Layer
from judge.nn.layouts import channels_last, contiguous, fortran, reverse, strided

Shape = tuple[int, ...]
#: Nonzero magnitudes lie in this range where the dtype is float32 or float64: the statements promise it.
SMALLEST, LARGEST = 1e-15, 1e6
_LAYOUTS = (fortran, strided, reverse, channels_last, contiguous)


def plain(family: Family) -> Iterator[tuple[Sequential, Shape]]:
    """Yield ``(network, shape of one input)``: layers in a row, no ``Residual``, ``groups`` 1."""
    for build in (_crowded, _inert, _square_norms, _narrow):
        layers = build(family)
        yield Sequential(layers), (_features(layers),)
    for build, shape in ((_many_windows, (2, 9, 8)), (_convolution_last, (1, 5, 6)), (_one_pixel, (2, 3, 2))):
        yield Sequential(build(family)), shape
    for between, side in (([Flatten()], 3), ([Flatten()], 2), ([Flatten(), ReLU()], 3), ([Flatten(), Flatten()], 3)):
        features = 4 * (side - 1) ** 2
        yield Sequential([family.conv(1, 4, (2, 2)), *between, family.linear(features, 3)]), (1, side, side)
    yield Sequential([family.conv(2, 3, (2, 1), (2, 1), (0, 1))]), (2, 3, 2)
    norm = family.norm1d(8)
    norm.eps = 0.1
    yield Sequential([Flatten(), norm, family.linear(8, 3), Flatten()]), (2, 2, 2)
    yield Sequential([family.norm1d(5), family.linear(5, 3), family.norm1d(3), ReLU()]), (5,)
    yield Sequential(_flattened_norms(family)), (1, 2, 2)
    for first in ([family.norm2d(3)], [AvgPool2d((2, 1), 1), Sigmoid()]):
        yield Sequential([*first, Flatten(), family.linear(12, 5), ReLU(), family.linear(5, 2)]), (3, 1 + len(first), 2)
    yield Sequential(_wide_steps(family)), (1, 7, 7)
    if family.dtype == np.float32:
        yield _deep(family), (3,)


def residual(family: Family) -> Iterator[tuple[Sequential, Shape]]:
    """As :func:`plain`: residual blocks with little in them, and convolutions in groups."""
    lone = Residual(Sequential([]), Sequential([family.linear(4, 4, bias=True)]))
    hollow = [
        Residual(Sequential([])),
        Residual(Sequential([ReLU(), Tanh(), GELU(), Sigmoid()])),
        Residual(Sequential([]), Sequential([])),
    ]
    deep = Residual(Sequential([family.linear(4, 4)]))
    for shortcut in (None, Sequential([ReLU()]), None, None):
        deep = Residual(Sequential([deep]), shortcut)
    yield Sequential([hollow[0], family.linear(3, 4), hollow[1], lone, deep, hollow[2], family.linear(4, 2)]), (3,)
    yield _branching(family), (3,)
    zero = family.conv(4, 4, (1, 3), 1, (0, 1), groups=2, bias=True)
    assert zero.bias is not None
    zero.bias[...] = 0
    depthwise = family.conv(4, 4, (3, 1), 1, (1, 0), groups=4, bias=True)
    yield Sequential([zero, Residual(Sequential([depthwise, family.norm2d(4)])), MaxPool2d(2), Flatten()]), (4, 4, 6)
    inner = Residual(Sequential([family.conv(4, 4, (3, 1), 1, (1, 0), groups=2), family.norm2d(4)]))
    pooled = Sequential([MaxPool2d((2, 2), (1, 2)), inner, family.conv(4, 4, (1, 1), groups=4), AvgPool2d((2, 1))])
    grouped = Sequential([family.conv(4, 4, (4, 2), (2, 2), (1, 0), groups=2, bias=False), family.norm2d(4)])
    yield Sequential([Residual(pooled, grouped), Flatten()]), (4, 5, 6)


def some(networks: Iterable[tuple[Sequential, Shape]], dtype: DTypeLike) -> Iterator[Sequential]:
    """Yield all ``networks`` in float32, every other one in float64, the rest in float16."""
    for position, (network, _) in enumerate(networks):
        if np.dtype(dtype) in (np.float32, (np.float64, np.float16)[position % 2]):
            yield network


def dressed(model: Sequential, turn: int) -> Sequential:
    """Lay out the arrays of ``model`` in five ways by turns, its biases and vectors too, in place; return ``model``."""
    for _, leaf in model.named_modules():
        for name in ("weight", "bias", "running_mean", "running_var"):
            array = getattr(leaf, name, None)
            if array is not None:
                setattr(leaf, name, _LAYOUTS[turn % len(_LAYOUTS)](array))
                turn += 1
    return model


def three_orders(family: Family, separate: Callable[[Sequential], Sequential]) -> Sequential:
    """Return three convolutions, moved apart by ``separate``: in Fortran's order, channels last, in C order."""
    model = separate(
        Sequential([family.conv(2, 6, (2, 2)), ReLU(), family.conv(6, 4, (2, 2)), ReLU(), family.conv(4, 3, (1, 2))])
    )
    for position, order in ((0, fortran), (2, channels_last)):
        layer = model[position]
        assert isinstance(layer, Conv2d)
        layer.weight = order(layer.weight)
    return model


def scaled(model: Sequential, turn: int) -> Sequential:
    """Bring the prunable weights of ``model`` to the ends of the promised range, in place; return it.

    By turns: none of them, all to the lower end, all to the upper, every other array to the lower and the rest to the
    upper. Not in float16.
    """
    weights = [leaf for _, leaf in model.named_modules() if isinstance(leaf, (Linear, Conv2d))]
    if weights[0].weight.dtype == np.float16:
        return model
    nobody: list[Linear | Conv2d] = []
    ends = ((nobody, nobody), (weights, nobody), (nobody, weights), (weights[::2], weights[1::2]))[turn % 4]
    for leaves, lower in zip(ends, (True, False), strict=True):
        present = [np.abs(leaf.weight[leaf.weight != 0]).astype(np.float64) for leaf in leaves]
        magnitudes = np.concatenate(present) if present else np.zeros(0)
        if magnitudes.size:
            # One factor for all that go to one end, so that they stay as far apart as they are.
            factor = 1.1 * SMALLEST / magnitudes.min() if lower else 0.9 * LARGEST / magnitudes.max()
            for leaf in leaves:
                leaf.weight = (leaf.weight * factor).astype(leaf.weight.dtype)
    return model


def tied(model: Sequential) -> Sequential:
    """Make two filters of a convolution equal where it has more than three, two zero where it has three, in place."""
    for _, leaf in model.named_modules():
        if isinstance(leaf, Conv2d) and len(leaf.weight) > 3:
            leaf.weight[1] = leaf.weight[3]
        elif isinstance(leaf, Conv2d) and len(leaf.weight) == 3:
            leaf.weight[:2] = 0
    return model


def twins(family: Family) -> Sequential:
    """Return a network of equal layers, with many equal weights in each."""
    few = family.rng.choice(np.array([-2, -1, 0, 1, 2]), (4, 4)).astype(family.dtype)
    bias = family.vector(4)
    return Sequential([Linear(few.copy(), bias.copy()), ReLU(), Linear(few.copy(), bias.copy()), Linear(few.copy())])


def _branching(family: Family) -> Sequential:
    """Branches within branches, six deep, behind ten layers of which none has a weight."""

    def square() -> Linear:
        return family.linear(3, 3)

    deep = Residual(Sequential([square()]))
    for shortcut in (None, Sequential([square()]), Sequential([]), None, Sequential([family.norm1d(3), square()])):
        deep = Residual(Sequential([ReLU(), deep]), shortcut)
    inner = Residual(Sequential([square()]), Sequential([square(), Residual(Sequential([square()]), Sequential([]))]))
    first = Residual(
        Sequential([Tanh(), ReLU(), square(), *(ReLU() for _ in range(7)), square(), inner]),
        Sequential([Residual(Sequential([square()]), one) for one in (Sequential([]), Sequential([square()]))]),
    )
    return Sequential([*(Tanh() for _ in range(10)), first, Residual(Sequential([deep]), Sequential([square()]))])


def _crowded(family: Family) -> list[Layer]:
    return [
        ReLU(),
        family.norm1d(4),
        Tanh(),
        family.linear(4, 5),
        family.linear(5, 6),
        ReLU(),
        ReLU(),
        Tanh(),
        family.norm1d(6),
        family.norm1d(6),
        GELU(),
        family.norm1d(6),
        family.linear(6, 3),
        family.norm1d(3),
        Sigmoid(),
        family.linear(3, 4),
        family.linear(4, 4),
        family.linear(4, 2),
        family.norm1d(2),
        Sigmoid(),
        family.norm1d(2),
        Flatten(),
        ReLU(),
    ]


def _inert(family: Family) -> list[Layer]:
    def vector(value: float) -> Any:
        return np.full(4, value, family.dtype)

    negative = family.norm1d(4)
    negative.weight = -negative.weight
    first = Linear(family.array(4, 3), vector(0.0))
    return [
        Flatten(),
        first,
        Flatten(),
        BatchNorm1d(vector(1.0), vector(0.0), vector(0.0), vector(1.0), 0.0),
        BatchNorm1d(vector(1.0), vector(0.5), vector(0.0), vector(1.0)),
        ReLU(),
        Flatten(),
        negative,
        family.linear(4, 4),
        family.norm1d(4),
        Tanh(),
    ]


def _square_norms(family: Family) -> list[Layer]:
    square = [family.linear(4, 4) for _ in range(3)]
    return [family.norm1d(4), square[0], ReLU(), square[1], square[2], ReLU(), family.norm1d(4)]


def _narrow(family: Family) -> list[Layer]:
    zero = Linear(family.array(1, 1), np.zeros(1, family.dtype))
    return [family.linear(3, 1, bias=True), family.norm1d(1), zero, Sigmoid(), family.linear(1, 4), family.linear(4, 1)]


def _many_windows(family: Family) -> list[Layer]:
    exact = family.norm2d(4)
    exact.eps = 0.0
    layers: list[Layer] = [
        MaxPool2d((2, 1), (1, 2)),  # (2, 8, 4)
        family.norm2d(2),
        family.conv(2, 3, (3, 1), (1, 2), (2, 1), bias=True),  # (3, 10, 3)
        family.conv(3, 4, (1, 1)),
        AvgPool2d((3, 1), (2, 1)),  # (4, 4, 3)
        family.norm2d(4),
        exact,
        GELU(),
        family.norm2d(4),
        family.conv(4, 1, (1, 1), bias=True),
        ReLU(),
        family.conv(1, 3, (1, 2), bias=False),  # (3, 4, 2)
        AvgPool2d((2, 1)),  # (3, 2, 2)
        MaxPool2d((1, 2), 1),  # (3, 2, 1)
        Flatten(),
        Flatten(),
        Sigmoid(),
        family.norm1d(6),
        Tanh(),
        family.linear(6, 4),
        family.linear(4, 3),
        family.linear(3, 2),
    ]
    return layers


def _convolution_last(family: Family) -> list[Layer]:
    silent = family.conv(4, 3, (1, 1), bias=True)
    assert silent.bias is not None
    silent.bias[...] = 0
    return [
        family.conv(1, 4, (2, 2), bias=True),  # (4, 4, 5)
        silent,
        family.norm2d(3),
        AvgPool2d(2, 1),  # (3, 3, 4)
        family.conv(3, 2, (3, 2), (2, 1), (1, 2)),  # (2, 2, 7)
        family.norm2d(2),
        MaxPool2d((1, 3), (1, 4)),  # (2, 2, 2)
        ReLU(),
        Flatten(),
        family.norm1d(8),
        Tanh(),
    ]


def _one_pixel(family: Family) -> list[Layer]:
    return [
        AvgPool2d((1, 2)),  # (2, 3, 1)
        family.conv(2, 5, (3, 1)),  # (5, 1, 1)
        family.norm2d(5),
        Flatten(),
        family.linear(5, 4),
        Sigmoid(),
        Flatten(),
        family.linear(4, 2),
    ]


def _flattened_norms(family: Family) -> list[Layer]:
    wide = 3 * 2 * 1
    return [
        family.conv(1, 3, (1, 2), bias=True),  # (3, 2, 1)
        Flatten(),
        family.norm1d(wide),
        ReLU(),
        family.norm1d(wide),
        family.linear(wide, 4),
        Sigmoid(),
        Flatten(),
        family.linear(4, 2),
    ]


def _wide_steps(family: Family) -> list[Layer]:
    """Steps wider than their windows, padding wider than the filter; no two variances alike, and one of nothing."""
    norm = family.norm2d(4)
    norm.running_var[:2], norm.eps = (0, 1e-4), 1e-3
    norm.bias[0] = 500
    steps = family.conv(1, 4, (1, 1), 3, 2, bias=True)
    assert steps.bias is not None
    steps.bias[0] = -500
    return [
        GELU(),
        steps,  # (4, 4, 4)
        norm,
        MaxPool2d(2, 3),  # (4, 1, 1)
        family.conv(4, 3, (1, 1), 1, 1),  # (3, 3, 3)
        GELU(),
        AvgPool2d(2, (1, 3)),  # (3, 2, 1)
        Tanh(),
        family.norm2d(3),
        MaxPool2d((2, 1)),
        GELU(),
        AvgPool2d(1),
    ]


def _deep(family: Family) -> Sequential:
    """Eighteen prunable layers, more than a hundred in all, four BatchNorms in a row."""
    layers: list[Layer] = []
    for position in range(18):
        layers += [Tanh() for _ in range(5)]
        layers += [family.linear(3, 3), *(family.norm1d(3) for _ in range(4 * (position == 6)))]
    return Sequential(layers)


def _features(layers: list[Layer]) -> int:
    return next(int(layer.weight.shape[1]) for layer in layers if isinstance(layer, Linear))
