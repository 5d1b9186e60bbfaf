"""One call and its answer, with what the rules have established about them so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from judge.domain.answer import Answer, LayerAnswer, MappingAnswer, ModelAnswer
from judge.domain.case import Call
from judge.nn import Conv2d, Linear, Residual, Sequential
from judge.nn.base import Layer

Array = NDArray[Any]


class Exchange(Struct):
    """``call`` and ``answer``, and the fields that earlier rules fill for later ones.

    ``same_shapes`` tells :mod:`~judge.checkers.structure` that every array keeps its shape; ``mask_shapes`` tells
    :mod:`~judge.checkers.masks` which keys and shapes are asked for. ``inputs`` is a batch for
    :mod:`~judge.checkers.fidelity`, where there is one.
    """

    call: Call
    answer: Answer
    mask_shapes: Mapping[str, tuple[int, ...]]
    same_shapes: bool = True
    inputs: Array | None = None
    # filled by the rules
    model: ModelAnswer | None = None  # by result
    raw_masks: MappingAnswer | None = None  # by result
    layers: list[tuple[str, Layer, LayerAnswer]] = field(default_factory=list)  # leaves, by structure
    masks: dict[str, NDArray[np.bool_]] = field(default_factory=dict)  # by masks
    scopes: list[Any] = field(default_factory=list)  # by weights.scope
    margins: dict[str, tuple[float, float]] = field(default_factory=dict)  # rule -> (error, limit)


def prunable(model: Sequential) -> list[tuple[str, Linear | Conv2d]]:
    """Return ``(name of the weight, layer)`` of every ``Linear`` and ``Conv2d``, in order: ``("0.weight", ...)``."""
    found: list[tuple[str, Linear | Conv2d]] = []
    _walk(model, "", found)
    return found


def _walk(model: Sequential, prefix: str, found: list[tuple[str, Linear | Conv2d]]) -> None:
    # The general walk of judge.nn does the same in three times the time; this one runs for every call of every test.
    for position, layer in enumerate(model.layers):
        if isinstance(layer, (Linear, Conv2d)):
            found.append((f"{prefix}{position}.weight", layer))
        elif isinstance(layer, Residual):
            _walk(layer.body, f"{prefix}{position}.body.", found)
            if layer.shortcut is not None:
                _walk(layer.shortcut, f"{prefix}{position}.shortcut.", found)
