"""Magnitude: no pruned |w| is larger than a kept |w| of its scope. Among equals any choice is right."""

from __future__ import annotations

import numpy as np

from judge.checkers import tell
from judge.checkers.exchange import Exchange
from judge.checkers.weights.scope import locate, ranked_together
from judge.message import Message

NAME = "ranking"
NEEDS = ("masks",)


def check(exchange: Exchange) -> Message | None:
    """Compares the largest pruned with the smallest kept magnitude, exactly, as stored."""
    for names, weights, mask in ranked_together(exchange):
        magnitudes = np.abs(weights)
        pruned, kept = magnitudes[~mask], magnitudes[mask]
        if not pruned.size or not kept.size or pruned.max() <= kept.min():
            continue
        worst = int(np.flatnonzero(~mask)[pruned.argmax()])
        least = int(np.flatnonzero(mask)[kept.argmin()])
        worst_name, worst_index = locate(exchange, names, worst)
        least_name, least_index = locate(exchange, names, least)
        return Message(
            "checks.ranking.pair",
            {
                "pruned": worst_name + tell.index(worst_index),
                "pruned_value": tell.number(weights[worst]),
                "kept": least_name + tell.index(least_index),
                "kept_value": tell.number(weights[least]),
            },
        )
    return None
