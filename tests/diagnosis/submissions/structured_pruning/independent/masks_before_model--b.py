"""Shrinks linear and convolutional layers by whole channels."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def magnitudes(wts, norm):
    return np.array([np.linalg.norm(line_of.astype(np.float64).ravel(), norm) for line_of in wts])


def choose_channels(strength, removed_n):
    order = np.lexsort((np.arange(len(strength)), strength))
    return order[:removed_n]


def removal_count(ratio, channels_n):
    x = math.ceil(Fraction(repr(ratio)) * channels_n)
    return min(x, channels_n - 1)


def widen(dropped, step):
    return np.array([ci * step + q for ci in dropped for q in range(step)], dtype=int)


def drop(seq, at_layer, dropped):
    """Take the channels dropped of layer at_layer out of it and out of everything up to the next weights."""
    source_layer = seq[at_layer]
    n_out = source_layer.weight.shape[0]
    source_layer.weight = np.delete(source_layer.weight, dropped, axis=0)
    if source_layer.bias is not None:
        source_layer.bias = np.delete(source_layer.bias, dropped)
    for lay in seq[at_layer + 1 :]:
        if type(lay) in {BatchNorm1d, BatchNorm2d}:
            cols = widen(dropped, lay.weight.size // n_out)
            for attr in ("weight", "bias", "running_mean", "running_var"):
                lay.__dict__[attr] = np.delete(lay.__dict__[attr], cols)
        elif isinstance(lay, Linear | Conv2d):
            cols = widen(dropped, lay.weight.shape[1] // n_out)
            lay.weight = np.delete(lay.weight, cols, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    fine = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not fine:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    candidates_by_pos = {}
    for at_layer, lay in enumerate(model):
        if isinstance(lay, Linear | Conv2d):
            candidates_by_pos[at_layer] = lay.weight
    final = max(candidates_by_pos)
    hidden = [at_layer for at_layer in candidates_by_pos if at_layer != final]
    out_masks = {"%d.weight" % at_layer: np.full(len(arr), True) for at_layer, arr in candidates_by_pos.items()}
    net = copy.deepcopy(model)
    for at_layer in hidden:
        arr = candidates_by_pos[at_layer]
        dropped = choose_channels(magnitudes(arr, norm), removal_count(ratio, arr.shape[0]))
        out_masks["%d.weight" % at_layer][dropped] = False
        drop(net.layers, at_layer, dropped)
    return out_masks, net
