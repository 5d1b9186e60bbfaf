"""Structured pruning: a smaller dense network and one mask per prunable layer."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def require(ratio, norm):
    if math.isfinite(ratio) and 0 <= ratio < 1 and norm <= 2:
        return
    raise ValueError(f"bad arguments: {ratio}, {norm}")


def quota(ratio, n):
    amount = round(Decimal(repr(ratio)) * n)
    if amount >= n:
        amount = n - 1
    return amount


def weakest_out(s_, drop_n):
    asc = np.lexsort((np.arange(len(s_)), s_))
    return asc[:drop_n]


def magnitudes(filters, norm):
    return np.linalg.norm(np.asarray(filters, dtype=float).reshape(len(filters), -1), ord=norm, axis=1)


def expand(dropped, span):
    return (dropped.reshape(-1, 1) * span + np.arange(span)).flatten()


def cut(parts_list, pos, dropped):
    """Take the channels dropped of layer pos out of it and out of everything up to the next weights."""
    front = parts_list[pos]
    n_out = front.weight.shape[0]
    front.weight = np.delete(front.weight, dropped, 0)
    front.bias = front.bias if front.bias is None else np.delete(front.bias, dropped)
    for lay in parts_list[pos + 1 :]:
        if type(lay) in {BatchNorm1d, BatchNorm2d}:
            sel = expand(dropped, lay.weight.size // n_out)
            for key in ("weight", "bias", "running_mean", "running_var"):
                lay.__dict__[key] = np.delete(lay.__dict__[key], sel)
        elif isinstance(lay, (Linear, Conv2d)):
            sel = expand(dropped, lay.weight.shape[1] // n_out)
            lay.weight = np.delete(lay.weight, sel, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    require(ratio, norm)
    weight_at = {}
    for pos, lay in enumerate(model):
        if isinstance(lay, Linear | Conv2d):
            weight_at[pos] = lay.weight
    output_at = max(weight_at)
    earlier = [pos for pos in weight_at if pos != output_at]
    out_masks = {"{}.weight".format(pos): np.ones(len(w), dtype=np.bool_) for pos, w in weight_at.items()}
    result = model.copy()
    for pos in earlier:
        w = weight_at[pos]
        dropped = weakest_out(magnitudes(w, norm), quota(ratio, w.shape[0]))
        out_masks["{}.weight".format(pos)][dropped] = False
        cut(result.layers, pos, dropped)
    return result, out_masks
