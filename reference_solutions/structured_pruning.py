"""Structured pruning by channel norm: choose channels first, then slice every array that they touch.

Two passes, because they answer different questions. Which channels go depends on the original weights alone,
each layer on its own. What must be sliced depends on the order of the layers: one walk through the network,
carrying the mask of the channels that still arrive.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential

Mask: TypeAlias = NDArray[np.bool_]

PRUNABLE = (Linear, Conv2d)
NORMALIZING = (BatchNorm1d, BatchNorm2d)


def prune_structured(model: Sequential, ratio: float, norm: int = 1) -> tuple[Sequential, dict[str, Mask]]:
    """Remove the weakest ``ratio`` of the output channels of every prunable layer but the last.

    Args:
        model: ``Linear``, ``Conv2d``, BatchNorm, activations, pooling, ``Flatten``; left as it is.
        ratio: fraction of the channels to remove, in [0, 1); one channel of each layer always stays.
        norm: 1 or 2, the norm that ranks the channels.

    Returns:
        A smaller dense network, and ``{"<layer>.weight": mask}`` with one entry per original channel, True = kept.

    Raises:
        ValueError: ``ratio`` is NaN or outside [0, 1), or ``norm`` is neither 1 nor 2.
    """
    if not 0 <= ratio < 1:  # so written, the test is true for NaN as well
        raise ValueError(f"ratio must lie in [0, 1), got {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, got {norm!r}")
    masks = choose_channels(model, ratio, norm)
    return remove_channels(model, masks), masks


def choose_channels(model: Sequential, ratio: float, norm: int) -> dict[str, Mask]:
    """Return for every prunable layer which output channels stay; the output layer's all do."""
    prunable = {f"{i}.weight": layer.weight for i, layer in enumerate(model) if isinstance(layer, PRUNABLE)}
    masks = {name: keep_strongest(weight, ratio, norm) for name, weight in prunable.items()}
    masks[list(prunable)[-1]][:] = True  # its outputs are the answer of the network, classes for example
    return masks


def keep_strongest(weight: NDArray[Any], ratio: float, norm: int) -> Mask:
    """Return a mask ``(out,)`` that is False for the channels of ``weight (out, ...)`` with the smallest norms."""
    out = len(weight)
    # float64 first: in float16 the sum of a thousand weights of 100 is already infinite.
    rows = weight.reshape(out, -1).astype(np.float64)
    norms = np.abs(rows).sum(axis=1) if norm == 1 else np.sqrt((rows * rows).sum(axis=1))
    # Decimal, because 0.29 * 100 is 28.999... in floating point.
    removed = min(math.floor(Decimal(repr(ratio)) * out), out - 1)
    mask = np.ones(out, dtype=bool)
    mask[norms.argsort(kind="stable")[:removed]] = False
    return mask


def remove_channels(model: Sequential, masks: dict[str, Mask]) -> Sequential:
    """Return a copy of ``model`` without the channels that ``masks`` leaves out, and without what belongs to them."""
    smaller = model.copy()
    arriving: Mask | None = None  # channels of the last prunable layer passed; None: still those of the input
    for i, layer in enumerate(smaller):
        if isinstance(layer, PRUNABLE):
            if arriving is not None:
                layer.weight = layer.weight[:, spread(arriving, layer.weight.shape[1])]
            arriving = masks[f"{i}.weight"]
            layer.weight = layer.weight[arriving]
            if layer.bias is not None:
                layer.bias = layer.bias[arriving]
        elif isinstance(layer, NORMALIZING) and arriving is not None:
            entries = spread(arriving, layer.num_features)
            layer.weight = layer.weight[entries]
            layer.bias = layer.bias[entries]
            layer.running_mean = layer.running_mean[entries]
            layer.running_var = layer.running_var[entries]
    return smaller


def spread(mask: Mask, features: int) -> Mask:
    """Return the mask of ``features`` that stem from the channels of ``mask``.

    ``Flatten`` turns channel c of H x W values into the block ``c*H*W ... (c+1)*H*W - 1``. H*W is told by the layer
    that consumes it: ``features // channels``; without a ``Flatten`` it is 1.
    """
    return mask.repeat(features // mask.size)
