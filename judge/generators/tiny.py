"""Hundreds of networks of 2 to 30 small weights: for what no list of tests foresees.

Weights are few values, so that ties, zeros and -0.0 are common; every dtype and layout turns up. The values are whole
multiples of a quarter or powers of two, exact in every dtype, and their norms keep the promised gaps by themselves:
sums of at most ``FAN_IN`` of them (L1) and of their squares (L2) are small whole numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.nn import BatchNorm1d, Linear, ReLU, Residual, Sequential, Sigmoid, Tanh
from judge.nn.base import Layer
from judge.nn.layouts import fortran, strided

FAN_IN = 4
_DTYPES = (np.dtype(np.float32), np.dtype(np.float32), np.dtype(np.float64), np.dtype(np.float16))
_SCALES = (1.0, 1.0, 0.25, 4.0)


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

    def weight(self, out: int, fan_in: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Return ``(out, fan_in)`` of few values, one time in four with ties alone, one in four with a -0.0."""
        n = out * fan_in
        if self._used + n > len(self._weights):
            self._used = 0
        values = self._weights[self._used : self._used + n].reshape(out, fan_in)
        self._used += n
        array = (values * _SCALES[self.below(4)]).astype(dtype)
        kind = self.below(8)
        if kind == 0:
            array = np.abs(array)
            array[array > 0] = 1
        elif kind == 1:
            array[array == 0] = -0.0
        elif kind == 2:
            array = fortran(array)
        elif kind == 3:
            array = strided(array)
        return array

    def linear(self, fan_in: int, out: int, dtype: np.dtype[Any]) -> Linear:
        """Return a ``Linear``, every other one without a bias; biases are large, so that ranking them shows."""
        bias = None if self.below(2) else np.arange(1, out + 1).astype(dtype) / dtype.type(64)
        return Linear(self.weight(out, fan_in, dtype), bias)

    def norm(self, n: int, dtype: np.dtype[Any]) -> BatchNorm1d:
        """Return a ``BatchNorm1d`` in whose vectors no two entries are equal."""
        ramp = np.arange(1, n + 1).astype(dtype)
        return BatchNorm1d(ramp / dtype.type(2), ramp - dtype.type(2.5), -ramp, ramp + dtype.type(0.5))

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
                    layers.append((ReLU, Sigmoid, Tanh)[self.below(3)]())
        return Sequential(layers)
