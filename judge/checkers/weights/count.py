"""Exactly k weights are pruned: k is floor or ceil of sparsity x n, and zeros that were there already count."""

from __future__ import annotations

from typing import Any

import numpy as np

from judge.checkers.counts import legitimate
from judge.checkers.exchange import Exchange
from judge.checkers.weights.scope import ranked_together
from judge.message import Message

NAME = "count"
NEEDS = ("masks",)


def check(exchange: Exchange) -> Message | None:
    """In each scope some k in {floor, ceil} has: k entries are False, and any further ones were zero before.

    With further ones all of them were: a weight pruned beside a zero that is not among the k is larger than it.
    """
    sparsity = exchange.call.args[0]
    for names, weights, mask in ranked_together(exchange):
        low, high = legitimate(sparsity, mask.size)
        false = mask.size - int(np.count_nonzero(mask))
        if low <= false <= high:
            continue
        if false > high and not weights[~mask].any():
            continue  # more zeros than k were there, and all are marked, as `new_weight != 0` does
        name = names[0] if len(names) == 1 else Message("checks.count.together", {})
        values: dict[str, Any] = {
            "name": name,
            "n": mask.size,
            "sparsity": repr(sparsity),
            "got": false,
            "low": low,
            "high": high,
        }
        if false < low:
            return Message("checks.count.too_few", values | {"zeros": mask.size - int(np.count_nonzero(weights))})
        nonzero = int(np.count_nonzero(weights[~mask]))
        if nonzero < false:
            return Message("checks.count.beyond_zeros", values | {"nonzero": nonzero})
        return Message("checks.count.too_many", values)
    return None
