"""Magnitude-based removal of neurons and feature maps."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def ensure(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def row_norms(tensor, norm):
    other_axes = tuple(range(1, tensor.ndim))
    powers = np.abs(tensor.astype("float64")) ** norm
    return powers.sum(axis=other_axes) ** (1 / norm)


def selection(s_, few):
    return np.argsort(s_, kind="stable")[:few]


def channels_to_drop(ratio, how_wide):
    share = math.ceil(Fraction(repr(ratio)) * how_wide)
    return min(share, how_wide - 1)


def per_feature(losers, per_channel):
    return np.array([ci * per_channel + j for ci in losers for j in range(per_channel)], dtype=int)


def excise(chain, at_layer, losers):
    """Take the channels losers of layer at_layer out of it and out of everything up to the next weights."""
    source_layer = chain[at_layer]
    height = source_layer.weight.shape[0]
    source_layer.weight = np.delete(source_layer.weight, losers, axis=0)
    if source_layer.bias is not None:
        source_layer.bias = np.delete(source_layer.bias, losers)
    for m in chain[at_layer + 1 :]:
        if type(m).__name__.startswith("BatchNorm"):
            take_these = per_feature(losers, m.weight.size // height)
            for field in ("weight", "bias", "running_mean", "running_var"):
                m.__dict__[field] = np.delete(m.__dict__[field], take_these)
        elif isinstance(m, (Linear, Conv2d)):
            break


def prune_structured(model, ratio, norm=1):
    ensure(ratio, norm)
    weight_at = {}
    for at_layer, m in enumerate(model):
        if isinstance(m, Linear | Conv2d):
            weight_at[at_layer] = m.weight
    head_pos = max(weight_at)
    earlier = [at_layer for at_layer in weight_at if at_layer != head_pos]
    masks = {f"{at_layer}.weight": np.full(len(kernel), True) for at_layer, kernel in weight_at.items()}
    slim = model.copy()
    for at_layer in earlier:
        kernel = weight_at[at_layer]
        losers = selection(row_norms(kernel, norm), channels_to_drop(ratio, kernel.shape[0]))
        masks[f"{at_layer}.weight"][losers] = False
        excise(slim.layers, at_layer, losers)
    return slim, masks
