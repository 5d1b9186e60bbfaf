"""The networks of the tables, all numbers told, and the shape of one input of each."""

from __future__ import annotations

from typing import Any

import numpy as np

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


def f(*rows: Any, dtype: str = "float32") -> np.ndarray:
    return np.array(rows, dtype=dtype)


def norm(kind: type, n: int) -> Any:
    ramp = np.arange(1, n + 1, dtype=np.float32)
    return kind(ramp / 2, ramp - 2.5, -ramp, ramp + 0.5, 1e-3)


def small(dtype: str = "float32") -> Sequential:
    first = Linear(f([1, -2, 3], [-4, 5, -6], dtype=dtype), f(0.5, -0.5, dtype=dtype))
    return Sequential([first, ReLU(), Linear(f([7, -8], [9, 10], dtype=dtype))])


def half() -> Sequential:
    return small("float16")


def double() -> Sequential:
    return small("float64")


def fortran() -> Sequential:
    model = small()
    for layer in (model[0], model[2]):
        layer.weight = np.asfortranarray(layer.weight)
    return model


def zeros() -> Sequential:
    """Three zeros and three other weights; then four weights without a zero."""
    return Sequential([Linear(f([0.0, 0.0, -0.0], [1, -2, 3])), Tanh(), Linear(f([4, -5], [6, 7]))])


def ties() -> Sequential:
    return Sequential([Linear(f([1, -1, 1], [-1, 1, 2]))])


def unordered() -> Sequential:
    return Sequential([Linear(f([5, 1, -4, 3, -2]))])


def faint() -> Sequential:
    """Outputs below 1."""
    return Sequential([Linear(f([0.25, 0.125]))])


def single() -> Sequential:
    return Sequential([Linear(f([1.5]), f(2))])


def hundred() -> Sequential:
    return Sequential([Linear(np.arange(1, 101, dtype=np.float32).reshape(10, 10))])


def residual() -> Sequential:
    body = [Linear(f([1, 2], [3, 4]), f(0.5, 1.5)), GELU()]
    projected = Residual(Sequential(body), Sequential([Linear(f([-5, 6], [7, -8]))]))
    identity = Residual(Sequential([Linear(f([9, 10], [11, 12]))]))
    return Sequential([projected, ReLU(), identity, norm(BatchNorm1d, 2)])


def normed() -> Sequential:
    """Norms of the rows: L1 3, 2, 6, 1; L2 3, 1.41, 3.46, 1."""
    first = Linear(f([3, 0, 0], [1, -1, 0], [2, -2, 2], [0, 0, 1]), f(1, 2, 3, 4))
    second = Linear(f([1, 2, 3, 4], [-1, -2, -3, -5]), f(5, 6))
    return Sequential([first, norm(BatchNorm1d, 4), Sigmoid(), second])


def spiky() -> Sequential:
    """L1 and L2 rank the rows the other way round: 3 and 4, 3 and 2."""
    first = Linear(f([3, 0, 0, 0], [1, 1, 1, 1], [9, 9, 9, 9]))
    return Sequential([first, ReLU(), Linear(f([1, 2, 3], [4, 5, 7], [7, 9, 8])), ReLU(), Linear(f([1, 2, 4]))])


def even() -> Sequential:
    """All rows have the same norms."""
    return Sequential([Linear(f([1, -1], [-1, 1], [1, 1], [-1, -1])), ReLU(), Linear(f([1, 2, 3, 4]))])


def images() -> Sequential:
    """(1, 4, 3) to 3 channels, pooled, flattened to 3 x (2 x 1), BatchNorm behind Flatten."""
    conv = Conv2d(np.arange(1, 13, dtype=np.float32).reshape(3, 1, 2, 2), f(1, 2, 3), (1, 2), (0, 1))
    head = Linear(np.arange(1, 13, dtype=np.float32).reshape(2, 6), f(1, 2))
    layers = [conv, norm(BatchNorm2d, 3), ReLU(), MaxPool2d((2, 1), (1, 2)), Flatten(), norm(BatchNorm1d, 6), head]
    return Sequential(layers)


def outer() -> Sequential:
    """A BatchNorm before the first convolution and one after the last."""
    first, last = (
        Conv2d(f(*[[[[k + 1.0]], [[2.0]]] for k in range(4)])),
        Conv2d(f([[[1.0]], [[2.0]], [[3.0]], [[4.0]]])),
    )
    return Sequential([norm(BatchNorm2d, 2), first, AvgPool2d(2), Tanh(), last, norm(BatchNorm2d, 1)])


def grouped() -> Sequential:
    return Sequential([Conv2d(f([[[1, 2]]], [[[3, 4]]]), None, 1, 0, 2), Flatten(), Linear(f([1, 2, 3, 4]))])


def nearly() -> Sequential:
    """The first two norms are equal but for 2e-7 of themselves, as sums in float32 may be; the last is 1e-3 larger."""
    first = Linear(f([1, 1], [1, 1 + 4e-7], [2, 2.002], [1, 1.002]))
    return Sequential([first, ReLU(), Linear(f([1, 2, 3, 4]))])


def blank() -> Sequential:
    """Nothing but zeros in the first layer."""
    return Sequential([Linear(np.zeros((2, 3), np.float32), f(1, 2)), ReLU(), Linear(f([1, 2]))])


def huge() -> Sequential:
    """float16: sums of the first row and squares of both are past its range."""
    weight = np.stack([np.full(90, 700.0), np.full(90, 900.0)]).astype("float16")
    return Sequential([Linear(weight), ReLU(), Linear(f([1, 2], dtype="float16"))])


SHAPES: dict[str, tuple[int, ...]] = {
    "small": (3,), "half": (3,), "double": (3,), "fortran": (3,), "zeros": (3,), "ties": (3,), "unordered": (5,),
    "faint": (2,),
    "single": (1,),
    "hundred": (10,), "residual": (2,), "normed": (3,), "spiky": (4,), "even": (2,), "images": (1, 4, 3),
    "outer": (2, 2, 4), "grouped": (2, 1, 3),
    "nearly": (2,), "huge": (90,),
    "blank": (3,),
}  # fmt: skip
