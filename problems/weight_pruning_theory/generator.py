"""Parameters of the checks: drawn, the right number computed from the definition, and what known slips give."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any


def csr_break_even(chance: Random) -> dict[str, Any]:
    """Sparsity at which CSR is as large as the dense matrix."""
    rows, columns = chance.choice([32, 64, 128]), chance.choice([16, 32, 64])
    v, i = chance.choice([(4, 4), (2, 4), (4, 2), (2, 2)])
    p = 4
    n = rows * columns
    dense, pointers = n * v, (rows + 1) * p
    kept = Fraction(dense - pointers, v + i)
    answer = 100 - 100 * kept / n
    return {
        "values": {
            "rows": rows,
            "columns": columns,
            "pointers": rows + 1,
            "v": v,
            "i": i,
            "p": p,
            "n": n,
            "dense": dense,
            "pointer_bytes": pointers,
            "per_value": v + i,
            "kept": round(float(kept), 1),
            "answer": round(float(answer), 2),
        },
        "answer": answer,
        "slips": {
            "no_pointers": Fraction(100 * i, v + i),
            "density": 100 - answer,
            "no_index": 100 * Fraction(pointers, dense),
        },
    }


def bitmask_size(chance: Random) -> dict[str, Any]:
    """Percent of the dense size that a bitmask with the kept values takes."""
    b, s = chance.choice([8, 16, 32]), chance.choice([40, 60, 70, 75, 80, 85, 90])
    bits = Fraction(100 - s, 100) * b + 1
    answer = 100 * bits / b
    return {
        "values": {"b": b, "s": s, "rest": 100 - s, "answer": float(answer)},
        "answer": answer,
        "slips": {
            "no_mask": 100 - s,
            "pruned_share": s + Fraction(100, b),
            "byte_mask": 100 - s + Fraction(800, b),
            "saved": 100 - answer,
        },
    }


def formats(chance: Random) -> dict[str, Any]:
    """Bits per weight of five ways to store a matrix; their order is the same from 70 % to 92 %."""
    s = chance.choice([70, 75, 80, 85, 90, 92])
    kept = (100 - s) / 100
    bits = {"bitmask": kept * 32 + 1, "short": kept * 48, "long": kept * 64, "pair": kept * 96}
    assert sorted([*bits.values(), 32.0]) == [*bits.values(), 32.0]
    return {"values": {"s": s, "rest": 100 - s, **{name: round(value, 2) for name, value in bits.items()}}}


def obd_choice(chance: Random) -> dict[str, Any]:
    """Four weights: least saliency, least magnitude, least curvature and the most negative one, all different."""
    while True:
        w = {
            "right": chance.choice([0.4, 0.5, 0.6]) * chance.choice([1, -1]),
            "magnitude": chance.choice([0.1, 0.12, 0.15]) * chance.choice([1, -1]),
            "curvature": chance.choice([1.2, 1.5, 1.75]),
            "signed": chance.choice([-0.8, -0.95, -1.1]),
        }
        h = {
            "right": chance.choice([0.4, 0.5, 0.6]),
            "magnitude": chance.choice([20, 30, 40]),
            "curvature": chance.choice([0.2, 0.25, 0.3]),
            "signed": chance.choice([2, 2.5, 3]),
        }
        cost = {name: round(h[name] * w[name] ** 2 / 2, 4) for name in w}
        if min(cost, key=lambda name: cost[name]) == "right" and 1.5 * cost["right"] < sorted(cost.values())[1]:
            break
    values = {f"w_{name}": f"{value:g}".replace("-", "−") for name, value in w.items()}
    values |= {f"h_{name}": f"{value:g}" for name, value in h.items()}
    values |= {f"saliency_{name}": f"{value:g}" for name, value in cost.items()}
    return {"values": {**values, "saliency": values["saliency_right"]}}


def global_count(chance: Random) -> dict[str, Any]:
    """How many of layer A's six weights are among the seven smallest of fourteen."""
    sizes = chance.sample(range(2, 99), 14)
    small, large = sorted(sizes)[:9], sorted(sizes)[9:]
    from_small = chance.choice([1, 2, 4, 5, 6])  # so that A's share strays from a half
    a_sizes = chance.sample(small, from_small) + chance.sample(large, 6 - from_small)
    a = [chance.choice([1, -1]) * size for size in a_sizes]
    b = [chance.choice([1, -1]) * size for size in sizes if size not in a_sizes]
    chance.shuffle(a)
    ranked = sorted(a + b, key=abs)[:7]
    signed = sorted(a + b)[:7]
    count = sum(value in a for value in ranked)
    return {
        "values": {
            "a": _listed(a),
            "b": _listed(b),
            "a_values": a,
            "b_values": b,
            "n": 14,
            "k": 7,
            "answer": count,
            "other": 7 - count,
        },
        "answer": count,
        "slips": {
            "per_layer": 3,
            "layer_b": 7 - count,
            "kept": 6 - count,
            "signed": sum(value in a for value in signed),
        },
    }


def _listed(weights: list[int]) -> str:
    return ", ".join(f"{weight / 100:.2f}".replace("-", "−") for weight in weights)


def cubic(chance: Random) -> dict[str, Any]:
    """Sparsity of the cubic schedule part of the way."""
    si, sf = chance.choice([10, 20, 30]), chance.choice([80, 85, 90, 95])
    steps = chance.choice([400, 1000, 2000, 4000])
    t = steps * chance.choice([1, 2, 3]) // 4
    left = Fraction(steps - t, steps)
    answer = sf - (sf - si) * left * left * left
    return {
        "values": {"si": si, "sf": sf, "steps": steps, "t": t, "answer": round(float(answer), 2)},
        "answer": answer,
        "slips": {
            "linear": sf - (sf - si) * left,
            "slow_first": si + (sf - si) * (1 - left) ** 3,
            "from_zero": sf - sf * left**3,
        },
    }
