"""Parameters of the numeric checks: drawn, the right number, and what known slips give."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from random import Random
from statistics import NormalDist
from typing import Any


def uniform_threshold(chance: Random) -> dict[str, Any]:
    """Percent of U[-a, a] that lies between -t and t."""
    t = Fraction(chance.choice([5, 8, 10]), 100)
    a = Fraction(chance.choice([12, 16, 25, 32, 40, 50, 80]), 100)
    answer = 100 * t / a
    return {
        "values": {"a": float(a), "t": float(t), "answer": round(float(answer), 2)},
        "answer": answer,
        "slips": {"one_sided": answer / 2, "kept": 100 - answer, "as_sparsity": 100 * t},
    }


def normal_threshold(chance: Random) -> dict[str, Any]:
    """Percent of N(0, sigma^2) that lies between -t and t, from the four digits of the table."""
    z = Fraction(chance.choice([25, 50, 80, 100, 125, 160, 200, 250]), 100)
    sigma = Fraction(chance.choice([4, 5, 8, 10, 20]), 100)
    phi = round(NormalDist().cdf(float(z)), 4)
    between = 100 * (phi - (1 - phi))
    return {
        "values": {
            "sigma": float(sigma),
            "t": float(z * sigma),
            "z": float(z),
            "phi": f"{phi:.4f}",
            "phi_value": phi,
            "answer": round(between, 2),
        },
        "answer": round(between, 6),
        "slips": {"one_tail": 100 * phi, "half": round(between / 2, 6), "kept": round(100 - between, 6)},
    }


def count_params(chance: Random) -> dict[str, Any]:
    """Entries of all arrays of two Dense layers; pruning changes none of the shapes."""
    d0, d1, d2 = chance.choice([12, 20, 32, 64]), chance.choice([10, 16, 24, 40]), chance.choice([3, 5, 10])
    s = chance.choice([50, 75, 80, 90])
    shapes = [(d0, d1), (d1,), (d1, d2), (d2,)]
    kernels = sum(prod(shape) for shape in shapes if len(shape) == 2)
    total = sum(prod(shape) for shape in shapes)
    kept = Fraction(100 - s, 100)
    return {
        "values": {"d0": d0, "d1": d1, "d2": d2, "s": s, "answer": total},
        "answer": total,
        "slips": {
            "nonzeros": round(kernels * kept) + total - kernels,
            "all_shrunk": round(total * kept),
            "no_bias": kernels,
            "with_masks": total + kernels,
        },
    }
