"""Filter pruning by magnitude, layer by layer."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def rank_and_cut(scores, k):
    on = np.ones(len(scores), dtype=bool)
    on[np.argsort(scores, kind="stable")[:k]] = False
    return on


def channel_norms(tensor, norm):
    return np.linalg.norm(np.asarray(tensor, dtype=float).reshape(len(tensor), -1), ord=norm, axis=1)


def removal_count(ratio, how_wide):
    """How many go, so that what stays fills whole groups of eight."""
    exact = how_wide - min(math.floor(Decimal(repr(ratio)) * how_wide), how_wide - 1)
    while exact % 8 and exact < how_wide:
        exact += 1
    return how_wide - exact


def features_of(incoming, extent):
    """One flag per channel, repeated for every feature of the channel."""
    return np.array([z for z in incoming for _ in range(extent // len(incoming))], dtype=bool)


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    net = model.copy()
    positions = [i for i, block in enumerate(net.layers) if isinstance(block, Linear | Conv2d)]
    masks = {}
    incoming = None
    for i, block in enumerate(net.layers):
        if i in positions:
            matrix = block.weight
            if i == positions[-1]:
                keep = np.ones(matrix.shape[0], dtype=bool)
            else:
                keep = rank_and_cut(channel_norms(matrix, norm), removal_count(ratio, matrix.shape[0]))
            masks[str(i) + ".weight"] = keep
            if incoming is not None:
                matrix = matrix[:, features_of(incoming, matrix.shape[1])]
            block.weight = matrix[keep]
            if block.bias is not None:
                block.bias = block.bias[keep]
            incoming = keep
        elif type(block) in {BatchNorm1d, BatchNorm2d} and incoming is not None:
            features = features_of(incoming, block.weight.size)
            block.weight, block.bias = block.weight[features], block.bias[features]
            block.running_mean = block.running_mean[features]
            block.running_var = block.running_var[features]
    return net, masks
