"""Layers without parameters that keep their input's dtype: activations and Flatten."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from judge.nn.arguments import working_dtype
from judge.nn.base import Layer
from judge.nn.erf import erfc

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_MINUS_SQRT_HALF = -math.sqrt(0.5)


class ReLU(Layer):
    """max(x, 0), elementwise on any shape (torch.nn.ReLU)."""

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        return np.asarray(np.maximum(x, 0))


class GELU(Layer):
    """x times the normal distribution function of x, exactly (erf), not its tanh approximation.

    Elementwise on any shape. torch.nn.GELU(approximate="none"); Hendrycks and Gimpel, arXiv:1606.08415.
    Computed in float64 as x erfc(-x / sqrt 2) / 2, which stays accurate where x is far below zero.
    """

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        x = np.asarray(x)
        value = x.astype(np.float64)
        with np.errstate(under="ignore", invalid="ignore"):
            result = 0.5 * value * erfc(value * _MINUS_SQRT_HALF)
            result[np.isneginf(value)] = 0.0  # the limit; the product would be inf * 0
            return result.astype(x.dtype) if x.dtype.kind == "f" else result


class Tanh(Layer):
    """The hyperbolic tangent, elementwise on any shape (torch.nn.Tanh)."""

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        return np.asarray(np.tanh(x))


class Sigmoid(Layer):
    """1 / (1 + exp(-x)), elementwise on any shape, without overflow at either end (torch.nn.Sigmoid)."""

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        x = np.asarray(x)
        dtype = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
        value = x.astype(working_dtype(dtype), copy=False)
        with np.errstate(under="ignore"):
            small = np.exp(-np.abs(value))
            result = np.where(value >= 0, 1, small) / (1 + small)
            return np.asarray(result).astype(dtype, copy=False)


class Flatten(Layer):
    """(N, C, H, W), or (N, ...) of any rank, to (N, C * H * W) in C order: channel, row, column (torch.nn.Flatten).

    Raises ``ValueError`` for an input without a batch axis and one more.
    """

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        x = np.asarray(x)
        if x.ndim < 2:
            raise ValueError(f"Flatten needs an input of shape (N, ...), not {x.shape}")
        return x.reshape(x.shape[0], math.prod(x.shape[1:]))  # -1 would fail for N = 0
