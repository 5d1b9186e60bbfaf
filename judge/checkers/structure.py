"""The same layers in the same order with the same hyper-parameters, and arrays of the same dtypes."""

from __future__ import annotations

from judge.checkers.compare import array_problem, pair_layers
from judge.checkers.exchange import Exchange
from judge.domain.answer import Opaque
from judge.message import Message
from judge.nn.spec import ARRAYS

NAME = "structure"
NEEDS = ("result",)
_MISSING = Opaque("missing")


def check(exchange: Exchange) -> Message | None:
    """Fills ``exchange.layers``; shapes are compared only where ``exchange.same_shapes``."""
    model = exchange.model
    assert model is not None
    problem = pair_layers(exchange.call.model, model, "", exchange.layers)
    if problem is not None:
        return problem
    for name, layer, got in exchange.layers:
        for attribute in ARRAYS[got.kind]:
            expected, value = getattr(layer, attribute), got.attributes.get(attribute, _MISSING)
            problem = array_problem(f"{name}.{attribute}", expected, value, same_shape=exchange.same_shapes)
            if problem is not None:
                return problem
    return None
