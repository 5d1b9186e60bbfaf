"""Small calls in a fixed order: the first on which a submission fails is its counterexample.

The judge sorts them by the number of weights, stably; else they stay as they stand here: plain ones first, then
another sign, ties, zeros, a scope, biases, other layers, dtypes, layouts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from judge.diagnosis.small import column, conv, linear, net, norm1, norm2, row
from judge.domain.case import Call
from judge.nn import GELU, AvgPool2d, Flatten, MaxPool2d, ReLU, Residual, Sequential, Sigmoid, Tanh

GLOBAL = "global"
BAD = (-0.1, 1.5, float("nan"), 2.0, 50.0, float("inf"), float("-inf"), -1e-9, 1 + 1e-9)


def call(model: Sequential, sparsity: float, scope: str | None = None, raises: str | None = None) -> Call:
    return Call(model, (sparsity,), {} if scope is None else {"scope": scope}, raises)


def rungs() -> Iterator[Call]:
    yield from one_weight()
    yield from bad_arguments()
    yield from two_weights()
    yield from three_weights()
    yield from four_weights()
    yield from more_weights()
    yield from decimals()


def one_weight() -> Iterator[Call]:
    for scope in (None, GLOBAL, "layer"):
        for sparsity in (1.0, 0.0, 0.5):
            yield call(net(row(1)), sparsity, scope)
    for value in (-1, 0.0, -0.0):
        for sparsity in (1.0, 0.0):
            yield call(net(row(value)), sparsity)
    for scope in (None, GLOBAL):
        yield call(net(linear([[1]], [2])), 0.0, scope)
        yield call(net(linear([[1]], [2])), 1.0, scope)
    yield call(net(linear([[2]], [1])), 0.5, GLOBAL)
    for layer in (ReLU, Tanh, Sigmoid, GELU):
        yield call(net(row(1), layer()), 1.0)
    yield call(net(Tanh(), row(1)), 1.0)
    for dtype in ("f8", "f2"):
        yield call(net(row(1, dtype=dtype)), 1.0)
        yield call(net(linear([[1]], [2], dtype)), 0.0)
    yield call(net(row(16777217, dtype="f8")), 0.0)
    yield call(net(row(0.00001)), 0.0)
    yield call(net(row(1e-30)), 0.0)
    yield call(net(row(1e-6, dtype="f2")), 0.0)
    point = (1, 1, 1, 1)
    yield call(net(conv(1, point)), 1.0)
    yield call(net(conv(1, point)), 0.0)
    yield call(net(conv(1, point, [2])), 0.0)
    for options in ({"stride": 2}, {"padding": 1}, {"stride": (1, 2)}, {"padding": (0, 1)}):
        yield call(net(conv(1, point, **options)), 0.0)
    for norm in (norm1(1), norm1(1, 0.5)):
        yield call(net(row(1), norm), 0.0)
        yield call(net(row(1), norm1(1, norm.eps)), 1.0)
    for norm in (norm2(1), norm2(1, 0.5)):
        yield call(net(conv(1, point), norm), 0.0)
        yield call(net(conv(1, point), norm2(1, norm.eps)), 1.0)
    for pool in (MaxPool2d, AvgPool2d):
        yield call(net(conv(1, point), pool(2)), 0.0)
        yield call(net(conv(1, point), pool(2, 1)), 0.0)
        yield call(net(conv(1, point), pool((1, 2), (2, 1))), 0.0)
    yield call(net(Flatten(), row(1)), 1.0)
    for sparsity in (1.0, 0.0):
        yield call(net(Residual(net(row(1)))), sparsity)
        yield call(net(Residual(net(ReLU()), net(row(1)))), sparsity)
        yield call(net(Residual(net(Residual(net(row(1)))))), sparsity)
        yield call(net(Residual(net(linear([[1]], [2]), ReLU(), norm1(1)))), sparsity)
        yield call(net(Residual(net(ReLU()), net(Residual(net(row(1)))))), sparsity)
        yield call(net(Residual(net(ReLU()), net(ReLU(), ReLU(), row(1)))), sparsity)
    yield call(net(row(1)), 0.999)
    yield call(net(row(1)), 1e-9)


def bad_arguments() -> Iterator[Call]:
    for sparsity in BAD:
        yield call(net(row(1)), sparsity, None, "ValueError")
    for scope in ("row", "channel", "none"):
        yield call(net(row(1)), 0.5, scope, "ValueError")
    yield call(net(row(0)), 1.5, None, "ValueError")
    yield call(net(row(0)), 0.5, "row", "ValueError")
    yield call(net(row(-1)), 1.5, None, "ValueError")
    yield call(net(row(-1)), 0.5, "row", "ValueError")
    yield call(net(row(1)), 0.0, "row", "ValueError")
    for sparsity in BAD[:3]:
        yield call(net(row(1)), sparsity, GLOBAL, "ValueError")
    yield call(net(row(-1, 2)), 0.5, "row", "ValueError")
    yield call(net(column(1, 2), linear(((3, 4), (5, 6)))), 0.5, "row", "ValueError")


PAIRS = (
    (1, 2), (2, 1), (-2, 1), (1, -2), (-1, 2), (2, -1), (-1, -2), (-2, -1), (1, 1), (1, -1), (-1, 1),
    (0, 1), (1, 0), (0, -1), (-1, 0), (-0.0, 1), (1, -0.0), (-0.0, -1), (-1, -0.0), (0, 0),
)  # fmt: skip


def two_weights() -> Iterator[Call]:
    for scope in (None, GLOBAL):
        for pair in PAIRS:
            yield call(net(row(*pair)), 0.5, scope)
    for pair in ((1, 2), (1, 1), (0, 1), (0, 0)):
        for sparsity in (1.0, 0.0):
            yield call(net(row(*pair)), sparsity)
    for sparsity in (0.25, 0.75, 0.999, 0.001):
        yield call(net(row(1, 2)), sparsity)
    for pair in ((1, 2), (2, 1), (-2, 1)):
        yield call(net(column(*pair)), 0.5)
        yield call(net(conv(pair, (1, 2, 1, 1))), 0.5)
        yield call(net(conv(pair, (2, 1, 1, 1), groups=2)), 0.5)
        yield call(net(conv(pair, (2, 1, 1, 1))), 0.5)
        yield call(net(conv(pair, (1, 1, 1, 2))), 0.5)
        yield call(net(row(*pair, layout="strided")), 0.5)
    for scope in (None, GLOBAL):
        for a, b in ((1, 2), (2, 1), (-2, 1), (1, 1), (0, 1), (1, 0), (1, 4)):
            yield call(net(row(a), row(b)), 0.5, scope)
        yield call(net(row(1), ReLU(), row(2)), 0.5, scope)
        yield call(net(row(1), row(2)), 1.0, scope)
        yield call(net(row(1), row(2)), 0.0, scope)
        yield call(net(linear([[2]], [1]), row(3)), 0.5, scope)
        yield call(net(row(2), norm1(1), row(3)), 0.5, scope)
        for bias in (1, 3, 0):
            yield call(net(linear([[2, 4]], [bias])), 0.5, scope)
        yield call(net(linear([[2], [4]], [1, 3])), 0.5, scope)
        yield call(net(Residual(net(row(1)), net(row(2)))), 0.5, scope)
        yield call(net(Residual(net(row(2)), net(row(1)))), 0.5, scope)
        yield call(net(row(2), Residual(net(row(1)))), 0.5, scope)
        yield call(net(row(1), Residual(net(row(2)))), 0.5, scope)
    far = [ReLU() for _ in range(7)]
    for a, b in ((1, 2), (2, 1)):
        yield call(net(ReLU(), ReLU(), row(a), *far, row(b)), 0.5, GLOBAL)
    for first, second, dtype in (
        (300, 400, "f2"), (0.0001, 0.0002, "f2"), (1.001, 1.002, "f2"), (2048, 2049, "f4"), (1e-8, 2e-8, "f4"),
        (1e-30, 2e-30, "f4"), (1e30, 2e30, "f4"), (0.001, 0.002, "f4"), (0.0001, 0.0002, "f4"), (1.25, 1.25002, "f4"),
        (16777216, 16777217, "f8"), (1e-200, 2e-200, "f8"),
    ):  # fmt: skip
        yield call(net(row(first, second, dtype=dtype)), 0.5)
        yield call(net(row(second, first, dtype=dtype)), 0.5)


TRIPLES = (
    (1, 2, 3), (3, 2, 1), (2, 3, 1), (-3, 1, 2), (1, 1, 1), (1, 1, 2), (2, 1, 1), (1, 2, 2), (2, 2, 1), (1, -1, 1),
    (0, 0, 1), (1, 0, 0), (0, 1, 1), (0, 1, 2), (0, 0, 0),
)  # fmt: skip


def three_weights() -> Iterator[Call]:
    for triple in TRIPLES:
        for sparsity in (0.34, 0.67):
            yield call(net(row(*triple)), sparsity)
    for triple in TRIPLES[:6]:
        yield call(net(row(*triple)), 0.34, GLOBAL)
    for sparsity in (0.34, 0.67, 0.5):
        yield call(net(row(1), row(2), row(3)), sparsity, GLOBAL)
        yield call(net(row(1), row(1), row(1)), sparsity, GLOBAL)
        yield call(net(row(2, 3), row(1)), sparsity, GLOBAL)
        yield call(net(linear([[2, 3, 4]], [1])), sparsity)
    for sparsity in (0.3, 0.9, 0.999, 1.0):
        yield call(net(row(1, 2, 3)), sparsity)


QUADS = (
    (1, 2, 3, 4), (4, 3, 2, 1), (2, 4, 1, 3), (1, -2, 3, -4), (-4, -3, -2, -1), (1, 1, 1, 1), (1, -1, -1, 1),
    (1, 1, 1, 2), (2, 1, 1, 1), (1, 2, 2, 2), (2, 2, 2, 1), (1, 1, 2, 2), (1, 2, 1, 2), (1, 2, 2, 3), (0, 1, 2, 3),
    (3, 2, 1, 0), (0, 0, 1, 2), (2, 1, 0, 0), (0, 0, 0, 1), (0, 1, 1, 1), (0, 0, 0, 0), (-0.0, -0.0, -1, 2),
    (1000, 1001, 1002, 9000),
)  # fmt: skip
SQUARES = (((1, 2), (3, 4)), ((1, 3), (2, 4)), ((4, 3), (2, 1)), ((1, 4), (2, 3)))


def four_weights() -> Iterator[Call]:
    for quad in QUADS:
        for sparsity in (0.25, 0.5):
            yield call(net(row(*quad)), sparsity)
    for quad in QUADS[:10]:
        yield call(net(row(*quad)), 0.75)
        yield call(net(row(*quad)), 0.25, GLOBAL)
    for square in SQUARES:
        for layout in ("C", "F", "strided"):
            yield call(net(linear(square, None, "f4", layout)), 0.5)
            yield call(net(linear(square, None, "f4", layout)), 0.25, GLOBAL)
    for layout in ("C", "F", "strided"):
        yield call(net(conv((1, 3, 2, 4), (2, 2, 1, 1), layout=layout)), 0.5)
        yield call(net(conv((1, 3, 2, 4), (1, 1, 2, 2), layout=layout)), 0.5)
    yield call(net(conv((1, 3, 2, 4), (1, 2, 1, 2), layout="channels_last")), 0.5)
    yield call(net(conv((1, 2), (1, 1, 1, 2)), conv((2, 1), (1, 1, 1, 2))), 0.5)
    for scope in (None, GLOBAL):
        for a, b in (((1, 2), (3, 4)), ((3, 4), (1, 2)), ((1, 4), (2, 3)), ((1, 1), (1, 1)), ((0, 1), (2, 3))):
            for sparsity in (0.25, 0.5):
                yield call(net(column(*a), row(*b)), sparsity, scope)
        yield call(net(linear([[3], [4]], [1, 2]), norm1(2), ReLU(), row(5, 6)), 0.5, scope)
        yield call(net(conv((3, 4), (2, 1, 1, 1), [1, 2]), norm2(2), Flatten(), row(5, 6)), 0.5, scope)
        yield call(net(row(3), Residual(net(row(1)), net(row(2))), row(4)), 0.5, scope)
    for first, second in (((1, 2), (3, 4)), ((3, 4), (1, 2))):
        yield call(net(column(*first), row(*second)), 0.5, "layer")
        yield call(net(column(*first), row(*second)), 0.5, "row", "ValueError")
        yield call(net(column(-first[0], first[1]), row(*second)), 1.5, None, "ValueError")
    for sparsity in (0.25, 0.5, 0.75):
        yield call(net(row(1), column(2, 3, 4)), sparsity, GLOBAL)
    yield call(net(linear([[1, 2], [3, 4]], [5, 6], "f8")), 0.5)
    yield call(net(linear([[1, 2], [3, 4]], [5, 6], "f2")), 0.5)


def more_weights() -> Iterator[Call]:
    for sparsity in (0.2, 0.4, 0.6, 0.8):
        yield call(net(row(1, 2, 3, 4, 5)), sparsity)
        yield call(net(row(5, -3, 1, 4, -2)), sparsity)
        yield call(net(row(1, 2, 3, 4, 5)), sparsity, GLOBAL)
    for values in (((1, 2, 3), (4, 5, 6)), ((6, 5, 4), (3, 2, 1)), ((1, 4, 2), (5, 3, 6))):
        for layout in ("C", "F", "strided"):
            yield call(net(linear(values, None, "f4", layout)), 0.5)
    yield call(net(row(1, 2), ReLU(), row(3, 4), ReLU(), row(5, 6)), 0.5, GLOBAL)
    for first, second in (((1, 2), ((3, 4), (5, 6))), ((5, 6), ((1, 2), (3, 4)))):
        yield call(net(column(*first), linear(second)), 0.5, GLOBAL)
        yield call(net(column(*first), linear(second)), 0.5)
    yield call(net(column(7, 8), linear(((1, 2), (3, 4), (5, 6)))), 0.5, GLOBAL)
    yield call(net(row(0, 0, 0, 1, 2, 3)), 0.5)
    yield call(net(row(1, 1, 1, 1, 1, 1)), 0.5)
    for sparsity in (0.125, 0.375, 0.625, 0.875):
        yield call(net(linear([[1, 2, 3, 4], [8, 7, 6, 5]])), sparsity)
    for sparsity in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        yield call(net(linear([[1, 2, 3, 4, 5], [10, 9, 8, 7, 6]])), sparsity)
    yield call(net(linear([[1, 2, 3, 4, 5], [10, 9, 8, 7, 6]])), 0.3, GLOBAL)
    for sparsity in (0.25, 0.5):
        yield call(net(linear(shuffled(4, 4))), sparsity)


def decimals() -> Iterator[Call]:
    for sparsity in (0.15, 0.35, 0.55, 0.95):
        yield call(net(linear(ordered(4, 5))), sparsity)
    for sparsity, rows, columns in (
        (0.28, 5, 5), (0.56, 5, 5), (0.2, 5, 6), (0.575, 5, 8), (0.1, 5, 8), (0.14, 5, 10), (0.58, 5, 10),
        (0.4, 5, 13), (0.8, 5, 13), (0.68, 5, 15), (0.07, 10, 10), (0.29, 10, 10), (0.55, 10, 10), (0.57, 10, 10),
    ):  # fmt: skip
        yield call(net(linear(ordered(rows, columns))), sparsity)
    yield call(net(linear(ordered(10, 10))), 0.29, GLOBAL)
    yield call(net(linear(shuffled(10, 10))), 0.5)
    yield call(net(conv(ordered(5, 20), (5, 5, 2, 2))), 0.29)
    yield call(net(linear(np.ones((25, 40)))), 1.0)
    yield call(net(linear(ordered(8, 16))), 125 / 128)
    yield call(net(linear(ordered(32, 32))), 1021 / 1024)


def ordered(rows: int, columns: int) -> np.ndarray:
    """Return 1, 2, 3, ... row by row, ``(rows, columns)``."""
    return np.arange(1, rows * columns + 1).reshape(rows, columns)


def shuffled(rows: int, columns: int) -> np.ndarray:
    """Return 1, 2, 3, ... in an order that looks like none, ``(rows, columns)``."""
    return 1 + np.random.default_rng(rows * columns).permutation(rows * columns).reshape(rows, columns)


def sequences() -> Iterator[tuple[Call, ...]]:
    """Calls in a row, for what is right alone: the last one is the one that goes wrong."""
    for scope in (None, GLOBAL):
        for first, second in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0)):
            yield call(net(row(1)), first, scope), call(net(row(1)), second, scope)
        yield call(net(row(1)), 1.0, scope), call(net(row(2)), 1.0, scope)
        yield call(net(row(1)), 1.5, scope, "ValueError"), call(net(row(1)), 0.0, scope)
        yield call(net(row(1), row(2)), 0.0, scope), call(net(row(1)), 0.0, scope)
        yield call(net(row(2)), 0.0, scope), call(net(row(1), row(3)), 0.5, scope)
        yield call(net(row(1)), 0.0, scope), call(net(row(2, 3)), 0.5, scope)
        for a, b in (((1, 2), (2, 1)), ((1, 2), (1, 2)), ((1, 2), (3, 4))):
            yield call(net(row(*a)), 0.5, scope), call(net(row(*b)), 0.5, scope)
        yield call(net(row(1), row(2)), 0.5, GLOBAL), call(net(row(2), row(1)), 0.5, scope)
        yield tuple(call(net(row(1, 2)), sparsity, scope) for sparsity in (0.5, 0.0, 1.0, 0.5))
    yield call(net(row(1, 2)), 0.5, GLOBAL), call(net(row(1), row(2)), 0.5)
    yield tuple(call(net(row(1, 2)), 0.5) for _ in range(8))
    plain, other = (1, 2, 3, 4), (4, 3, 2, 1)
    yield call(net(row(*plain)), 0.75), call(net(row(*other)), 0.25), call(net(row(*plain)), 0.5)
    yield tuple(call(net(row(*values)), 0.5, GLOBAL) for values in (plain, other) * 4)


# Shipped wrong submissions that no input tells apart: named by the text that fits both.
TWINS = {
    "wrong_answer/ties_all_pruned.py": "wrong_answer/kthvalue_and_strictly_greater.py",
}
