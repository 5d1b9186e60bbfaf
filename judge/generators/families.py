"""Networks by kind, with random parameters. Widths are told; whether there is a bias is drawn unless told."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

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

ACTIVATIONS: tuple[Callable[[], Layer], ...] = (ReLU, GELU, Tanh, Sigmoid)
Array = NDArray[Any]
_EPS = (1e-5, 1e-3, 0.1, 1.5e-5, 1e-8)


class Family:
    """Draws layers from one generator and in one dtype. ``scale`` is the standard deviation of the weights."""

    def __init__(self, rng: np.random.Generator, dtype: DTypeLike = np.float32, scale: float = 1.0) -> None:
        self.rng = rng
        self.dtype = np.dtype(dtype)
        self.scale = scale

    def array(self, *shape: int) -> Array:
        """Normal numbers, ``shape``."""
        return (self.rng.standard_normal(shape) * self.scale).astype(self.dtype)

    def vector(self, n: int) -> Array:
        """Normal numbers of scale 1, ``(n,)``: biases and shifts."""
        return self.rng.standard_normal(n).astype(self.dtype)

    def positive(self, n: int) -> Array:
        """Numbers in [0.5, 1.5], ``(n,)``: variances and BatchNorm's weights."""
        return self.rng.uniform(0.5, 1.5, n).astype(self.dtype)

    def linear(self, fan_in: int, out: int, bias: bool | None = None) -> Linear:
        """``Linear`` of ``(out, fan_in)``."""
        return Linear(self.array(out, fan_in), self._bias(out, bias))

    def conv(
        self,
        channels: int,
        out: int,
        kernel: tuple[int, int] = (3, 3),
        stride: Any = 1,
        padding: Any = 0,
        groups: int = 1,
        bias: bool | None = None,
    ) -> Conv2d:
        """``Conv2d`` of ``(out, channels // groups, *kernel)``."""
        weight = self.array(out, channels // groups, *kernel)
        return Conv2d(weight, self._bias(out, bias), stride, padding, groups)

    def norm1d(self, n: int) -> BatchNorm1d:
        """``BatchNorm1d`` whose four vectors and eps are all unusual, so that each one forgotten shows."""
        return BatchNorm1d(self.positive(n), self.vector(n), self.vector(n), self.positive(n), self._eps())

    def norm2d(self, n: int) -> BatchNorm2d:
        """As :meth:`norm1d`."""
        return BatchNorm2d(self.positive(n), self.vector(n), self.vector(n), self.positive(n), self._eps())

    def activation(self) -> Layer:
        """One of the four; two of them are not zero at zero or not piecewise linear."""
        return ACTIVATIONS[int(self.rng.integers(len(ACTIVATIONS)))]()

    def mlp(self, widths: Sequence[int], *, norm: bool | None = None, bias: bool | None = None) -> Sequential:
        """Linear layers of ``widths`` with BatchNorm (``norm``; drawn per layer where ``None``) and activations."""
        layers: list[Layer] = []
        for position, (fan_in, out) in enumerate(itertools.pairwise(widths)):
            layers.append(self.linear(fan_in, out, bias))
            if position < len(widths) - 2:
                if norm or (norm is None and self.rng.random() < 0.5):
                    layers.append(self.norm1d(out))
                layers.append(self.activation())
        return Sequential(layers)

    def cnn(
        self, channels: Sequence[int], size: tuple[int, int], classes: int, hidden: int | None = None
    ) -> tuple[Sequential, tuple[int, ...]]:
        """Convolutions with BatchNorm, activation and pooling, ``Flatten``, ``Linear``; return also the input's shape.

        ``channels`` begins with the input's. Height and width differ, before ``Flatten`` too.
        """
        height, width = size
        layers: list[Layer] = []
        for step, (channels_in, out) in enumerate(itertools.pairwise(channels)):
            kernel = (3, 3) if step == 0 else (self._below(height), self._below(width))
            padding = (int(self.rng.integers(2)), 1) if step == 0 else (0, 0)
            layers.append(self.conv(channels_in, out, kernel, 1, padding))
            height, width = height + 2 * padding[0] - kernel[0] + 1, width + 2 * padding[1] - kernel[1] + 1
            if self.rng.random() < 0.75:
                layers.append(self.norm2d(out))
            layers.append(self.activation())
            if step == 0:
                # windows overlap along one axis: a stride taken from the kernel shows
                stride = (2, 1) if height >= width else (1, 2)
                layers.append((MaxPool2d if self.rng.random() < 0.5 else AvgPool2d)((2, 2), stride))
                height, width = (height - 2) // stride[0] + 1, (width - 2) // stride[1] + 1
        if height == width > 1:
            layers.append(MaxPool2d((1, 2)))
            width //= 2
        layers.append(Flatten())
        features = channels[-1] * height * width
        if hidden is not None:
            if self.rng.random() < 0.5:
                layers.append(self.norm1d(features))
            layers += [self.linear(features, hidden), self.activation()]
            features = hidden
        layers.append(self.linear(features, classes))
        return Sequential(layers), (channels[0], *size)

    def residual_mlp(self, width: int, inner: int, classes: int) -> Sequential:
        """A ``Residual`` with a projection, one with the identity, one inside another, one with a long shortcut."""
        nested = Residual(Sequential([self.linear(width, width), self.activation()]))
        first = Residual(
            Sequential([self.linear(width, inner), self.norm1d(inner), ReLU(), self.linear(inner, width)]),
            Sequential([self.linear(width, width, bias=False)]),
        )
        second = Residual(Sequential([nested, self.linear(width, width)]))
        long = [self.linear(width, inner), ReLU(), self.linear(inner, width, bias=False), self.norm1d(width)]
        third = Residual(Sequential([self.linear(width, width)]), Sequential(long))
        return Sequential([self.linear(width, width), first, ReLU(), second, third, self.linear(width, classes)])

    def residual_cnn(self, channels: int, out: int, classes: int, size: tuple[int, int]) -> Sequential:
        """A stem, a ``Residual`` whose shortcut is a strided 1x1 convolution (grouped body), pooling, a head."""
        body = Sequential(
            [
                self.conv(channels, out, (3, 3), (1, 2), 1),
                self.norm2d(out),
                ReLU(),
                self.conv(out, out, (3, 3), 1, 1, groups=2),
            ]
        )
        shortcut = Sequential([self.conv(channels, out, (1, 1), (1, 2)), self.norm2d(out)])
        height, width = size[0], (size[1] - 1) // 2 + 1
        return Sequential(
            [
                self.conv(1, channels, (3, 3), 1, 1),
                Residual(body, shortcut),
                ReLU(),
                Flatten(),
                self.linear(out * height * width, classes),
            ]
        )

    def _below(self, size: int) -> int:
        """Return the side of a kernel, 1 to 3, that leaves at least two of ``size`` where it can."""
        return int(self.rng.integers(1, max(2, min(4, size))))

    def _bias(self, n: int, bias: bool | None) -> Array | None:
        if bias is None:
            bias = bool(self.rng.random() < 0.7)
        return self.vector(n) if bias else None

    def _eps(self) -> float:
        return float(_EPS[int(self.rng.integers(len(_EPS)))])
