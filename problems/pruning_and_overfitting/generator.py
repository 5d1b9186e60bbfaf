"""Parameters of the checks: drawn, the right number counted, and what known slips give."""

from __future__ import annotations

from random import Random
from typing import Any

# Means over ten networks, each overfitted to 100 images of its own, cut per layer and not retrained, in percent: (train
# accuracy, test accuracy, gap) at a sparsity. From judge/generators/trained/figures.json; they stand here, pinned by a
# test, because a package's files alone decide what a seed asks.
CUT = {0: (100.0, 71.3, 28.7), 70: (61.1, 44.1, 17.0), 80: (39.6, 29.5, 10.1), 90: (25.1, 19.0, 6.1)}


def smaller_gap(chance: Random) -> dict[str, Any]:
    """A measured cut after which the gap is smaller."""
    sparsity = chance.choice([70, 80, 90])
    values = {"s": sparsity}
    for when, measured in (("before", CUT[0]), ("after", CUT[sparsity])):
        values |= {f"{name}_{when}": value for name, value in zip(("train", "test", "gap"), measured, strict=True)}
    return {"values": values}


def gap_change(chance: Random) -> dict[str, Any]:
    """By how much the gap between train and test accuracy shrank, in tenths of a point to stay exact."""
    a, b = chance.randrange(960, 1000), chance.randrange(700, 850)
    c, d = a - chance.randrange(5, 90), b + chance.randrange(-30, 40)
    before, after = a - b, c - d
    return {
        "values": {
            "a": a / 10,
            "b": b / 10,
            "c": c / 10,
            "d": d / 10,
            "before": before / 10,
            "after": after / 10,
            "answer": f"{(before - after) / 10:g}".replace("-", "−"),
            "test_change": f"{(d - b) / 10:+g}".replace("-", "−"),
        },
        "answer": (before - after) / 10,
        "slips": {
            "sign": (after - before) / 10,
            "test_only": (d - b) / 10,
            "train_only": (a - c) / 10,
            "new_gap": after / 10,
        },
    }


def true_label_accuracy(chance: Random) -> dict[str, Any]:
    """Accuracy by the true labels, counted example by example."""
    n = chance.choice([100, 200, 400, 500])
    w = n * chance.choice([10, 20, 30]) // 100
    m, t = w * chance.choice([3, 4, 5]) // 10, w * chance.choice([1, 2, 3]) // 10
    clean = (n - w) * chance.choice([85, 90, 95]) // 100
    # One entry per example: (answer equals the given label, answer equals the true one).
    examples = [(True, True)] * clean + [(False, False)] * (n - w - clean)
    examples += [(True, False)] * m + [(False, True)] * t + [(False, False)] * (w - m - t)
    right = sum(true for _, true in examples)
    given = sum(label for label, _ in examples)
    return {
        "values": {
            "n": n,
            "w": w,
            "g": given,
            "m": m,
            "t": t,
            "clean": clean,
            "right": right,
            "answer": round(100 * right / n, 2),
            "given": round(100 * given / n, 2),
        },
        "answer": 100 * right / n,
        "slips": {
            "given_labels": 100 * given / n,
            "not_corrected": 100 * (given - m) / n,
            "memorised_counted": 100 * (given + t) / n,
        },
    }
