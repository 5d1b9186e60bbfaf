"""Hundreds of networks of a few dozen small weights: for what no list of tests foresees.

Weights are few values, so that ties, zeros and -0.0 are common; every dtype and layout turns up, in ``Linear`` and
``Conv2d``, in branches, in groups, in networks of a dozen layers. The values are -2 to 2 times a power of two, exact in
their dtype, and their norms keep the promised gaps by themselves: sums of at most ``PATCH`` of them (L1) and of their
squares (L2) are small whole numbers.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.nn import (
    GELU,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    Linear,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Tanh,
)
from judge.nn.base import Layer
from judge.nn.layouts import channels_last, fortran, reverse, strided

FAN_IN = 4
PATCH = 8  # what a filter may look at
_DTYPES = (np.dtype(np.float32), np.dtype(np.float32), np.dtype(np.float64), np.dtype(np.float16))
_SCALES = (1.0, 1.0, 0.25, 4.0)
_FINE_SCALES = (*_SCALES, 2.0**-27, 2.0**-45)  # of single and double precision: below any tolerance, and yet not zero
_KERNELS = ((1, 1), (1, 2), (2, 1), (2, 2))
_MANY = 12


class Tiny:
    """Draws networks from a pool of random numbers made at once: some twenty microseconds each."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self._pool = rng.integers(0, 1 << 30, size=4096).tolist()
        self._weights = rng.integers(-2, 3, size=8192).astype(np.float64)
        self._at = self._used = 0

    def below(self, n: int) -> int:
        """Return a whole number in [0, n)."""
        self._at = (self._at + 1) % len(self._pool)
        return int(self._pool[self._at] % n)

    def fraction(self) -> float:
        """Return a fraction in [0, 1]: mostly of two decimals, sometimes an end."""
        return (self.below(101) / 100, self.below(11) / 10, self.below(1001) / 1000, self.below(9) / 8)[self.below(4)]

    def weight(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        """Return ``shape`` of few values, one time in eight with ties alone, one in four with a -0.0 for each zero."""
        n = math.prod(shape)
        if self._used + n > len(self._weights):
            self._used = 0
        values = self._weights[self._used : self._used + n].reshape(shape)
        self._used += n
        scales = _SCALES if dtype == np.float16 else _FINE_SCALES
        array = (values * scales[self.below(len(scales))]).astype(dtype)
        kind = self.below(8)
        if kind == 0:
            array = np.abs(array)
            array[array > 0] = 1
        elif kind <= 2:
            array[array == 0] = -0.0
        layout = self.below(8)
        if layout == 0:
            array = fortran(array)
        elif layout == 1:
            array = strided(array)
        elif layout == 2:
            array = reverse(array)
        elif layout == 3 and len(shape) == 4:
            array = channels_last(array)
        return array

    def linear(self, fan_in: int, out: int, dtype: np.dtype[Any]) -> Linear:
        """Return a ``Linear``, every other one without a bias; biases are large, so that ranking them shows."""
        bias = None if self.below(2) else np.arange(1, out + 1).astype(dtype) / dtype.type(64)
        return Linear(self.weight((out, fan_in), dtype), bias)

    def conv(self, channels: int, out: int, dtype: np.dtype[Any], *, groups: int = 1, one: bool = False) -> Conv2d:
        """Return a ``Conv2d`` with a small window, of one pixel if ``one``."""
        fan_in = channels // groups
        kernels = [(h, w) for h, w in _KERNELS if fan_in * h * w <= PATCH and not (one and h * w > 1)]
        weight = self.weight((out, fan_in, *kernels[self.below(len(kernels))]), dtype)
        bias = None if self.below(2) else np.arange(1, out + 1).astype(dtype) / dtype.type(64)
        return Conv2d(weight, bias, groups=groups)

    def norm(self, n: int, dtype: np.dtype[Any]) -> BatchNorm1d:
        """Return a ``BatchNorm1d`` in whose vectors no two entries are equal."""
        return BatchNorm1d(*self._vectors(n, dtype))

    def network(self, *, residual: bool) -> Sequential:
        """Return one of the kinds below; with ``residual`` it may have branches and groups."""
        choice = self.below(20)
        if choice == 0:
            return self.many()
        return self.images(residual=residual) if choice <= 6 else self.mlp(residual=residual)

    def mlp(self, *, residual: bool) -> Sequential:
        """Return one to three ``Linear`` with an activation or a BatchNorm between, perhaps a ``Residual``."""
        dtype = _DTYPES[self.below(4)]
        width = 1 + self.below(FAN_IN)
        layers: list[Layer] = []
        depth = 1 + self.below(3)
        for step in range(depth):
            out = 1 + self.below(FAN_IN if step < depth - 1 else 6)
            layers.append(self.linear(width, out, dtype))
            width = out
            if step < depth - 1:
                choice = self.below(5)
                if choice == 0 and residual:
                    body = Sequential([self.linear(width, width, dtype)])
                    shortcut = Sequential([self.linear(width, width, dtype)]) if self.below(2) else None
                    layers.append(Residual(body, shortcut))
                elif choice <= 1:
                    layers.append(self.norm(width, dtype))
                elif choice <= 3:
                    layers.append(self._activation())
        return Sequential(layers)

    def images(self, *, residual: bool) -> Sequential:
        """Return one or two ``Conv2d``, perhaps in groups or in a ``Residual``, and mostly a ``Linear`` behind them."""
        dtype = _DTYPES[self.below(4)]
        channels = 1 + self.below(2)
        layers: list[Layer] = []
        for _ in range(1 + self.below(2)):
            out = 1 + self.below(FAN_IN)
            layers.append(self.conv(channels, out, dtype, groups=self._groups(channels, out, residual)))
            channels = out
            choice = self.below(4)
            if choice == 0 and residual:
                branches = [
                    self.conv(channels, channels, dtype, groups=self._groups(channels, channels, True), one=True)
                    for _ in range(2)
                ]
                shortcut = Sequential([branches[1]]) if self.below(2) else None
                layers.append(Residual(Sequential([branches[0]]), shortcut))
            elif choice == 1:
                layers.append(BatchNorm2d(*self._vectors(channels, dtype)))
            elif choice == 2:
                layers.append(self._activation())
        if self.below(4):
            features = channels * (1, 2, 4)[self.below(3)]
            layers.append(Flatten())
            if not self.below(4):
                layers.append(self.norm(features, dtype))
            layers.append(self.linear(features, 1 + self.below(3), dtype))
        return Sequential(layers)

    def many(self) -> Sequential:
        """Return a dozen ``Linear`` of one or two weights a row."""
        dtype = _DTYPES[self.below(4)]
        widths = [1 + self.below(2) for _ in range(_MANY + 1)]
        return Sequential([self.linear(fan_in, out, dtype) for fan_in, out in itertools.pairwise(widths)])

    def _groups(self, channels: int, out: int, grouped: bool) -> int:
        """Return 1, or every other time the number of input channels where the filters can be dealt out to them."""
        return channels if grouped and out % channels == 0 and self.below(2) else 1

    def _activation(self) -> Layer:
        return (ReLU, Sigmoid, Tanh, GELU)[self.below(4)]()

    def _vectors(self, n: int, dtype: np.dtype[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
        ramp = np.arange(1, n + 1).astype(dtype)
        return ramp / dtype.type(2), ramp - dtype.type(2.5), -ramp, ramp + dtype.type(0.5)
