"""Tiny networks in few words: what a package's ``ladder.py`` is written with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential
from judge.nn.base import Layer
from judge.nn.layouts import LAYOUTS


def array(values: Any, dtype: str = "f4", layout: str = "C") -> NDArray[Any]:
    """Return an array of ``values``; ``layout`` is one of :mod:`judge.nn.layouts`."""
    return LAYOUTS[layout](np.array(values, dtype))


def linear(rows: Any, bias: Sequence[float] | None = None, dtype: str = "f4", layout: str = "C") -> Linear:
    """Return a ``Linear`` with the weight ``rows``, ``(out, in)``."""
    return Linear(array(rows, dtype, layout), None if bias is None else array(bias, dtype))


def row(*values: float, dtype: str = "f4", layout: str = "C") -> Linear:
    """Return a ``Linear`` of one output and these weights."""
    return linear([values], dtype=dtype, layout=layout)


def column(*values: float, dtype: str = "f4") -> Linear:
    """Return a ``Linear`` of one input and these weights."""
    return linear([[value] for value in values], dtype=dtype)


def conv(values: Any, shape: Sequence[int], bias: Sequence[float] | None = None, **options: Any) -> Conv2d:
    """Return a ``Conv2d`` of ``shape`` ``(out, in // groups, kh, kw)`` with ``values`` in C order."""
    dtype, layout = options.pop("dtype", "f4"), options.pop("layout", "C")
    weight = array(np.reshape(values, shape), dtype, layout)
    return Conv2d(weight, None if bias is None else array(bias, dtype), **options)


def norm1(n: int, eps: float = 1e-5, dtype: str = "f4") -> BatchNorm1d:
    """Return a ``BatchNorm1d`` no two of whose entries are equal."""
    weight, bias, mean, variance = _vectors(n, dtype)
    return BatchNorm1d(weight, bias, mean, variance, eps)


def norm2(n: int, eps: float = 1e-5, dtype: str = "f4") -> BatchNorm2d:
    """Return a ``BatchNorm2d`` no two of whose entries are equal."""
    weight, bias, mean, variance = _vectors(n, dtype)
    return BatchNorm2d(weight, bias, mean, variance, eps)


def net(*layers: Layer) -> Sequential:
    """Return the layers in a row."""
    return Sequential(list(layers))


def _vectors(n: int, dtype: str) -> tuple[NDArray[Any], ...]:
    return tuple(np.arange(start, start + n).astype(dtype) for start in (2, 2 + n, 2 + 2 * n, 2 + 3 * n))
