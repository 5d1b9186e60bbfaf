"""Make a network of our own layers out of an answer, in float64, to compute with."""

from __future__ import annotations

from typing import Any

import numpy as np

from judge.domain.answer import LayerAnswer, ModelAnswer
from judge.nn import Sequential
from judge.nn.spec import ATTRIBUTES, KINDS, pack, unpack


def in_float64(model: Sequential) -> Sequential:
    """Return a copy of one of our own networks with every array in float64."""
    header, arrays = pack(model)
    return unpack(header, [array.astype(np.float64) for array in arrays])


def rebuild(answer: ModelAnswer) -> Sequential:
    """Return the network that an answer describes, its arrays in float64. The answer's structure has been checked."""
    return Sequential([_layer(layer) for layer in answer.layers if isinstance(layer, LayerAnswer)])


def _layer(answer: LayerAnswer) -> Any:
    cls: Any = KINDS[answer.kind]
    if answer.kind == "Residual":
        body, shortcut = answer.attributes["body"], answer.attributes["shortcut"]
        return cls(rebuild(body), None if shortcut is None else rebuild(shortcut))
    arguments = {}
    for name in ATTRIBUTES[answer.kind]:
        value = answer.attributes[name]
        if isinstance(value, np.ndarray):
            value = value.astype(np.float64)
        elif isinstance(value, tuple):
            value = tuple(map(int, value))  # by value 2.0 is as good as 2
        elif name == "groups":
            value = int(value)
        arguments[name] = value
    return cls(**arguments)
