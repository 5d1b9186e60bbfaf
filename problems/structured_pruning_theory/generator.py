"""Parameters of the checks: drawn, the right number counted from shapes, and what known slips give."""

from __future__ import annotations

from math import prod
from random import Random
from typing import Any


def filter_parameters(chance: Random) -> dict[str, Any]:
    """Trainable parameters of conv, BatchNorm and conv after ``r`` of the ``n`` channels between them are gone."""
    ci, n, co = chance.choice([3, 8, 16]), chance.choice([16, 24, 32, 48]), chance.choice([10, 16, 32, 64])
    k, k2 = chance.choice([3, 5]), chance.choice([1, 3])
    r = n * chance.choice([1, 2, 3]) // 4

    def count(filters: int, gammas: int, inputs: int, biases: int = co, vectors: int = 2) -> int:
        shapes = [(filters, ci, k, k), (filters,), *[(gammas,)] * vectors, (co, inputs, k2, k2), (biases,)]
        return sum(prod(shape) for shape in shapes)

    left = n - r
    return {
        "values": {
            "ci": ci,
            "n": n,
            "co": co,
            "k": k,
            "k2": k2,
            "r": r,
            "left": left,
            "in_weights": ci * k * k,
            "out_weights": co * k2 * k2,
            "answer": count(left, left, left),
        },
        "answer": count(left, left, left),
        "slips": {
            "consumer_forgotten": count(left, left, n),
            "batchnorm_forgotten": count(left, n, left),
            "bias_cut": count(left, left, left, biases=co * left // n),
            "four_vectors": count(left, left, left, vectors=4),
        },
    }


def width_macs(chance: Random) -> dict[str, Any]:
    """Multiply-accumulates of an MLP after each hidden width is cut to a share ``q``."""
    d0, d3 = chance.choice([64, 100, 128, 784]), chance.choice([5, 10, 20])
    d1, d2 = chance.choice([40, 80, 120, 200]), chance.choice([40, 60, 80, 100])
    quarters = chance.choice([1, 2, 3])
    e1, e2 = d1 * quarters // 4, d2 * quarters // 4
    old = [d0 * d1, d1 * d2, d2 * d3]
    new = [d0 * e1, e1 * e2, e2 * d3]
    return {
        "values": {
            "d0": d0,
            "d1": d1,
            "d2": d2,
            "d3": d3,
            "q": quarters / 4,
            "e1": e1,
            "e2": e2,
            "first": new[0],
            "middle": new[1],
            "last": new[2],
            "answer": sum(new),
        },
        "answer": sum(new),
        "slips": {
            "linear": sum(old) * quarters / 4,
            "square": sum(old) * quarters**2 / 16,
            "inputs_kept": d0 * e1 + d1 * e2 + d2 * d3,
        },
    }


def flatten_columns(chance: Random) -> dict[str, Any]:
    """First column behind ``Flatten`` that belongs to channel ``j``; found by numbering the entries."""
    c, h, w = chance.choice([8, 12, 16]), chance.choice([3, 4, 5, 6]), chance.choice([2, 7, 8, 9])
    j = chance.randint(2, c - 2)
    order = [(channel, row, column) for channel in range(c) for row in range(h) for column in range(w)]
    columns = [place for place, (channel, _, _) in enumerate(order) if channel == j]
    return {
        "values": {"c": c, "h": h, "w": w, "j": j, "block": h * w, "answer": columns[0], "end": columns[-1]},
        "answer": columns[0],
        "slips": {"channel_last": j, "one_axis": j * w, "from_one": columns[0] - h * w},
    }


def smallest_row(chance: Random) -> dict[str, Any]:
    """Four rows: the least L2 norm, the least L1 norm, the least plain sum and the most zeros are different ones."""
    while True:
        even = [chance.choice([1, -1]) * size for size in chance.choices([3, 4], k=4)]
        lone = [chance.choice([1, -1]) * size for size in (chance.choice([9, 10]), 1, 1, 1)]
        cancel = [size * sign for size, sign in zip(chance.choices([7, 8, 9], k=4), (1, -1, 1, -1), strict=True)]
        zeros = [chance.choice([16, 17, 18]), 0, 0, 0]
        rows = {"l2": even, "l1": lone, "signed": cancel, "zeros": zeros}
        for row in rows.values():
            chance.shuffle(row)
        l1 = {name: sum(map(abs, row)) for name, row in rows.items()}
        l2 = {name: sum(x * x for x in row) for name, row in rows.items()}
        plain = {name: abs(sum(row)) for name, row in rows.items()}
        if _least(l2) == "l2" and _least(l1) == "l1" and _least(plain) == "signed":
            break
    values: dict[str, Any] = {f"row_{name}": _listed(row) for name, row in rows.items()}
    values |= {f"l2_{name}": f"{size / 100:.2f}" for name, size in l2.items()}
    return {"values": {**values, "l2_right": values["l2_l2"]}}


def _least(sizes: dict[str, int]) -> str | None:
    """Return the name of the smallest, or ``None`` where two are equally small."""
    name = min(sizes, key=lambda key: sizes[key])
    return name if list(sizes.values()).count(sizes[name]) == 1 else None


def _listed(row: list[int]) -> str:
    return ", ".join(f"{entry / 10:.1f}".replace("-", "−") for entry in row)
