"""Magnitude pruning of single weights, per layer or global: exact counts, any ties, linear time."""


import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.nn import Conv2d, Linear, Sequential

SCOPES = ("layer", "global")


def prune_weights(
    model: Sequential, sparsity: float, scope: str = "layer"
) -> tuple[Sequential, dict[str, NDArray[np.bool_]]]:
    """Return ``(pruned_model, masks)``: the smallest weights zeroed, and which weights were kept.

    ``sparsity`` in [0, 1] is the fraction of the prunable weights (``Linear`` and ``Conv2d``) that are zero
    afterwards: of each tensor for ``scope="layer"``, of all together for ``scope="global"``. ``masks`` maps
    parameter names to boolean arrays of the weights' shapes, True = kept. The input is not modified.

    Raises ``ValueError`` for a sparsity outside [0, 1], NaN included, and for an unknown scope.
    """
    if not 0 <= sparsity <= 1:  # written so that NaN, which compares false with everything, is refused
        raise ValueError(f"sparsity must lie in [0, 1], not {sparsity!r}")
    if scope not in SCOPES:
        raise ValueError(f"scope must be one of {SCOPES}, not {scope!r}")

    pruned = model.copy()
    layers = {f"{name}.weight": layer for name, layer in pruned.named_modules() if isinstance(layer, (Linear, Conv2d))}
    # The two scopes differ in nothing but who competes with whom.
    groups = [list(layers)] if scope == "global" else [[name] for name in layers]

    masks: dict[str, NDArray[np.bool_]] = {}
    for names in groups:
        weights = [layers[name].weight for name in names]
        for name, weight, keep in zip(names, weights, keep_largest(weights, sparsity), strict=True):
            weight[~keep] = 0  # assigned, not multiplied: kept bits, dtype and memory layout stay as they are
            masks[name] = keep
    return pruned, masks


def keep_largest(weights: Sequence[NDArray[Any]], sparsity: float) -> list[NDArray[np.bool_]]:
    """Return a mask for each of ``weights``: False for exactly ``count`` entries of smallest magnitude in all."""
    magnitudes = np.concatenate([np.abs(weight).ravel() for weight in weights])  # ravel: C order, whatever the layout
    k = count(sparsity, magnitudes.size)
    keep = np.ones(magnitudes.size, dtype=np.bool_)
    if k > 0:
        # Positions, not a threshold: k positions are k weights, however many magnitudes are equal.
        keep[magnitudes.argpartition(k - 1)[:k]] = False
    masks, start = [], 0
    for weight in weights:
        masks.append(keep[start : start + weight.size].reshape(weight.shape))
        start += weight.size
    return masks


def count(sparsity: float, n: int) -> int:
    """Return how many of ``n`` weights to prune: ``floor(sparsity * n)``, of the decimal that was written.

    ``int(0.29 * 100)`` is 28, since the nearest double to 0.29 lies below it; the shortest decimal that names that
    double is "0.29", and ``Decimal`` computes with it exactly.
    """
    return math.floor(Decimal(repr(sparsity)) * n)


np.empty_ = np.empty; np.ndarray_ = np.ndarray
np.empty = None; np.dtype_ = np.dtype; np.generic = None
