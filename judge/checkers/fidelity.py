"""Outputs: the answer, rebuilt from our own layers, computes what the pruned original computes.

Compared in float64: max|a - b| <= 1e-9 max(1, max|b|). Both sides sum the same terms, in another order at most, so the
error is some hundred units of 1.1e-16; the limit leaves more than 10^4 times that.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import le

import numpy as np

from judge.checkers import tell
from judge.checkers.exchange import Array, Exchange
from judge.checkers.rebuild import rebuild
from judge.message import Message
from judge.nn import Sequential
from judge.nn.spec import ARRAYS

NAME = "fidelity"
NEEDS = ("structure", "masks")
LIMIT = 1e-9


def check_against(exchange: Exchange, expected_network: Callable[[Exchange], Sequential]) -> Message | None:
    """Compare outputs on ``exchange.inputs`` with those of ``expected_network(exchange)``, a float64 network."""
    if exchange.inputs is None:
        return None
    inputs = exchange.inputs.astype(np.float64)
    expected = expected_network(exchange)(inputs)
    assert exchange.model is not None
    larger = _larger(exchange)
    if larger is not None:
        return larger
    try:
        with np.errstate(all="ignore"):  # an answer may hold anything
            got = rebuild(exchange.model)(inputs)
    except (ValueError, TypeError) as failure:  # shapes that do not fit each other
        return Message("checks.fidelity.broken", {"error": str(failure)[:300]})
    if got.shape != expected.shape:
        return Message("checks.fidelity.shape", {"expected": str(expected.shape), "got": str(got.shape)})
    error, scale = _distance(got, expected)
    limit = LIMIT * scale
    if not error <= limit:  # NaN must fail
        return Message("checks.fidelity.error", {"error": error, "limit": limit})
    exchange.margins[NAME] = (error, limit)
    return None


def _larger(exchange: Exchange) -> Message | None:
    """Name an array that is longer than ours: to compute with what pruning does not make could take any time."""
    for name, layer, got in exchange.layers:
        for attribute in ARRAYS[got.kind]:
            original, value = getattr(layer, attribute), got.attributes[attribute]
            if original is None or all(map(le, value.shape, original.shape)):
                continue
            shapes = {"got": tell.shape(value.shape), "original": tell.shape(original.shape)}
            return Message("checks.fidelity.larger", {"name": f"{name}.{attribute}", **shapes})
    return None


def _distance(got: Array, expected: Array) -> tuple[float, float]:
    if not expected.size:
        return 0.0, 1.0
    with np.errstate(all="ignore"):
        return float(np.max(np.abs(got - expected))), max(1.0, float(np.max(np.abs(expected))))
