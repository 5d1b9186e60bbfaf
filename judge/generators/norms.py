"""Channels whose norms are easily reckoned wrong, or equal: what ranks them shows in what goes.

Each function yields networks of two layers or three, most of them together with the norm, 1 or 2, by which they are to
be pruned. The gaps that the statement promises between norms are kept for that norm.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.generators.families import Family
from judge.generators.gaps import separate_norms
from judge.nn import Conv2d, Linear, ReLU, Sequential

Rng = np.random.Generator
Network = tuple[Sequential, int]


def rows_against_each_other(rng: Rng) -> Iterator[Sequential]:
    """One spiky and many even rows: L1 and L2 order them the other way round; a large bias on the weakest."""
    for fan_in in (4, 9):
        out = 6
        weight = np.zeros((out, fan_in))
        for row in range(out):
            if row % 2:
                weight[row, int(rng.integers(fan_in))] = 1.5 + 0.15 * row
            else:
                weight[row] = (1 + 0.1 * row) * 2.0 / fan_in * rng.choice([-1.0, 1.0], fan_in)
        weight = weight[rng.permutation(out)].astype(np.float32)
        bias = np.float32(10) / np.abs(weight).sum(axis=1)
        yield separate_norms(
            Sequential([Linear(weight, bias), ReLU(), Family(rng).linear(out, 3), ReLU(), Family(rng).linear(3, 2)])
        )


def filters_against_each_other(rng: Rng) -> Iterator[Network]:
    """As the rows above, as filters: large ones, and many."""
    for channels, kernel, out in ((2, (5, 5), 6), (1, (1, 9), 6), (9, (1, 1), 6), (2, (3, 3), 40)):
        fan_in = channels * kernel[0] * kernel[1]
        weight = np.empty((out, fan_in))
        for row in range(out):
            weight[row] = (1 + 0.02 * row) * 2.0 / fan_in
            if row % 2:  # little but for one entry, the last of the first
                weight[row] = 1e-3
                weight[row, -1 if row == 1 else int(rng.integers(fan_in))] = 1.2 + 0.02 * row
        weight *= rng.choice([-1.0, 1.0], weight.shape)
        filters = weight[rng.permutation(out)].reshape(out, channels, *kernel).astype(np.float32)
        for norm in (1, 2):
            head = Family(rng).conv(out, 2, (1, 1))
            yield separate_norms(Sequential([Conv2d(filters.copy()), ReLU(), head]), (norm,)), norm


def far_apart(rng: Rng) -> Iterator[Network]:
    """Rows of very different sizes: a difference, a sum or a mean of them has nothing left of the small ones."""
    sizes = rng.permutation(np.array([1e6, 3e-4, 1e-4, 2e-4, 4e-4, 5e-5]))[:, None]
    for dtype, factor in ((np.float32, 1.0), (np.float64, 1e-9)):
        weight = (sizes * factor * np.array([0.5, 0.9])).astype(dtype)
        for norm in (1, 2):
            yield _with_head(weight.copy()), norm
    small = (5e-13, 1e-12, 2e-12, 3e-12, 4e-12)
    for order, dtype, norm, filters in (
        (small, np.float32, 2, False),
        (small, np.float64, 1, True),
        (small[::-1], np.float32, 1, True),
        (small[::-1], np.float64, 2, False),
    ):
        weight = (np.array((1e6, *order))[:, None] * rng.choice([-1.0, 1.0], (6, 2))).astype(dtype)
        yield _with_head(weight.reshape(6, 2, 1, 1) if filters else weight), norm


def of_few_digits(rng: Rng) -> Iterator[Network]:
    """float16 numbers that scaled down, or squared, have few digits left."""
    for norm, fan_in, order in itertools.product((1, 2), (1, 3), (1, -1)):
        weight = 0.011 * 1.04 ** np.arange(6)[::order, None] * np.arange(1, fan_in + 1)
        yield _with_head((weight * rng.choice([-1.0, 1.0], weight.shape)).astype(np.float16)), norm


def at_the_ends() -> Iterator[Network]:
    """At the ends of the range, where something added for safety or a limit makes equals of all."""
    rising = (1 + 0.2 * np.arange(6))[:, None] * np.array([1.0, -1.0])
    for size, norm, rows in itertools.product((2e-15, 4e5), (1, 2), (rising, rising[::-1])):
        bias = (np.abs(rows[:, 0]) < 1.1).astype(np.float32)  # what stays has none, and yet it stays
        yield _with_head((size * rows).astype(np.float32), bias), norm


def overflowing(rng: Rng) -> Iterator[Network]:
    """Sums past 65504, and squares past it, in float16: the norms of the real numbers still differ by 10 % and more."""
    for size, fan_in in ((100.0, 900), (300.0, 40)):
        strength = size * (1 + 0.1 * rng.permutation(6))
        signs = rng.choice([-1.0, 1.0], (6, fan_in))
        weight = (strength[:, None] * signs).astype(np.float16)
        head = Linear(rng.permutation(np.array([[1, 2, 3, 4, 5, 6], [6, 4, 2, 1, 3, 5]], np.float16).T).T.copy())
        for norm in (1, 2):
            yield Sequential([Linear(weight.copy()), ReLU(), head]).copy(), norm


def overflowing_further_on(rng: Rng) -> Iterator[Network]:
    """The same in a second layer, whose inputs are all alike, and in a convolution."""
    rising = np.arange(6)[:, None]
    for size, norm, order in itertools.product((3000.0, 300.0), (1, 2), (rising, rising[::-1])):
        weight = (size * (1 + 0.1 * order) * rng.choice([-1.0, 1.0], (6, 40))).astype(np.float16)
        alike = Linear(np.ones((40, 1), np.float16))
        yield Sequential([alike, *_with_head(weight)]), norm
        yield _with_head(np.repeat(weight, 5, axis=1)[:, :180].reshape(6, 20, 3, 3).copy()), norm


def more_zeros_than_go(rng: Rng) -> Iterator[Network]:
    """Four channels of eight are zeros only, of which some stay: the number is asked for, not what they are worth."""
    for norm in (1, 2):
        images = separate_norms(Sequential([Family(rng).conv(2, 8), ReLU(), Family(rng).conv(8, 2, (1, 1))]))
        dense = separate_norms(Family(rng).mlp((3, 8, 2), norm=False, bias=True))
        for model in (images, dense):
            model[0].weight[rng.permutation(8)[:4]] = 0  # type: ignore[attr-defined]
            yield model, norm


def equal(rng: Rng) -> Iterator[Network]:
    """A hundred channels of one norm, a hundred of two, each twice; last for each norm filters that are all zero."""
    for norm in (1, 2):
        halves = np.repeat(np.array([1, 2], np.float32), 50)[rng.permutation(100), None]
        for sizes in (np.ones((100, 1), np.float32), halves):
            weight = sizes * rng.choice(np.array([-1, 1], np.float32), (100, 3))
            head = separate_norms(Sequential([Family(rng).linear(100, 2)]))[0].weight  # type: ignore[attr-defined]
            for _ in range(2):
                yield Sequential([Linear(weight.copy()), ReLU(), Linear(head.copy())]), norm
        blank = separate_norms(Sequential([Family(rng).conv(2, 4), ReLU(), Family(rng).conv(4, 2, (1, 1))]))
        for layer in (blank[0], blank[2]):
            layer.weight[...] = 0  # type: ignore[attr-defined]
        yield blank, norm


def equal_within_rounding(rng: Rng) -> Iterator[Network]:
    """Channels of the same weights in another order: their norms are equal, and the sums are not, bit for bit.

    Whoever reckons them twice in two ways may choose twice: other channels for the mask than for the network.
    """
    for dtype, filters, norm in (
        (np.float64, False, 1),
        (np.float64, True, 2),
        (np.float32, True, 1),
        (np.float32, False, 2),
    ):
        family = Family(rng, dtype)
        weights = rng.uniform(0.1, 1, 16) * rng.choice([-1.0, 1.0], 16)
        rows = np.stack([rng.permutation(weights) for _ in range(24)]).astype(dtype)
        if filters:
            first, norm_layer, head = Conv2d(rows.reshape(24, 4, 2, 2)), family.norm2d(24), family.conv(24, 2, (1, 1))
            yield Sequential([first, norm_layer, ReLU(), head]), norm
        else:
            yield Sequential([Linear(rows), family.norm1d(24), ReLU(), family.linear(24, 2)]), norm


def _with_head(weight: NDArray[Any], bias: NDArray[Any] | None = None) -> Sequential:
    """Return a layer of ``weight`` and one behind it, of two channels and ones only, of the same kind and dtype."""
    head = np.ones((2, len(weight)), weight.dtype)
    if weight.ndim == 4:
        return Sequential([Conv2d(weight, bias), ReLU(), Conv2d(head.reshape(2, len(weight), 1, 1))])
    return Sequential([Linear(weight, bias), ReLU(), Linear(head)])
