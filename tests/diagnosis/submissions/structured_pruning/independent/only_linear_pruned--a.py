"""Structured pruning: a smaller dense network and one mask per prunable layer."""

import heapq
import math
from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Linear


def verify(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def selection(sizes, cut_n):
    bad_ones = set(heapq.nsmallest(cut_n, range(len(sizes)), key=lambda ci: sizes[ci]))
    return np.array([ci not in bad_ones for ci in range(len(sizes))])


def quota(ratio, n):
    """How many of n channels go, by the decimal digits of the ratio."""
    x = Decimal(repr(ratio)) * n
    cut_n = int(x)
    return cut_n if cut_n < n else n - 1


def filter_norms(wts, norm):
    answer = []
    for filt in wts:
        abs_vals = [abs(z) for z in filt.ravel().tolist()]
        if norm == 1:
            answer.append(math.fsum(abs_vals))
        else:
            answer.append(math.sqrt(math.fsum(z * z for z in abs_vals)))
    return answer


def spread(prev_keep, n_features):
    """One flag per channel, repeated for every feature of the channel."""
    area = n_features // prev_keep.size
    return np.tile(prev_keep[:, None], (1, area)).ravel()


def prune_structured(model, ratio, norm=1):
    verify(ratio, norm)
    net = model.copy()
    weighted = [at_layer for at_layer, op in enumerate(net.layers) if isinstance(op, Linear)]
    mask_of = {}
    prev_keep = None
    for at_layer, op in enumerate(net.layers):
        if at_layer in weighted:
            w = op.weight
            keep = np.ones(len(w), dtype=bool)
            if at_layer < max(weighted):
                cut_n = quota(ratio, len(w))
                keep = selection(filter_norms(w, norm), cut_n)
            mask_of[f"{at_layer}.weight"] = keep
            if prev_keep is not None:
                w = w[:, spread(prev_keep, w.shape[1])]
            ci = np.flatnonzero(keep)
            op.weight = w.take(ci, axis=0)
            op.bias = op.bias if op.bias is None else op.bias.take(ci)
            prev_keep = keep
        elif isinstance(op, (BatchNorm1d, BatchNorm2d)) and prev_keep is not None:
            picks = spread(prev_keep, op.weight.size)
            op.__dict__.update(
                {attr: z[picks] for attr, z in vars(op).items() if isinstance(z, np.ndarray)}
            )
    return net, mask_of
