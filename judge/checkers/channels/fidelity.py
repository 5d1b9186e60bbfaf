"""The smaller network computes what the original computes when the removed channels give their consumer zeros."""

from __future__ import annotations

import numpy as np

from judge.checkers import fidelity
from judge.checkers.channels.trace import entries, trace
from judge.checkers.exchange import Exchange
from judge.checkers.rebuild import in_float64
from judge.message import Message
from judge.nn import Conv2d, Linear, Sequential

NAME = fidelity.NAME
NEEDS = ("structure", "masks")


def check(exchange: Exchange) -> Message | None:
    """Applies where the test has inputs."""
    return fidelity.check_against(exchange, _silenced)


def _silenced(exchange: Exchange) -> Sequential:
    """Return the original, full size, in which no layer listens to a removed channel."""
    model = in_float64(exchange.call.model)
    for place in trace(model):
        if place.columns is not None and isinstance(place.layer, (Linear, Conv2d)):
            kept = entries(exchange.masks[place.columns], place.column_block)
            shape = (1, kept.size) + (1,) * (place.layer.weight.ndim - 2)
            place.layer.weight = np.where(kept.reshape(shape), place.layer.weight, 0.0)
    return model
