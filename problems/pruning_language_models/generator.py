"""Parameters of the checks: drawn, the right number computed from the definition, and what known slips give."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

KEPT_BYTES = Fraction(9, 16)  # 2:4 of 16-bit values: 8 bits a weight, and 1 bit of position


def wanda_choice(chance: Random) -> dict[str, Any]:
    """Four weights of a row: least |w| times norm, least |w|, least norm and the most negative one, all different."""
    while True:
        w = {
            "right": chance.choice([0.3, 0.4, 0.5]) * chance.choice([1, -1]),
            "magnitude": chance.choice([0.05, 0.06, 0.08]) * chance.choice([1, -1]),
            "norm": chance.choice([1.1, 1.3, 1.5]),
            "signed": chance.choice([-0.9, -1.0, -1.2]),
        }
        x = {
            "right": chance.choice([1.5, 2, 2.5]),
            "magnitude": chance.choice([40, 50, 60]),
            "norm": chance.choice([0.8, 1, 1.2]),
            "signed": chance.choice([4, 5, 6]),
        }
        score = {name: round(abs(w[name]) * x[name], 4) for name in w}
        if min(score, key=lambda name: score[name]) == "right" and 1.3 * score["right"] < sorted(score.values())[1]:
            break
    values = {f"w_{name}": f"{value:g}".replace("-", "−") for name, value in w.items()}
    values |= {f"x_{name}": f"{value:g}" for name, value in x.items()}
    values |= {f"score_{name}": f"{value:g}" for name, value in score.items()}
    return {"values": values}


def memory(chance: Random) -> dict[str, Any]:
    """Gigabytes of a model whose embeddings stay dense and whose other weights are stored as 2:4, all in 16 bits."""
    billions, embeddings = chance.choice([7, 8, 13, 14]), Fraction(chance.choice([1, 2, 4]), 4)
    pruned = billions - embeddings
    answer = 2 * embeddings + 2 * KEPT_BYTES * pruned
    return {
        "values": {
            "n": {"en": f"{billions} billion", "zh": f"{billions * 10} 亿"},
            "e": {"en": f"{float(embeddings):g} billion", "zh": f"{float(embeddings) * 10:g} 亿"},
            "rest": {"en": f"{float(pruned):g} billion", "zh": f"{float(pruned) * 10:g} 亿"},
            "total": billions,
            "embeddings": float(embeddings),
            "dense_bytes": float(2 * embeddings),
            "rest_bytes": float(2 * KEPT_BYTES * pruned),
            "answer": float(answer),
            "before": 2 * billions,
        },
        "answer": answer,
        "slips": {
            "exact_half": 2 * embeddings + pruned,
            "embeddings_too": 2 * KEPT_BYTES * billions,
            "bits_for_all": 2 * embeddings + Fraction(5, 4) * pruned,
            "dense": 2 * billions,
        },
    }


def token_time(chance: Random) -> dict[str, Any]:
    """Speed-up of a token when a share of its time, the reading of pruned weights, shrinks to the kept bytes."""
    percent = chance.choice([50, 60, 70, 80, 90])
    share = Fraction(percent, 100)
    left = (1 - share) + share * KEPT_BYTES
    return {
        "values": {
            "f": percent,
            "g": 100 - percent,
            "reading": round(float(share * KEPT_BYTES), 4),
            "other": float(1 - share),
            "left": round(float(left), 4),
            "answer": round(float(1 / left), 3),
        },
        "answer": 1 / left,
        "slips": {
            "all_of_it": 1 / KEPT_BYTES,
            "two_times": 1 / ((1 - share) + share / 2),
            "speeds_added": (1 - share) + share / KEPT_BYTES,
        },
    }


def kv_cache(chance: Random) -> dict[str, Any]:
    """MiB of the cache of keys and values after whole blocks are gone, counted array by array."""
    layers, removed = chance.choice([24, 32, 40]), chance.choice([2, 4, 6])
    heads, size = chance.choice([4, 8]), chance.choice([64, 128])
    tokens = chance.choice([2048, 4096, 8192])
    left = layers - removed

    def mib(blocks: int, arrays: int = 2, per_block: int = heads) -> Fraction:
        return Fraction(blocks * arrays * per_block * size * tokens * 2, 2**20)

    return {
        "values": {
            "layers": layers,
            "removed": removed,
            "left": left,
            "heads": heads,
            "queries": 4 * heads,
            "size": size,
            "tokens": tokens,
            "answer": int(mib(left)),
            "before": int(mib(layers)),
        },
        "answer": mib(left),
        "slips": {
            "unchanged": mib(layers),
            "keys_only": mib(left, arrays=1),
            "query_heads": mib(left, per_block=4 * heads),
            "removed_blocks": mib(removed),
        },
    }
