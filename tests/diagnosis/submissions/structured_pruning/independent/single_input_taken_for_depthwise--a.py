"""Drops a share of each hidden layer, smallest norm first."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def ensure(good_enough, text):
    if not good_enough:
        raise ValueError(text)


def removal_count(ratio, channels_n):
    top, denom = Fraction(repr(ratio)).as_integer_ratio()
    few = top * channels_n // denom
    return min(channels_n - 1, few)


def importance(filters, norm):
    return np.linalg.norm(np.asarray(filters, dtype=float).reshape(len(filters), -1), ord=norm, axis=1)


def select(strength, few):
    true_where = np.ones(len(strength), dtype=bool)
    true_where[np.argsort(strength, kind="stable")[:few]] = False
    return true_where


def unfold(alive, extent):
    """One flag per channel, repeated for every feature of the channel."""
    step = extent // alive.size
    return np.tile(alive[:, None], (1, step)).ravel()


def prune_structured(model, ratio, norm=1):
    ensure(norm in [1, 2], "only the norms 1 and 2 are known")
    ensure(0.0 <= ratio < 1.0, "ratio must be at least 0 and below 1")
    result = copy.deepcopy(model)
    where = [p for p, block in enumerate(result.layers) if type(block) in (Linear, Conv2d)]
    out_masks = {}
    alive = None
    for p, block in enumerate(result.layers):
        if p in where:
            w = block.weight
            depthwise_like = isinstance(block, Conv2d) and block.groups == block.in_channels
            if depthwise_like or p == where[-1]:
                stay = np.ones(len(w), dtype=np.bool_)
            else:
                stay = select(importance(w, norm), removal_count(ratio, w.shape[0]))
            out_masks[f"{p}.weight"] = stay
            if alive is not None:
                w = w[:, unfold(alive, w.shape[1])]
            block.weight = np.compress(stay, w, axis=0)
            if isinstance(block.bias, np.ndarray):
                block.bias = np.compress(stay, block.bias)
            alive = stay
        elif type(block).__name__.startswith("BatchNorm") and alive is not None:
            features = unfold(alive, block.weight.size)
            block.weight, block.bias = block.weight[features], block.bias[features]
            block.running_mean = block.running_mean[features]
            block.running_var = block.running_var[features]
    return result, out_masks
