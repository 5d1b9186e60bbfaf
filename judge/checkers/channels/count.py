"""k channels of each layer go, k = floor or ceil of ratio x out; one always stays, and the output layer loses none."""

from __future__ import annotations

import numpy as np

from judge.checkers.counts import legitimate
from judge.checkers.exchange import Exchange
from judge.message import Message

NAME = "count"
NEEDS = ("masks",)


def check(exchange: Exchange) -> Message | None:
    """The last prunable layer is the output layer."""
    ratio = exchange.call.args[0]
    *hidden, output = exchange.masks
    for name in hidden:
        mask = exchange.masks[name]
        asked = legitimate(ratio, mask.size)
        low, high = (min(k, mask.size - 1) for k in asked)
        removed = mask.size - int(np.count_nonzero(mask))
        if removed not in (low, high):
            return Message(
                "checks.channels.count",
                {
                    "name": name,
                    "n": mask.size,
                    "ratio": repr(ratio),
                    "got": removed,
                    "low": low,
                    "high": high,
                    "stays": int(max(asked) == mask.size),
                },
            )
    removed = int(np.count_nonzero(~exchange.masks[output]))
    if removed:
        return Message("checks.channels.output", {"name": output, "got": removed})
    return None
