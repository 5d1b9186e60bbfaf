"""Parameters of the numeric checks: drawn, the right number, and what known slips give."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any


def standard_error(chance: Random) -> dict[str, Any]:
    """Standard error of a difference of two means; the deviations are legs of a right triangle, the seeds a square."""
    s1, s2, hypotenuse = chance.choice([(3, 4, 5), (4, 3, 5), (6, 8, 10), (5, 12, 13), (8, 6, 10), (9, 12, 15)])
    root = chance.choice([2, 3, 4, 5])
    a, b = chance.randrange(900, 950), chance.randrange(900, 950)
    answer = Fraction(hypotenuse, 10 * root)
    difference = Fraction(abs(a - b), 10)
    return {
        "values": {
            "n": root * root,
            "a": a / 10,
            "b": b / 10,
            "s1": s1 / 10,
            "s2": s2 / 10,
            "answer": round(float(answer), 3),
            "difference": float(difference),
            "ratio": round(float(difference / answer), 1),
        },
        "answer": answer,
        "slips": {
            "no_seeds": Fraction(hypotenuse, 10),
            "added": Fraction(s1 + s2, 10 * root),
            "one_only": Fraction(s1, 10 * root),
            "divided_by_n": Fraction(hypotenuse, 10 * root * root),
        },
    }


def minority_drop(chance: Random) -> dict[str, Any]:
    """Drop on a subgroup, from which the overall drop is counted over a thousand examples."""
    p = chance.choice([5, 10, 20, 25])
    major, minor = Fraction(chance.choice([2, 4, 5, 8]), 10), chance.choice([4, 6, 8, 12, 16])
    total = (p * minor + (100 - p) * major) / 100
    share = Fraction(p, 100)
    return {
        "values": {
            "p": p,
            "rest": 100 - p,
            "share": float(share),
            "rest_share": float(1 - share),
            "total": float(total),
            "major": float(major),
            "answer": minor,
        },
        "answer": minor,
        "slips": {
            "difference": total - major,
            "all_of_it": total / share,
            "unweighted": (total - major) / share,
        },
    }
