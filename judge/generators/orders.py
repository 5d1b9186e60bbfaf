"""Layers in every order that networks have: each activation and pool before a BatchNorm, each setting by itself.

:mod:`~judge.generators.odd` has what nobody expects; here is what everybody has somewhere, and no solution may treat
in one place alone: a BatchNorm behind ReLU as well as before it, behind ``Flatten`` with one pixel a channel or many,
steps without padding, padding of rows alone, the defaults of pooling.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np

from judge.generators.families import Family
from judge.nn import (
    GELU,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
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

Shape = tuple[int, ...]


def plain(family: Family) -> Iterator[tuple[Sequential, Shape]]:
    """Yield ``(network, shape of one input)``: layers in a row, no ``Residual``, ``groups`` 1."""
    yield _images(family), (1, 60, 60)
    yield _dense(family), (3,)
    yield Sequential([family.conv(1, 3, (2, 2)), Flatten(), *_norms(family, 3), family.linear(3, 2)]), (1, 2, 2)
    yield Sequential([family.conv(1, 3, (1, 1)), Flatten(), *_norms(family, 147), family.linear(147, 2)]), (1, 7, 7)
    layers = [family.conv(1, 4, (1, 2)), Flatten(), *_norms(family, 4), family.linear(4, 3), ReLU()]
    yield Sequential([*layers, family.linear(3, 2)]), (1, 1, 2)
    yield Sequential([family.conv(1, 3, (2, 2), 2), Flatten(), family.norm1d(12), family.linear(12, 2)]), (1, 4, 4)
    yield _extremes(family), (3,)


def sliced(family: Family) -> Iterator[tuple[Sequential, Shape]]:
    """As :func:`plain`, of no interest but to who cuts channels: each layer between two that another may stand behind.

    Nothing is in the way of a channel but ``Flatten``, and what is behind the last prunable layer is not cut.
    """
    acts: tuple[type[Layer], ...] = (ReLU, GELU, Tanh, Sigmoid)
    flat: list[Layer] = [family.conv(1, 3, (1, 1)), Flatten(), Sigmoid(), Flatten()]
    for act in acts:
        flat += [act(), family.norm1d(12), Flatten()]
    flat += [family.norm1d(12), Flatten(), family.norm1d(12), Sigmoid(), family.norm1d(12)]
    yield Sequential([*flat, family.linear(12, 2)]), (1, 2, 2)
    pooled: list[Layer] = [family.conv(1, 3, (1, 1)), family.norm2d(3)]
    for pool in (MaxPool2d, AvgPool2d):
        pooled += [pool(1), family.norm2d(3)]
        for act in acts:
            pooled += [pool(1), act(), family.norm2d(3)]
    yield Sequential([*pooled, family.conv(3, 2, (1, 1))]), (1, 2, 2)
    for act in acts:
        yield Sequential([family.conv(1, 3, (1, 1)), act(), Flatten(), family.linear(12, 2)]), (1, 2, 2)
    for pool, kernel in ((AvgPool2d, (1, 2)), (MaxPool2d, (2, 1))):
        layers = [family.conv(1, 3, (1, 1), (5, 4)), family.norm2d(3), pool(kernel, (4, 5)), Flatten()]
        yield Sequential([*layers, family.linear(12, 2)]), (1, 30, 28)
    dense = [family.linear(3, 4), family.norm1d(4), Flatten(), family.linear(4, 4), ReLU(), Flatten(), family.norm1d(4)]
    yield Sequential([family.norm1d(3), family.norm1d(3), *dense, family.linear(4, 2)]), (3,)
    behind: list[Layer] = [family.linear(3, 4), family.linear(4, 4)]
    images: list[Layer] = [family.conv(1, 4, (1, 1)), family.conv(4, 4, (1, 1)), family.norm2d(4)]
    for act in acts:
        behind += [act(), family.norm1d(4)]
        images += [act(), family.norm2d(4)]
    yield Sequential(behind), (3,)
    yield Sequential([*images, MaxPool2d(1), family.norm2d(4), Flatten()]), (1, 2, 2)
    yield Sequential([family.conv(1, 3, (1, 1)), family.conv(3, 3, (1, 1)), Flatten(), family.norm1d(12)]), (1, 2, 2)


def residual(family: Family) -> Iterator[tuple[Sequential, Shape]]:
    """As :func:`plain`, in branches: pools, activations, settings and zeros in bodies and shortcuts, and one deeper."""
    yield _branched_images(family), (4, 6, 6)
    yield _branched_vectors(family), (3,)


def _images(family: Family) -> Sequential:
    return Sequential(
        [
            family.conv(1, 3, (1, 1), 2, bias=True),  # (3, 30, 30)
            ReLU(),
            family.norm2d(3),
            family.conv(3, 3, (2, 2), (3, 1)),  # (3, 10, 29)
            Sigmoid(),
            family.norm2d(3),
            family.conv(3, 4, (3, 2), (1, 3), (1, 0)),  # (4, 10, 10)
            Tanh(),
            family.norm2d(4),
            family.conv(4, 3, (1, 1), 1, (2, 0), bias=True),  # (3, 14, 10)
            MaxPool2d(2),  # (3, 7, 5)
            family.norm2d(3),
            family.conv(3, 4, (1, 1), (1, 2)),  # (4, 7, 3)
            AvgPool2d(1),
            family.norm2d(4),
            family.conv(4, 3, (2, 1), 1, (1, 0)),  # (3, 8, 3)
            GELU(),
            family.norm2d(3),
            family.conv(3, 3, (3, 3), (2, 3), (0, 2), bias=True),  # (3, 3, 2)
            family.norm2d(3),
            family.norm2d(3),
            family.conv(3, 2, (1, 1), 2),  # (2, 2, 1)
        ]
    )


def _dense(family: Family) -> Sequential:
    layers = [ReLU(), Sigmoid(), Tanh(), GELU(), Flatten()]
    network = Sequential([family.linear(3, 3)])
    for position, layer in enumerate(layers):
        network.layers += [layer, family.norm1d(3), family.linear(3, 3)]
        if position == len(layers) - 1:
            network.layers += [Flatten(), family.linear(3, 3)]
    network.layers.append(family.linear(3, 2))
    return network


def _extremes(family: Family) -> Sequential:
    """Biases and vectors of BatchNorm that are all zero, all the same, nearly nothing, or large."""

    def norm(**vectors: float | tuple[float, ...]) -> BatchNorm1d:
        layer = family.norm1d(4)
        for name, values in vectors.items():
            setattr(layer, name, np.full(4, values, family.dtype))
        return layer

    large, least = (1.5e4, 6e-8) if family.dtype == np.float16 else (2e5, 1e-12)
    ends = (large, -large, large, 0.0)  # three of four: some of it stays
    network = Sequential(
        [
            family.linear(3, 4),
            norm(weight=0.0),
            ReLU(),
            norm(running_mean=3.0),
            Tanh(),
            norm(weight=(least, least, least, -1.0), bias=(least, least, least, 0.0)),
            norm(weight=(0.0, 0.0, 0.0, 1.0)),
            norm(running_mean=ends, bias=ends, running_var=(0.0, 0.0, 0.0, 1.0)),
            Sigmoid(),
            norm(running_var=(large, large, large, least)),
            family.linear(4, 4),
            norm(bias=0.0),
            norm(running_var=1.0),
            family.linear(4, 2),
        ]
    )
    for layer, size in zip((layer for layer in network if isinstance(layer, Linear)), (large, least), strict=False):
        layer.bias = np.array((size, -size, size, 0.0), family.dtype)
    return network


def _norms(family: Family, n: int) -> tuple[BatchNorm1d, BatchNorm1d]:
    return family.norm1d(n), _exact(family.norm1d(n))


def _branched_images(family: Family) -> Sequential:
    def square(stride: int | tuple[int, int] = 1, groups: int = 1) -> Conv2d:
        return family.conv(4, 4, (3, 3), stride, 1, groups, bias=True)

    steps = family.conv(4, 4, (1, 1), (2, 1), 0, bias=True)
    inner = Residual(  # (4, 6, 6) -> (4, 3, 5)
        Sequential([square((2, 1), 2), _exact(family.norm2d(4)), AvgPool2d((1, 2), 1), GELU()]),
        Sequential([_silent(square(1, 2)), AvgPool2d((2, 2), 1), Tanh(), _exact(family.norm2d(4)), steps]),
    )
    halves = family.conv(4, 4, (1, 2), (1, 2), 0, groups=2)
    outer = Residual(  # (4, 6, 6) -> (4, 6, 3)
        Sequential([square((1, 2), 4), Sigmoid(), family.norm2d(4)]),
        Sequential([halves, Residual(Sequential([square(1, 2)]), Sequential([square(1, 4), MaxPool2d(1)]))]),
    )
    wider = family.conv(4, 4, (1, 2), 1, (0, 2), bias=True)
    return Sequential(
        [
            *(ReLU() for _ in range(9)),
            Residual(Sequential([square(), ReLU()]), Sequential([square(1, 2), GELU()])),
            square(1, 4),
            Residual(  # (4, 6, 6) -> (4, 3, 5)
                Sequential([Tanh(), ReLU(), Tanh(), ReLU(), square(1, 2), inner]),
                Sequential([outer, MaxPool2d((2, 2), (2, 1)), wider]),
            ),
            MaxPool2d((1, 3), (2, 1)),
        ]
    )


def _branched_vectors(family: Family) -> Sequential:
    inner = Residual(Sequential([_exact(family.norm1d(3)), _silent(family.linear(3, 3))]), Sequential([GELU()]))
    return Sequential(
        [
            _exact(family.norm1d(3)),
            Residual(
                Sequential([_silent(family.linear(3, 3)), Sigmoid(), family.norm1d(3)]),
                Sequential([family.linear(3, 3), Tanh()]),
            ),
            Residual(Sequential([]), Sequential([inner, family.norm1d(3)])),
            family.linear(3, 2, bias=True),
        ]
    )


Norm = TypeVar("Norm", BatchNorm1d, BatchNorm2d)
Weighted = TypeVar("Weighted", Linear, Conv2d)


def _exact(norm: Norm) -> Norm:
    norm.eps, norm.weight = 0.0, -norm.weight
    return norm


def _silent(layer: Weighted) -> Weighted:
    layer.bias = np.zeros(len(layer.weight), layer.weight.dtype)
    return layer
