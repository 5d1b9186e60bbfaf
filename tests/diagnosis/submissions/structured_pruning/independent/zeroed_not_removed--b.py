"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def channel_norms(wts, norm):
    flat = np.abs(np.ascontiguousarray(wts, dtype=np.float64)).ravel()
    edges = np.arange(0, flat.size, flat.size // len(wts))
    return np.add.reduceat(flat if norm == 1 else np.square(flat), edges)


def pick(sizes, cut_n):
    by_norm = np.lexsort((np.arange(len(sizes)), sizes))
    return by_norm[:cut_n]


to_remove = lambda ratio, n: min(math.floor(Decimal(repr(ratio)) * n), n - 1)


def features_of(weak, chunk):
    return (weak.reshape(-1, 1) * chunk + np.arange(chunk)).flatten()


def drop(seq, pos, weak):
    """Take the channels weak of layer pos out of it and out of everything up to the next weights."""
    source_layer = seq[pos]
    height = source_layer.weight.shape[0]
    source_layer.weight[weak] = 0.0
    if source_layer.bias is not None:
        source_layer.bias[weak] = 0.0
    for j in range(pos + 1, len(seq)):
        op = seq[j]
        if type(op).__name__.startswith("BatchNorm"):
            features = features_of(weak, op.weight.size // height)
            op.weight[features] = 0.0
            op.bias[features] = 0.0
            op.running_mean[features] = 0.0
            op.running_var[features] = 0.0
        elif type(op).__name__ in {"Linear", "Conv2d"}:
            features = features_of(weak, op.weight.shape[1] // height)
            op.weight[:, features] = 0.0
            return


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    tensors = {
        pos: op.weight for pos, op in enumerate(model.layers) if type(op).__name__ in {"Linear", "Conv2d"}
    }
    *inner_ones, head_pos = tensors
    flags_by_name = {str(pos) + ".weight": np.ones(kernel.shape[0], dtype=bool) for pos, kernel in tensors.items()}
    clone = copy.deepcopy(model)
    for pos in inner_ones:
        kernel = tensors[pos]
        weak = pick(channel_norms(kernel, norm), to_remove(ratio, kernel.shape[0]))
        flags_by_name[str(pos) + ".weight"][weak] = False
        drop(clone.layers, pos, weak)
    return clone, flags_by_name
