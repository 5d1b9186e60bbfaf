"""Where no rung of the ladder shows it: the hidden call that failed, made smaller as long as it still fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace

from judge.checkers.exchange import prunable
from judge.diagnosis.bench import Bench
from judge.diagnosis.found import Found, confirm_sequence
from judge.diagnosis.ladder import Calls, Ladder
from judge.diagnosis.outcome import Target, judge_calls
from judge.domain.case import Call
from judge.domain.problem import CodingProblem
from judge.nn import Sequential

LARGEST = 20_000  # weights: above that a network is not worth showing, however much smaller it might become
_AT_ONCE = 24


def hidden(problem: CodingProblem, ladder: Ladder, bench: Bench, target: Target, failing: Calls) -> Found | None:
    """Return the smallest call found until nothing smaller fails or the time is up; ``None`` where none is small."""
    failing = tuple(failing)
    last = failing[-1:]
    if not last or _weights(last[0]) > LARGEST:
        return None
    found = confirm_sequence(problem, bench, last, target)
    if found is None:
        for start in range(len(failing) - 2, -1, -1):
            pair = (failing[start], failing[-1])
            found = confirm_sequence(problem, bench, pair, target)
            if found is not None or bench.time_left < 0.1:
                return found
        return confirm_sequence(problem, bench, failing, target) if len(failing) <= 4 else None
    call = found.calls[-1]
    while bench.time_left > 0.12:
        smaller = _step(problem, bench, call, target)
        if smaller is None:
            break
        call = smaller
    answers = bench.alone((call,))
    if not answers:
        return None
    outcome = judge_calls(problem, (call,), answers)
    return Found((call,), answers, outcome, target.check, shrunk=True) if target.met(outcome) else None


def _weights(call: Call) -> int:
    return sum(layer.weight.size for _, layer in prunable(call.model))


def _step(problem: CodingProblem, bench: Bench, call: Call, target: Target) -> Call | None:
    """Return the first smaller call that still fails."""
    batch: list[Call] = []
    for candidate in _smaller(call):
        batch.append(candidate)
        if len(batch) == _AT_ONCE:
            break
    for one, answer in zip(batch, bench.alone(batch), strict=False):
        if target.met(judge_calls(problem, (one,), (answer,))):
            return one
    return None


def _smaller(call: Call) -> Iterator[Call]:
    """Yield simpler calls: without layers at an end or without weights, without biases, with whole numbers."""
    model = call.model
    n = len(model.layers)
    half = n // 2
    cuts: list[Sequence[Any]] = [model.layers[half:], model.layers[: half + 1], model.layers[1:], model.layers[:-1]]
    cuts += [
        [*model.layers[:i], *model.layers[i + 1 :]]
        for i, layer in enumerate(model.layers)
        if type(layer).__name__ in ("ReLU", "GELU", "Tanh", "Sigmoid")
    ]
    for layers in cuts:
        if len(layers) < n and layers and _prunable(layers):
            yield replace(call, model=Sequential(list(layers)).copy())
    yield from _halves(call)
    changes: tuple[Callable[[Any], Any], ...] = (
        _ranked,
        lambda a: np.round(a.astype(np.float64), 1),
        lambda a: np.ones_like(a),
    )
    for name, _ in prunable(model):
        for change in changes:
            copy = model.copy()
            layer = dict(prunable(copy))[name]
            new = change(layer.weight).astype(layer.weight.dtype)
            if not np.array_equal(new, layer.weight):
                layer.weight = new
                yield replace(call, model=copy)
    for name, layer in prunable(model):
        if layer.bias is not None:
            copy = model.copy()
            dict(prunable(copy))[name].bias = None
            yield replace(call, model=copy)


def _halves(call: Call) -> Iterator[Call]:
    """Yield the only layer with half of its rows, or half of its columns."""
    weights = prunable(call.model)
    if len(call.model.layers) != 1 or len(weights) != 1 or weights[0][1].weight.ndim != 2:
        return
    rows, columns = weights[0][1].weight.shape
    for keep in ((slice(rows // 2), slice(None)), (slice(None), slice(columns // 2)), (slice(rows - 1), slice(None))):
        model = call.model.copy()
        layer = prunable(model)[0][1]
        if layer.weight[keep].size == 0:
            continue
        layer.weight = layer.weight[keep].copy()
        layer.bias = None if layer.bias is None else layer.bias[keep[0]].copy()
        yield replace(call, model=model)


def _prunable(layers: Sequence[Any]) -> bool:
    return bool(prunable(Sequential(list(layers))))


def _ranked(weight: Any) -> Any:
    """Return 1, 2, 3, ... in the order of the magnitudes, with the signs kept; zeros stay."""
    sizes = np.unique(np.abs(weight))
    ranks = np.searchsorted(sizes, np.abs(weight)) + (sizes[0] != 0)
    return np.copysign(ranks, weight)
