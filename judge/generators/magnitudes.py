"""Weights whose magnitudes are close, and yet apart: for scores of too few digits."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from judge.nn import Conv2d, Flatten, Linear, Sequential

Rng = np.random.Generator
_LOWEST, _STEP = 2.0**-7, 350  # a step of the last bit of a float32 is between 2**-24 and 2**-23 of the number


def ladder(rng: Rng, *shape: int) -> NDArray[np.float32]:
    """Numbers of which no two magnitudes are nearer than 2e-5 of themselves, in any order and of either sign."""
    n = math.prod(shape)
    bits = np.float32(_LOWEST).view(np.uint32) + np.arange(0, _STEP * n, _STEP, dtype=np.uint32)
    step = 1 + int(rng.integers(n))
    while math.gcd(step, n) > 1:
        step += 1
    bits = bits[step * np.arange(n) % n]  # a shuffle takes ten times as long
    bits |= rng.integers(2, size=n, dtype=np.uint32) << np.uint32(31)  # the sign
    return bits.view(np.float32).reshape(shape)


def octave(rng: Rng, size: float) -> NDArray[np.float16]:
    """Twenty-five distinct float16 numbers between ``size`` and twice that, ``(5, 5)``."""
    values = (size * np.linspace(1, 2, 25)).astype(np.float16) * rng.choice(np.array([-1, 1], np.float16), 25)
    return rng.permutation(values).reshape(5, 5)


def neighbours(rng: Rng) -> Iterator[tuple[Sequential, float, str | None]]:
    """Runs of consecutive float16 numbers, cut at every place of a stretch, in rising and in falling order.

    Yield ``(network, fraction to prune, scope)``; the scope is ``None`` where any will do.

    A rounded score makes equals of two among four neighbours, near the top of an octave at the latest. A cut between
    those two shows it, where the larger one comes first in the order in which the solution breaks ties. The other runs
    are numbers near the largest, which a factor turns into infinity, and subnormal ones, of which a half loses a bit.
    """
    for first in (0x3F00 + int(rng.integers(0xC0)), 0x7A00 + int(rng.integers(0xC0)), 1 + int(rng.integers(0x40))):
        runs = np.arange(first, first + 4)[:, None] + np.arange(32)  # each begins one number later: one cut for all
        for order in (runs, runs[:, ::-1]):
            signs = rng.choice(np.array([-1, 1], np.float16), order.shape)
            weights = order.astype(np.uint16).view(np.float16) * signs
            if order is runs:
                yield Sequential([Linear(row.reshape(4, 8).copy()) for row in weights]), 0.375, None
            else:
                yield Sequential([Conv2d(row.reshape(2, 4, 2, 2).copy()) for row in weights]), 0.375, None
            filters, rest = weights[0, :16].reshape(2, 2, 2, 2), weights[0, 16:].reshape(2, 8)
            for pruned in range(10, 14):
                yield Sequential([Conv2d(filters.copy()), Flatten(), Linear(rest.copy())]), pruned / 32, "global"
