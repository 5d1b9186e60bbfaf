"""The input network is as it was before the call: layers, values, dtypes, shapes, hyper-parameters."""

from __future__ import annotations

from judge.checkers.compare import Pairs, array_problem, difference, equal, kind_of, pair_layers
from judge.checkers.exchange import Exchange
from judge.checkers.tell import type_of
from judge.domain.answer import ModelAnswer, Opaque
from judge.message import Message
from judge.nn.spec import ARRAYS

NAME = "purity"
NEEDS: tuple[str, ...] = ()


def check(exchange: Exchange) -> Message | None:
    """Also applies to a call that raised."""
    after = exchange.answer.model_after
    if after is None:
        return None
    if not isinstance(after, ModelAnswer):
        return Message("checks.purity.model", {"type": type_of(after)})
    pairs: Pairs = []
    problem = pair_layers(exchange.call.model, after, "", pairs)
    if problem is not None:
        return Message("checks.purity.changed", {"problem": problem})
    for name, layer, got in pairs:
        for attribute in ARRAYS[kind_of(layer)]:
            expected = getattr(layer, attribute)
            value = got.attributes.get(attribute, Opaque("missing"))
            full = f"{name}.{attribute}"
            problem = array_problem(full, expected, value)
            if problem is None and not equal(expected, value):
                problem = difference(full, expected, value)
            if problem is not None:
                return Message("checks.purity.changed", {"problem": problem})
    return None
