"""Parameters of the numeric checks: drawn, the right number computed step by step, and what known slips give."""

from __future__ import annotations

from random import Random
from typing import Any


def remaining(chance: Random) -> dict[str, Any]:
    """Percent left after ``k`` rounds that each remove ``p`` percent of the rest."""
    p, k = chance.choice([10, 15, 20, 25, 30, 40]), chance.randint(2, 5)
    left = before = 100.0
    for _ in range(k):
        before, left = left, left - left * p / 100
    return {
        "values": {"p": p, "k": k, "q": 100 - p, "left": round(left, 2)},
        "answer": left,
        "slips": {
            "of_the_original": 100 - k * p,
            "pruned_instead": 100 - left,
            "power_of_p": 100 * (p / 100) ** k,
            "one_round_short": before,
        },
    }


def rounds(chance: Random) -> dict[str, Any]:
    """Rounds until at most ``100 - s`` percent are left, counted by pruning on."""
    p, s = chance.choice([10, 15, 20, 25, 30]), chance.choice([60, 70, 75, 80, 85, 90, 95])
    left, count, shares = 100.0, 0, [100.0]
    while left > 100 - s:
        left -= left * p / 100
        shares.append(left)
        count += 1
    # Where the last round lies between `count - 1` and `count`, for the worked answer.
    inside = count - 1 + _log_ratio(shares[-2], 100 - s) / _log_ratio(shares[-2], shares[-1])
    return {
        "values": {"p": p, "s": s, "q": 100 - p, "rest": 100 - s, "exact": round(inside, 3), "rounds": count},
        "answer": count,
        "slips": {"rounded_down": count - 1, "linear": -(-s // p)},
    }


def _log_ratio(start: float, end: float) -> float:
    """Return ln(start / end) by the series of artanh: the reference uses the logarithm itself."""
    x = (start - end) / (start + end)
    return 2 * sum(x ** (2 * i + 1) / (2 * i + 1) for i in range(60))


def ratio(chance: Random) -> dict[str, Any]:
    """Compression factor counted in weights."""
    n, s = chance.choice([2, 5, 10, 20, 60]), chance.choice([50, 60, 75, 80, 90, 92, 95, 96, 98])
    left = n * 1_000_000 * (100 - s) // 100
    factor = n * 1_000_000 / left
    return {
        "values": {
            "size": {"en": f"{n} million", "zh": f"{n * 100} 万"},
            "s": s,
            "rest": 100 - s,
            "factor": round(factor, 2),
        },
        "answer": factor,
        "slips": {"by_sparsity": 100 / s, "odds": s / (100 - s), "half_known": factor / 2},
    }
