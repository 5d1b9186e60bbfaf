"""Filter pruning by magnitude, layer by layer."""

import copy
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def widen(gone, per_channel):
    return (gone.reshape(-1, 1) * per_channel + np.arange(per_channel)).flatten()


def strip(chain, n_layer, gone):
    """Take the channels gone of layer n_layer out of it and out of everything up to the next weights."""
    front = chain[n_layer]
    height = front.weight.shape[0]
    front.weight = np.delete(front.weight, gone, axis=0)
    if front.bias is not None:
        front.bias = np.delete(front.bias, gone)
    for lay in chain[n_layer + 1 :]:
        if type(lay).__name__.startswith("BatchNorm"):
            picks = widen(gone, lay.weight.size // height)
            for attr in ("weight", "bias", "running_mean", "running_var"):
                lay.__dict__[attr] = np.delete(lay.__dict__[attr], picks)
        elif type(lay) in (Linear, Conv2d):
            picks = widen(gone, lay.weight.shape[1] // height)
            lay.weight = np.delete(lay.weight, picks, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    weight_at = {}
    for n_layer, lay in enumerate(model):
        if isinstance(lay, Linear | Conv2d):
            weight_at[n_layer] = lay.weight
    last = max(weight_at)
    inner_ones = [n_layer for n_layer in weight_at if n_layer != last]
    out_masks = {"%d.weight" % n_layer: np.ones_like(kernel, dtype=bool) for n_layer, kernel in weight_at.items()}
    pruned = copy.deepcopy(model)
    for n_layer in inner_ones:
        kernel = weight_at[n_layer]
        gone = rank_and_cut(measure(kernel, norm), removal_count(ratio, kernel.shape[0]))
        out_masks["%d.weight" % n_layer][gone] = False
        strip(pruned.layers, n_layer, gone)
    return pruned, out_masks


def measure(array_in, norm):
    axes = tuple(range(1, array_in.ndim))
    powered = np.abs(array_in.astype("float64")) ** norm
    return powered.sum(axis=axes) ** (1 / norm)


def removal_count(ratio, full):
    amount = round(Decimal(repr(ratio)) * full)
    if amount >= full:
        amount = full - 1
    return amount


def rank_and_cut(strength, removed_n):
    return np.argsort(strength, kind="stable")[:removed_n]
