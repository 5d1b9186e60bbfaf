"""Filter pruning by magnitude, layer by layer."""

import copy
import itertools
from decimal import Decimal

import numpy as np


def selection(strength, few):
    ranked_pairs = [(v, u) for u, v in enumerate(strength)]
    ranked_pairs.sort()
    return sorted(u for _, u in ranked_pairs[few:])


def strengths(filters, norm):
    return np.array([np.linalg.norm(one_filter.astype(np.float64).ravel(), norm) for one_filter in filters])


def number_removed(ratio, n):
    """How many of n channels go, by the decimal digits of the ratio."""
    amount = Decimal(repr(ratio)) * n
    few = int(amount)
    return few if few < n else n - 1


def widen(idx, extent, width):
    chunk = extent // width
    return list(itertools.chain.from_iterable(range(unit * chunk, (unit + 1) * chunk) for unit in idx))


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    net = copy.deepcopy(model)
    parts_list = net.layers
    idx_list = []
    for pos in range(len(parts_list)):
        if type(parts_list[pos]).__name__ in ("Linear", "Conv2d"):
            idx_list.append(pos)

    picked, kept_masks = [], {}
    for pos in idx_list:
        n_out = parts_list[pos].weight.shape[0]
        few = 0
        if type(parts_list[pos]).__name__ == "Conv2d" and pos < idx_list[-1]:
            few = number_removed(ratio, n_out)
        idx = selection(strengths(parts_list[pos].weight, norm), few)
        picked.append(idx)
        members = set(idx)
        kept_masks["%d.weight" % pos] = np.fromiter((unit in members for unit in range(n_out)), dtype=bool, count=n_out)

    for turn, idx in enumerate(picked[:-1]):
        module = parts_list[idx_list[turn]]
        n_out = module.weight.shape[0]
        module.weight = module.weight[idx]
        if module.bias is not None:
            module.bias = module.bias[idx]
        for t in range(idx_list[turn] + 1, idx_list[turn + 1]):
            between = parts_list[t]
            if type(between).__name__[:9] == "BatchNorm":
                features = widen(idx, between.weight.shape[0], n_out)
                between.weight = between.weight[features]
                between.bias = between.bias[features]
                between.running_mean = between.running_mean[features]
                between.running_var = between.running_var[features]
        following = parts_list[idx_list[turn + 1]]
        following.weight = following.weight[:, widen(idx, following.weight.shape[1], n_out)]
    return net, kept_masks
