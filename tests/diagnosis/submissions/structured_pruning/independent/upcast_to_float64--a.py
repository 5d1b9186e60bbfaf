"""prune_structured: rows, bias entries, BatchNorm entries and reading columns go together."""

import copy
import heapq
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def verify(cond, complaint):
    if not cond:
        raise ValueError(complaint)


def how_many(ratio, full):
    exact = round(Decimal(repr(ratio)) * full)
    if exact >= full:
        exact = full - 1
    return exact


def magnitudes(f64, norm):
    mat = f64.reshape(len(f64), -1)
    return np.abs(mat).sum(axis=1) if norm == 1 else np.sqrt((mat**2).sum(axis=1))


def choose_channels(sizes, cut_n):
    weakest = set(heapq.nsmallest(cut_n, range(len(sizes)), key=lambda chan: sizes[chan]))
    return np.array([chan not in weakest for chan in range(len(sizes))])


def unfold(previous, n_features):
    """One flag per channel, repeated for every feature of the channel."""
    return np.repeat(previous, n_features // previous.size)


def prune_structured(model, ratio, norm=1):
    verify(norm in [1, 2], "only the norms 1 and 2 are known")
    verify(0.0 <= ratio < 1.0, "ratio must be at least 0 and below 1")
    smaller = copy.deepcopy(model)
    idx_list = []
    for index, module in enumerate(smaller):
        if isinstance(module, Linear) or isinstance(module, Conv2d):
            idx_list.append(index)
    masks = {}
    previous = None
    for index, module in enumerate(smaller.layers):
        if index in idx_list:
            kernel = module.weight.astype(np.float64)
            own = np.ones(len(kernel), dtype=bool)
            if index < max(idx_list):
                cut_n = how_many(ratio, len(kernel))
                own = choose_channels(magnitudes(kernel, norm), cut_n)
            masks[str(index) + ".weight"] = own
            if previous is not None:
                kernel = kernel[:, unfold(previous, kernel.shape[1])]
            chan = np.flatnonzero(own)
            module.weight = kernel.take(chan, axis=0)
            module.bias = module.bias if module.bias is None else module.bias.take(chan)
            previous = own
        elif type(module).__name__.startswith("BatchNorm") and previous is not None:
            sel = unfold(previous, module.weight.size)
            module.weight, module.bias = module.weight[sel], module.bias[sel]
            module.running_mean = module.running_mean[sel]
            module.running_var = module.running_var[sel]
    return smaller, masks
