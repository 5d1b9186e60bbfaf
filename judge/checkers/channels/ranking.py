"""The channels with the smallest norms go: no removed norm is larger than a kept one of the same layer.

Norms are those of the real numbers, computed here in float64 from the original weights. Two that differ by less than
1e-6 of themselves are equal, so that a float32 sum may decide either way; tests keep every other pair at least 1e-3
apart (3 % for float16). ``SLACK`` lies between, where no test has a pair of norms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.checkers import tell
from judge.checkers.exchange import Exchange, prunable
from judge.message import Message

NAME = "ranking"
NEEDS = ("masks",)

SLACK = 3e-5


def norms(weight: NDArray[Any], norm: int) -> NDArray[np.float64]:
    """Return the L1 or L2 norm of each output channel, ``(out,)``, of a weight ``(out, ...)``."""
    rows = np.abs(weight.reshape(len(weight), -1).astype(np.float64))
    result: NDArray[np.float64] = rows.sum(axis=1) if norm == 1 else np.sqrt((rows * rows).sum(axis=1))
    return result


def check(exchange: Exchange) -> Message | None:
    """Each layer but the output layer is ranked on its own."""
    norm = exchange.call.kwargs.get("norm", 1)
    for name, layer in prunable(exchange.call.model)[:-1]:
        mask = exchange.masks[name]
        values = norms(layer.weight, norm)
        removed, kept = values[~mask], values[mask]
        if not removed.size or not kept.size or removed.max() <= kept.min() * (1 + SLACK):
            continue
        worst = int(np.flatnonzero(~mask)[removed.argmax()])
        least = int(np.flatnonzero(mask)[kept.argmin()])
        return Message(
            "checks.channels.ranking",
            {
                "name": name,
                "norm": norm,
                "removed": worst,
                "removed_norm": tell.number(float(f"{values[worst]:.8g}")),
                "kept": least,
                "kept_norm": tell.number(float(f"{values[least]:.8g}")),
            },
        )
    return None
