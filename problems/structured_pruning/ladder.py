"""Small calls in a fixed order: the first on which a submission fails is its counterexample.

The judge sorts them by the number of weights, stably; else they stay as they stand here: plain ones first, then
another sign, ties, zeros, norms, biases, BatchNorm, other layers, dtypes, layouts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from judge.diagnosis.small import column, conv, linear, net, norm1, norm2, row
from judge.domain.case import Call
from judge.nn import GELU, AvgPool2d, Flatten, MaxPool2d, ReLU, Sequential, Sigmoid, Tanh

BAD = (-0.1, 1.0, 1.5, float("nan"), 2.0, 30.0, float("inf"), float("-inf"), -1e-9)
POINT = (1, 1, 1, 1)


def call(model: Sequential, ratio: float, norm: int | None = None, raises: str | None = None) -> Call:
    return Call(model, (ratio,), {} if norm is None else {"norm": norm}, raises)


def rungs() -> Iterator[Call]:
    yield from output_alone()
    yield from bad_arguments()
    yield from one_channel()
    yield from two_channels()
    yield from two_channels_in_convolutions()
    yield from fan_in_two()
    yield from more_channels()
    yield from three_layers()
    yield from decimals()


def output_alone() -> Iterator[Call]:
    for norm in (None, 1, 2):
        for ratio in (0.5, 0.0, 0.9):
            yield call(net(row(1)), ratio, norm)
    yield call(net(column(1, 2)), 0.5)
    for model in (net(column(1, 2), ReLU()), net(column(1, 2), norm1(2)), net(conv((1, 2), (2, 1, 1, 1)))):
        yield call(model, 0.5)
    yield call(net(linear([[1]], [2])), 0.5)
    yield call(net(row(-1)), 0.5)
    yield call(net(row(0)), 0.5)
    for dtype in ("f8", "f2"):
        yield call(net(linear([[1]], [2], dtype)), 0.5)
    for layer in (ReLU, Tanh, Sigmoid, GELU, Flatten):
        yield call(net(row(1), layer()), 0.5)
        yield call(net(layer(), row(1)), 0.5)
    for eps in (1e-5, 0.5):
        yield call(net(norm1(1, eps), row(1)), 0.5)
        yield call(net(row(1), norm1(1, eps)), 0.5)
        yield call(net(conv(1, POINT), norm2(1, eps)), 0.5)
    yield call(net(conv(1, POINT)), 0.5)
    yield call(net(conv(1, POINT, [2])), 0.5)
    for options in ({"stride": 2}, {"padding": 1}, {"stride": (1, 2)}, {"padding": (0, 1)}):
        yield call(net(conv(1, POINT, **options)), 0.5)
    for pool in (MaxPool2d, AvgPool2d):
        yield call(net(conv(1, POINT), pool(2)), 0.5)
        yield call(net(conv(1, POINT), pool(2, 1)), 0.5)
        yield call(net(conv(1, POINT), pool((1, 2), (2, 1))), 0.5)


def bad_arguments() -> Iterator[Call]:
    for ratio in BAD:
        yield call(net(row(1)), ratio, None, "ValueError")
    for norm in (0, 3, -1):
        yield call(net(row(1)), 0.5, norm, "ValueError")
    yield call(net(row(-1)), 1.5, None, "ValueError")
    yield call(net(row(-1)), 0.5, 3, "ValueError")
    for ratio in (1.5, -0.1, 1.0, float("nan")):
        yield call(net(row(1)), ratio, 2, "ValueError")
    yield call(net(linear([[4, 0], [3, 3]]), row(5, 6)), 0.5, 3, "ValueError")
    yield call(net(column(1, 2), row(3, 4)), 1.5, None, "ValueError")
    yield call(net(column(-1, 2), row(3, 4)), 1.5, None, "ValueError")
    yield call(net(column(-1, 2), row(3, 4)), 0.5, 3, "ValueError")


def one_channel() -> Iterator[Call]:
    for ratio in (0.5, 0.9, 0.0):
        yield call(net(row(1), row(2)), ratio)
    yield call(net(row(1), row(2)), 0.5, 2)
    yield call(net(row(1), ReLU(), row(2)), 0.5)
    yield call(net(linear([[1]], [2]), linear([[3]], [4])), 0.5)
    yield call(net(conv(1, POINT), Flatten(), row(2)), 0.5)
    yield call(net(conv(1, POINT), ReLU(), conv(2, POINT)), 0.5)


PAIRS = ((1, 2), (2, 1), (-2, 1), (1, -2), (-1, 2), (-1, -2), (1, 1), (1, -1), (0, 1), (1, 0), (0, 0))


def two_channels() -> Iterator[Call]:
    for pair in PAIRS:
        yield call(net(column(*pair), row(3, 4)), 0.5)
    for pair in ((1, 2), (2, 1), (-2, 1), (1, 1)):
        for norm in (1, 2):
            yield call(net(column(*pair), row(3, 4)), 0.5, norm)
    for ratio in (0.0, 0.9, 0.25, 0.75, 0.999, 1e-9):
        yield call(net(column(1, 2), row(3, 4)), ratio)
    yield call(net(column(1, 1), row(3, 4)), 0.9)
    yield call(net(column(2, 1), row(3, 4)), 0.9, 2)
    yield call(net(column(1, 2), row(4, 3)), 0.5)
    yield call(net(column(1, 2), row(-9, 3)), 0.5)
    for pair in ((1, 2), (2, 1)):
        for bias in ((5, 6), (6, 5), (0, 9)):
            yield call(net(linear([[pair[0]], [pair[1]]], bias), row(3, 4)), 0.5)
            yield call(net(linear([[pair[0]], [pair[1]]], bias), row(3, 4)), 0.5, 2)
        yield call(net(column(*pair), linear([[3, 4]], [5])), 0.5)
        yield call(net(linear([[pair[0]], [pair[1]]], [1, 1]), ReLU(), linear([[3, 4]], [5])), 0.5)
        yield call(net(column(*pair), Sigmoid(), linear([[3, 4]], [5])), 0.5)
        for layer in (ReLU, Sigmoid, GELU, Tanh):
            yield call(net(column(*pair), layer(), row(3, 4)), 0.5)
        yield call(net(column(*pair), norm1(2), row(3, 4)), 0.5)
        yield call(net(column(*pair), norm1(2, 0.5), row(3, 4)), 0.5)
        yield call(net(column(*pair), ReLU(), norm1(2), row(3, 4)), 0.5)
        yield call(net(column(*pair), norm1(2), ReLU(), norm1(2), row(3, 4)), 0.5)
        yield call(net(linear([[pair[0]], [pair[1]]], [5, 6]), norm1(2), row(3, 4)), 0.5)
        yield call(net(norm1(1), column(*pair), row(3, 4)), 0.5)
        yield call(net(column(*pair), row(3, 4), norm1(1)), 0.5)
        yield call(net(column(*pair), row(3, 4), ReLU()), 0.5)
        yield call(net(column(*pair), norm1(2), row(3, 4)), 0.0)
        yield call(net(linear([[pair[0]], [pair[1]]], [5, 6]), row(3, 4)), 0.0)
        for dtype in ("f8", "f2"):
            hidden = linear([[pair[0]], [pair[1]]], [5, 6], dtype)
            yield call(net(hidden, norm1(2, dtype=dtype), row(3, 4, dtype=dtype)), 0.5)
    for a, b in ((400, 300), (300, 400)):
        for norm in (1, 2):
            yield call(net(column(a, b, dtype="f2"), row(3, 4, dtype="f2")), 0.5, norm)
    yield call(net(column(1, 2), row(3, 4, layout="strided")), 0.5)
    yield call(net(column(0.1, 0.2), row(0.3, 0.7)), 0.5)


def two_channels_in_convolutions() -> Iterator[Call]:
    first, last = (2, 1, 1, 1), (1, 2, 1, 1)
    for pair in ((1, 2), (2, 1)):
        yield call(net(conv(pair, first), conv((3, 4), last)), 0.5)
        yield call(net(conv(pair, first), conv((3, 4), last)), 0.0)
        yield call(net(conv(pair, first, [5, 6]), conv((3, 4), last)), 0.5)
        yield call(net(conv(pair, first), ReLU(), conv((3, 4), last, [5])), 0.5)
        yield call(net(conv(pair, first), norm2(2), conv((3, 4), last)), 0.5)
        yield call(net(conv(pair, first), norm2(2, 0.5), ReLU(), conv((3, 4), last)), 0.5)
        yield call(net(norm2(1), conv(pair, first), conv((3, 4), last)), 0.5)
        yield call(net(conv(pair, first), conv((3, 4), last), norm2(1)), 0.5)
        yield call(net(conv(pair, first), Flatten(), row(3, 4)), 0.5)
        for options in ({"stride": 2}, {"padding": 1}, {"stride": (1, 2)}, {"padding": (0, 1)}):
            yield call(net(conv(pair, first, **options), conv((3, 4), last)), 0.5)
            yield call(net(conv(pair, first), conv((3, 4), last, **options)), 0.5)
        for pool in (MaxPool2d, AvgPool2d):
            yield call(net(conv(pair, first), pool(2), conv((3, 4), last)), 0.5)
            yield call(net(conv(pair, first), pool(2, 1), conv((3, 4), last)), 0.5)
            yield call(net(conv(pair, first), pool((1, 2), (2, 1)), conv((3, 4), last)), 0.5)
        # Behind Flatten a channel is a block: of 2, of 4 (2 x 2), of 3.
        for block in (2, 3, 4):
            columns = tuple(range(3, 3 + 2 * block))
            yield call(net(conv(pair, first), Flatten(), row(*columns)), 0.5)
            yield call(net(conv(pair, first), norm2(2), ReLU(), Flatten(), row(*columns)), 0.5)
            yield call(net(conv(pair, first), Flatten(), norm1(2 * block), row(*columns)), 0.5)


WIDE = (
    ((3, 0), (2, 2)), ((2, 2), (3, 0)), ((3, -3), (1, 1)), ((1, 1), (3, -3)), ((-2, -2), (1, 1)), ((1, 1), (-2, -2)),
    ((4, 0), (3, 3)), ((3, 3), (4, 0)), ((1, 9), (2, 1)), ((2, 1), (1, 9)), ((1, 2), (3, 9)), ((3, 9), (1, 2)),
    ((1, 2), (2, 1)), ((3, 4), (6, 0)), ((5, 0), (4, 4)), ((4, 4), (5, 0)), ((0, 0), (1, 1)), ((5, 1), (2, 3)),
)  # fmt: skip


def fan_in_two() -> Iterator[Call]:
    for rows in WIDE:
        for norm in (None, 2):
            yield call(net(linear(rows), row(5, 6)), 0.5, norm)
    for rows in WIDE[:2]:
        yield call(net(linear(rows), row(5, 6)), 0.5, 1)
    for rows in (((1, 9), (2, 3)), ((2, 3), (1, 9)), ((1, 2), (3, 9))):
        for layout in ("F", "strided"):
            yield call(net(linear(rows, layout=layout), row(5, 6)), 0.5)
            yield call(net(linear(rows, layout=layout), row(5, 6)), 0.5, 2)
    yield call(net(column(1, 2), linear([[3, 4], [5, 6]])), 0.5)
    yield call(net(column(2, 1), linear([[3, 4], [5, 6]], [7, 8])), 0.5)
    yield call(net(column(2, 1), linear([[3, 4], [5, 6]]), norm1(2)), 0.5)
    yield call(net(column(2, 1), linear([[3, 4], [5, 6]]), ReLU()), 0.5)
    yield call(net(column(2, 1), linear([[3, 4], [5, 6], [7, 8]])), 0.5)
    yield call(net(norm1(2), linear([[3, 4], [1, 2]]), row(5, 6)), 0.5)
    yield call(net(column(2, 1), linear([[3, 4], [5, 6]], layout="F")), 0.5)
    for rows in WIDE:
        for norm in (1, 2):
            yield call(net(conv(rows, (2, 2, 1, 1)), conv((5, 6), (1, 2, 1, 1))), 0.5, norm)
            yield call(net(conv(rows, (2, 1, 1, 2)), conv((5, 6), (1, 2, 1, 1))), 0.5, norm)
    for rows in (((3, 3), (4, 1)), ((4, 1), (3, 3))):
        for shape in ((2, 1, 1, 2), (2, 1, 2, 1)):
            yield call(net(conv(rows, shape), conv((5, 6), (1, 2, 1, 1))), 0.5)
    for rows in (((50000, 50000), (40000, 40000)), ((40000, 40000), (50000, 50000)), ((500, 0), (400, 0))):
        for norm in (1, 2):
            yield call(net(linear(rows, dtype="f2"), row(1, 2, dtype="f2")), 0.5, norm)


TRIPLES = ((1, 2, 3), (3, 2, 1), (2, 3, 1), (1, 3, 2), (-3, 1, 2), (1, 1, 1), (1, 1, 2), (2, 1, 1), (0, 0, 1))
QUADS = (
    (1, 2, 3, 4), (4, 3, 2, 1), (2, 4, 1, 3), (3, 1, 4, 2), (-4, 1, -3, 2), (1, 1, 1, 1), (1, 1, 1, 2), (2, 1, 1, 1),
    (1, 2, 2, 2), (0, 1, 2, 3), (0, 0, 1, 2), (2, 1, 0, 0), (0, 0, 0, 1),
)  # fmt: skip


def more_channels() -> Iterator[Call]:
    for triple in TRIPLES:
        for ratio in (0.34, 0.67):
            yield call(net(column(*triple), row(4, 5, 6)), ratio)
    for ratio in (0.3, 0.9):
        yield call(net(column(1, 2, 3), row(4, 5, 6)), ratio)
        yield call(net(column(1, 1, 1), row(4, 5, 6)), ratio)
    yield call(net(linear([[3], [1], [2]], [4, 5, 6]), norm1(3), row(4, 5, 6)), 0.34)
    for quad in QUADS:
        for ratio in (0.25, 0.5, 0.75):
            yield call(net(column(*quad), row(5, 6, 7, 8)), ratio)
    yield call(net(linear([[2], [4], [1], [3]], [5, 6, 7, 8]), norm1(4), ReLU(), row(5, 6, 7, 8)), 0.5)
    yield call(net(conv((2, 4, 1, 3), (4, 1, 1, 1)), norm2(4), Flatten(), row(*range(1, 9))), 0.5)
    yield call(net(conv((2, 4, 1, 3), (4, 1, 1, 1)), Flatten(), norm1(8), row(*range(1, 9))), 0.5)
    for ratio in (0.25, 0.5):
        yield call(net(column(1, 2, 3, 4), linear([[1, 2, 3, 4], [8, 7, 6, 5]])), ratio)
        yield call(net(column(1, 2, 3, 4), linear([[1, 2, 3, 4], [8, 7, 6, 5], [9, 9, 9, 9]])), ratio)
    for ratio in (0.2, 0.4, 0.6, 0.8):
        yield call(net(column(2, 5, 1, 4, 3), row(6, 7, 8, 9, 10)), ratio)
    for ratio in (0.1, 0.3, 0.7, 0.8, 0.9):
        yield call(net(column(*shuffled(10)), row(*range(1, 11))), ratio)


def three_layers() -> Iterator[Call]:
    # cut columns change the second layer's norms
    for middle in (((9, 1), (2, 3)), ((2, 3), (9, 1)), ((3, 4), (5, 6)), ((6, 5), (4, 3))):
        for first in ((1, 2), (2, 1), (20, 10)):
            yield call(net(column(*first), linear(middle), row(7, 8)), 0.5)
    middle = linear([[3, 4], [6, 5]], [7, 8])
    yield call(net(linear([[2], [1]], [5, 6]), ReLU(), middle, ReLU(), row(7, 8)), 0.5)
    yield call(net(linear([[2], [1]]), norm1(2), linear([[3, 4], [6, 5]]), norm1(2), row(7, 8)), 0.5)
    yield call(net(conv((2, 1), (2, 1, 1, 1)), conv((3, 4, 6, 5), (2, 2, 1, 1)), Flatten(), row(7, 8)), 0.5)
    yield call(net(conv((2, 1), (2, 1, 1, 1)), Flatten(), linear([[1, 2, 3, 4], [8, 7, 6, 5]]), row(7, 8)), 0.5)
    yield call(net(conv((2, 1), (2, 1, 1, 1)), conv((3, 4, 6, 5), (2, 2, 1, 1)), conv((7, 8), (1, 2, 1, 1))), 0.5)
    yield call(net(column(1, 2), row(3, 4), row(5)), 0.5)
    yield call(net(row(1), column(2, 3), row(4, 5)), 0.5)
    yield call(net(column(1, 2, 3, 4), linear([[1, 2, 3, 4], [8, 7, 6, 5]]), row(7, 8)), 0.5)
    # a share that shrinks from layer to layer is told apart from none
    yield call(net(column(1, 2), linear([[1, 2], [8, 7], [3, 4], [6, 5]]), row(5, 6, 7, 8)), 0.5)


def decimals() -> Iterator[Call]:
    for ratio, out in (
        (0.15, 20), (0.35, 20), (0.55, 20), (0.28, 25), (0.56, 25), (0.575, 40), (0.14, 50), (0.58, 50), (0.68, 75),
        (0.07, 100), (0.29, 100), (0.55, 100), (0.57, 100),
    ):  # fmt: skip
        yield call(net(column(*range(1, out + 1)), row(*range(1, out + 1))), ratio)
    yield call(net(column(*range(1, 51)), row(*range(1, 51))), 0.58, 2)
    for ratio, out in ((1 / 32, 32), (0.58, 50), (1 / 128, 128)):
        numbers = range(1, out + 1)
        if ratio != 0.58:  # it stands above
            yield call(net(column(*numbers), row(*numbers)), ratio)
        yield call(net(conv(numbers, (out, 1, 1, 1)), conv(numbers, (1, out, 1, 1))), ratio)
        yield call(net(column(1, 2), linear([[n, n] for n in numbers]), row(*numbers)), ratio)
    yield call(net(column(*[1] * 100), row(*range(1, 101))), 0.5)
    yield call(net(conv(range(1, 131), (130, 1, 1, 1)), Flatten(), row(*range(1, 261))), 0.5)


def shuffled(n: int) -> list[int]:
    """Return 1 to ``n`` in an order that looks like none."""
    return [1 + int(value) for value in np.random.default_rng(n).permutation(n)]


def sequences() -> Iterator[tuple[Call, ...]]:
    """Calls in a row, for what is right alone: the last one is the one that goes wrong."""
    yield call(net(row(1)), 0.5), call(net(row(1)), 0.5)
    yield call(net(row(1)), 1.5, None, "ValueError"), call(net(row(1)), 0.5)
    yield call(net(row(1), row(2)), 0.0), call(net(row(1)), 0.0)
    for norm in (None, 2):
        for first, second in ((0.5, 0.0), (0.0, 0.5), (0.5, 0.5)):
            yield (
                call(net(column(1, 2), row(3, 4)), first, norm),
                call(net(column(1, 2), row(3, 4)), second, norm),
            )
        yield call(net(column(1, 2), row(3, 4)), 0.5, norm), call(net(column(2, 1), row(3, 4)), 0.5, norm)
    yield call(net(linear([[3, 0], [2, 2]]), row(3, 4)), 0.5), call(net(linear([[3, 0], [2, 2]]), row(3, 4)), 0.5, 2)
    yield call(net(linear([[3, 0], [2, 2]]), row(3, 4)), 0.5, 2), call(net(linear([[3, 0], [2, 2]]), row(3, 4)), 0.5)
    yield tuple(call(net(column(1, 2), row(3, 4)), 0.5) for _ in range(4))
    yield tuple(call(net(column(*order), row(5, 6, 7, 8)), 0.25) for order in QUADS[:4] * 2)
    yield tuple(call(net(column(*order), row(5, 6, 7, 8)), 0.5) for order in QUADS[:4] * 4)


# Shipped wrong submissions that no input tells apart: named by the text that fits both.
TWINS = {
    "run_time_error/norm_keyword_renamed.py": "run_time_error/norm_left_out.py",
    "wrong_answer/flatten_block_strided.py": "wrong_answer/flatten_channels_fastest.py",
    "wrong_answer/list_changed_in_place.py": "wrong_answer/input_changed.py",
    "wrong_answer/shallow_copy.py": "wrong_answer/input_changed.py",
    "wrong_answer/quantile_threshold.py": "wrong_answer/ties_all_kept.py",
}
