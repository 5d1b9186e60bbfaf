"""Fractions to prune. Half of them are such that ``int(fraction * n)`` in binary is not what decimal says."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np

PLAIN = (0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9)
MIDDLE = (0.5, 0.55, 0.6, 0.625, 0.65)  # of two channels one goes, of three one stays

# (fraction, n): the decimal product is whole, the binary one lies just below or just above it.
BELOW = ((0.29, 100), (0.57, 100), (0.58, 50), (0.7, 180), (0.35, 180), (0.82, 150))
ABOVE = ((0.07, 100), (0.14, 50), (0.28, 25), (0.56, 25), (0.55, 100), (0.34, 150), (0.68, 75))

# Whole in decimal, too; in float32 the first two products lie just below it, the others just above.
NARROW = ((0.53, 100), (0.42, 150), (0.54, 100), (0.36, 75))

# Products that a score of few digits, a rounded share or a "nearly all" gets wrong.
FINE = (
    (0.998, 501),
    (0.994, 200),
    (0.005, 200),
    (0.001, 1000),
    (0.9996, 5000),
    (0.33334, 1500),
    (1e-05, 20),
    (2 / 3, 6),
    (1 / 32, 32),
    (1 / 64, 64),
    (1 / 128, 128),
    (5 / 256, 256),
    (1021 / 1024, 1024),
    # Of n things m, as a program writes it: m / n lies just above, so that m are right, m - 1 never.
    (5 / 6, 6),
    (5 / 7, 7),
    (4 / 11, 11),
    (1 / 11, 11),
    (14 / 19, 19),
    (11 / 21, 21),
    (7 / 23, 23),
    (16 / 29, 29),
    (0.2, 35),
    # Off by 6e-14 and by 1.1e-13 in binary, below and above.
    (0.6144, 625),
    (0.69, 1100),
    (0.56, 1075),
    (0.0008, 1250),
    (0.57, 2400),  # by 2.3e-13
)
# Some of each, small: for tests that ask them of every kind of layer, in every dtype.
EVERYWHERE = (
    (0.58, 50),
    (0.29, 100),
    (0.57, 100),
    (0.28, 25),
    (0.14, 50),
    (0.56, 25),
    (0.54, 50),
    (0.36, 75),
    (0.53, 100),
    (5 / 6, 6),
    (7 / 23, 23),
    (2 / 3, 6),
    (0.8, 5),
)
# Of more weights than a layer has channels.
FINE_OF_MANY = ((1.0, 10_001), (0.99992, 12_500), (1 / 2048, 2048), (1 / 16384, 16384), (0.688, 8375))
# Of 1,000, one behind the other, of the same network: what is remembered by a rounded fraction is wrong for the next.
CLOSE = (0.501, 0.504, 0.507)
# Of 320,000: whole in decimal, 3e-11 less in binary, and the product is another once the fraction has lost a digit, or
# has become one with a denominator up to 100,000, and once the product has lost one of its six digits.
MANY = (0.538434375, 0.579290625, 0.659321875, 0.742590625, 0.819190625)
# Of 200,000: one of them, and all but one.
ENDS_OF_MANY = (5e-06, 0.999995)
# Of 72,000: whole in decimal, 7e-12 more in binary.
MANY_ABOVE = (0.358625, 0.52575, 0.576625, 0.637125)


def draw(rng: np.random.Generator) -> float:
    """Return a fraction in (0, 1) of one to three decimals."""
    if rng.random() < 0.5:
        return PLAIN[int(rng.integers(len(PLAIN)))]
    digits = int(rng.integers(1, 4))
    numerator = int(rng.integers(1, 10**digits))
    return numerator / float(10**digits)


def middle(rng: np.random.Generator) -> float:
    """Return a fraction of which something goes even from two, and something stays even of three."""
    return MIDDLE[int(rng.integers(len(MIDDLE)))]


def draws(rng: np.random.Generator, n: int) -> list[float]:
    """Return ``n`` different fractions."""
    found: dict[float, None] = {}
    while len(found) < n:
        found.setdefault(draw(rng))
    return list(found)


def several(fraction: float, n: int) -> int:
    """Return a multiple of ``n``, six to twelve times, where truncating or rounding up fails as it does for ``n``."""

    def slip(size: int) -> tuple[bool, bool, bool]:
        exact = Decimal(repr(fraction)) * size
        allowed = (math.floor(exact), math.ceil(exact))
        narrow = int(np.float32(fraction) * np.float32(size))
        return int(fraction * size) in allowed, math.ceil(fraction * size) in allowed, narrow in allowed

    return next((n * times for times in range(6, 13) if slip(n * times) == slip(n)), 6 * n)
