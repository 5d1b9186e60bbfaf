"""Filter pruning by magnitude, layer by layer."""

import copy
import heapq
import math
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def removal_count(ratio, how_wide):
    return min(int(Fraction(repr(ratio)) * how_wide), how_wide - 1)


def rank_and_cut(scores, cut_n):
    strongest = heapq.nlargest(len(scores) - cut_n, range(len(scores)), key=lambda cc: scores[cc])
    strongest.sort()
    return np.asarray(strongest)


def channel_norms(tensor, norm):
    res = []
    for line_of in tensor:
        abs_vals = [abs(e) for e in line_of.ravel().tolist()]
        if norm == 1:
            res.append(math.fsum(abs_vals))
        else:
            res.append(math.sqrt(math.fsum(e * e for e in abs_vals)))
    return res


def expand(idx, total, length):
    step = length // total
    return (idx[:, None] * step + np.arange(step)[None, :]).reshape(-1)


def prune_structured(model, ratio, norm=1):
    ok = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not ok:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    spots = [p for p in range(len(model)) if isinstance(model[p], (Linear, Conv2d))]

    # first pass: decide
    kept_by_layer = {
        p: rank_and_cut(channel_norms(model[p].weight, norm), removal_count(ratio, len(model[p].weight)))
        for p in spots[:-1]
    }
    kept_by_layer[spots[-1]] = np.arange(len(model[spots[-1]].weight))

    # second pass: build
    fresh = []
    idx, total = None, 0
    for p, module in enumerate(model):
        if p in kept_by_layer:
            w, offset = module.weight, module.bias
            if idx is not None:
                w = np.take(w, expand(idx, total, w.shape[1]), axis=1)
            idx, total = kept_by_layer[p], len(w)
            w = np.take(w, idx, axis=0)
            if offset is not None:
                offset = np.take(offset, idx)
            if isinstance(module, Conv2d):
                fresh.append(Conv2d(w, offset, stride=module.stride, padding=module.padding[0]))
            else:
                fresh.append(Linear(w, offset))
        elif type(module) in {BatchNorm1d, BatchNorm2d} and idx is not None:
            features = expand(idx, total, len(module.weight))
            fresh.append(
                type(module)(
                    np.take(module.weight, features),
                    np.take(module.bias, features),
                    np.take(module.running_mean, features),
                    np.take(module.running_var, features),
                    module.eps,
                )
            )
        elif isinstance(module, (MaxPool2d, AvgPool2d)):
            fresh.append(type(module)(module.kernel_size, module.stride))
        else:
            fresh.append(copy.deepcopy(module))

    masks = {}
    for p, idx in kept_by_layer.items():
        mask = np.zeros(len(model[p].weight), dtype=bool)
        mask[idx] = True
        masks[str(p) + ".weight"] = mask
    return Sequential(fresh), masks
