"""Pruned weights are 0, kept weights and everything else are what they were, bit for bit."""

from __future__ import annotations

import numpy as np

from judge.checkers import tell
from judge.checkers.compare import difference, equal, kind_of
from judge.checkers.exchange import Exchange
from judge.message import Message
from judge.nn.spec import ARRAYS

NAME = "values"
NEEDS = ("structure", "masks")


def check(exchange: Exchange) -> Message | None:
    """The sign of a zero is not compared."""
    for name, layer, got in exchange.layers:
        for attribute in ARRAYS[kind_of(layer)]:
            full = f"{name}.{attribute}"
            expected = getattr(layer, attribute)
            value = got.attributes[attribute]
            mask = exchange.masks.get(full)
            if mask is not None:
                expected = np.where(mask, expected, expected.dtype.type(0))
            if equal(expected, value):
                continue
            if mask is not None and (value[~mask] != 0).any():
                position = tuple(int(i) for i in np.argwhere((value != 0) & ~mask)[0])
                return Message(
                    "checks.values.not_zero",
                    {"name": full, "index": tell.index(position), "got": tell.number(value[position])},
                )
            problem = difference(full, expected, value)
            return Message("checks.values.kept" if mask is not None else "checks.values.other", {"problem": problem})
    return None
