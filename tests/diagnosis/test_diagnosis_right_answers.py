"""The number of right answers against brute force: every mask there is, judged by the package's checker."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from diagnosing import NAMES

from judge.checkers.channels.trace import entries, trace
from judge.checkers.exchange import prunable
from judge.diagnosis.ladder import load, numbers
from judge.diagnosis.outcome import judge_calls
from judge.domain.answer import Answer, LayerAnswer, MappingAnswer, ModelAnswer
from judge.domain.case import Call
from judge.domain.problem import CodingProblem
from judge.nn import Residual, Sequential
from judge.nn.spec import ARRAYS, ATTRIBUTES


def described(model: Sequential) -> ModelAnswer:
    """Return one of our networks as an answer."""
    layers = []
    for layer in model.layers:
        kind = type(layer).__name__
        attributes = {name: getattr(layer, name) for name in ATTRIBUTES[kind]}
        if isinstance(layer, Residual):
            shortcut = None if layer.shortcut is None else described(layer.shortcut)
            attributes = {"body": described(layer.body), "shortcut": shortcut}
        layers.append(LayerAnswer(kind, attributes))
    return ModelAnswer(tuple(layers))


def weight_answers(call: Call) -> Iterator[Answer]:
    tensors = prunable(call.model)
    for bits in product((False, True), repeat=numbers((call,))):
        model, masks, at = call.model.copy(), [], 0
        for name, layer in prunable(model):
            mask = np.array(bits[at : at + layer.weight.size], bool).reshape(layer.weight.shape)
            at += layer.weight.size
            layer.weight = np.where(mask, layer.weight, layer.weight.dtype.type(0))
            masks.append((name, mask))
        assert len(masks) == len(tensors)
        yield Answer((described(model), MappingAnswer(tuple(masks))), None, described(call.model))


def channel_answers(call: Call) -> Iterator[Answer]:
    sizes = [len(layer.weight) for _, layer in prunable(call.model)]
    for bits in product((False, True), repeat=sum(sizes)):
        at, masks = 0, {}
        for (name, _), size in zip(prunable(call.model), sizes, strict=True):
            masks[name] = np.array(bits[at : at + size], bool)
            at += size
        model = call.model.copy()
        for place in trace(call.model):
            copy = dict(model.named_modules())[place.name]
            rows = entries(masks[place.rows], place.row_block) if place.rows else slice(None)
            columns = entries(masks[place.columns], place.column_block) if place.columns else slice(None)
            for attribute in ARRAYS[type(copy).__name__]:
                array = getattr(copy, attribute)
                if array is not None:
                    setattr(copy, attribute, array[rows] if array.ndim == 1 else array[rows][:, columns])
        yield Answer((described(model), MappingAnswer(tuple(masks.items()))), None, described(call.model))


ANSWERS = {"weight_pruning": (weight_answers, 4), "structured_pruning": (channel_answers, 8)}


@pytest.mark.parametrize("name", NAMES)
def test_counted_as_by_brute_force(problems: dict[str, CodingProblem], name: str) -> None:
    problem = problems[name]
    ladder = load(problem)
    assert ladder is not None
    make, most = ANSWERS[name]
    chosen = [call for call in ladder.rungs if call.raises is None and numbers((call,)) <= most]
    assert len(chosen) > 150
    for call in chosen[::3]:
        right = sum(judge_calls(problem, (call,), (answer,)).right for answer in make(call))
        assert ladder.kind.right_answers(call)[0] == right, (call.args, call.kwargs, call.model)
