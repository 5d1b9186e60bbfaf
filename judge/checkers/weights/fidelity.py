"""The pruned network computes what the original computes with its masks laid over its weights."""

from __future__ import annotations

import numpy as np

from judge.checkers import fidelity
from judge.checkers.exchange import Exchange, prunable
from judge.checkers.rebuild import in_float64
from judge.message import Message
from judge.nn import Sequential

NAME = fidelity.NAME
NEEDS = fidelity.NEEDS


def check(exchange: Exchange) -> Message | None:
    """Applies where the test has inputs."""
    return fidelity.check_against(exchange, _masked)


def _masked(exchange: Exchange) -> Sequential:
    model = in_float64(exchange.call.model)
    for name, layer in prunable(model):
        layer.weight = np.where(exchange.masks[name], layer.weight, 0.0)
    return model
