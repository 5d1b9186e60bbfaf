"""What is ranked together: each tensor on its own, or all of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from judge.checkers.exchange import Array, Exchange, prunable


def ranked_together(exchange: Exchange) -> list[tuple[tuple[str, ...], Array, NDArray[np.bool_]]]:
    """Return ``(names, weights, masks)`` per scope, both flattened in C order and joined in the order of the layers."""
    if exchange.scopes:
        return exchange.scopes
    tensors = [
        (name, layer.weight.ravel(), exchange.masks[name].ravel()) for name, layer in prunable(exchange.call.model)
    ]
    if exchange.call.kwargs.get("scope", "layer") == "global":
        names = tuple(name for name, _, _ in tensors)
        joined = (names, np.concatenate([w for _, w, _ in tensors]), np.concatenate([m for _, _, m in tensors]))
        exchange.scopes = [joined]
    else:
        exchange.scopes = [((name,), weights, mask) for name, weights, mask in tensors]
    return exchange.scopes


def locate(exchange: Exchange, names: tuple[str, ...], position: int) -> tuple[str, tuple[int, ...]]:
    """Return the tensor and the index in it of a position in the joined array of a scope."""
    layers = dict(prunable(exchange.call.model))
    for name in names:
        weight = layers[name].weight
        if position < weight.size:
            return name, tuple(int(i) for i in np.unravel_index(position, weight.shape))
        position -= weight.size
    raise IndexError(position)
