"""Drops a share of each hidden layer, smallest norm first."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def selection(scores, drop_n):
    order = np.lexsort((np.arange(len(scores)), scores))
    return order[:drop_n]


def importance(wts, channels_n, norm):
    step = wts.shape[1] // channels_n
    found = np.zeros(channels_n)
    for cc in range(channels_n):
        row = wts[:, cc * step : (cc + 1) * step].astype(np.float64)
        found[cc] = np.linalg.norm(row.ravel(), norm)
    return found


def how_many(ratio, channels_n):
    x = math.ceil(Fraction(repr(ratio)) * channels_n)
    return min(x, channels_n - 1)


def per_feature(weak, step):
    return (weak.reshape(-1, 1) * step + np.arange(step)).flatten()


def cut(parts_list, at_layer, weak):
    """Take the channels weak of layer at_layer out of it and out of everything up to the next weights."""
    front = parts_list[at_layer]
    rows = front.weight.shape[0]
    front.weight = np.delete(front.weight, weak, axis=0)
    if front.bias is not None:
        front.bias = np.delete(front.bias, weak)
    for follower in range(at_layer + 1, len(parts_list)):
        lay = parts_list[follower]
        if type(lay) in {BatchNorm1d, BatchNorm2d}:
            picks = per_feature(weak, lay.weight.size // rows)
            lay.weight = np.delete(lay.weight, picks)
            lay.bias = np.delete(lay.bias, picks)
            lay.running_mean = np.delete(lay.running_mean, picks)
            lay.running_var = np.delete(lay.running_var, picks)
        elif type(lay).__name__ in {"Linear", "Conv2d"}:
            picks = per_feature(weak, lay.weight.shape[1] // rows)
            lay.weight = np.delete(lay.weight, picks, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    weight_at = {}
    for at_layer, lay in enumerate(model):
        if isinstance(lay, Linear | Conv2d):
            weight_at[at_layer] = lay.weight
    final = max(weight_at)
    hidden = [at_layer for at_layer in weight_at if at_layer != final]
    masks = {str(at_layer) + ".weight": np.full(len(w), True) for at_layer, w in weight_at.items()}
    slim = copy.deepcopy(model)
    for at_layer, reading in zip(hidden, list(weight_at.values())[1:]):
        w = weight_at[at_layer]
        weak = selection(importance(reading, w.shape[0], norm), how_many(ratio, w.shape[0]))
        masks[str(at_layer) + ".weight"][weak] = False
        cut(slim.layers, at_layer, weak)
    return slim, masks
