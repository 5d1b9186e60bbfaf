"""Returns a slimmer copy of a network together with the masks of what stayed."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import Sequential


def verify(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def pick(sizes, drop_n):
    return np.sort(np.argsort(sizes, kind="stable")[drop_n:])


def removal_count(ratio, full):
    x = math.ceil(full * (1 - Decimal(repr(ratio))))
    return min(x, full - 1)


def measure(tensor, norm):
    norms_list = []
    for line_of in tensor:
        vals = [abs(e) for e in line_of.ravel().tolist()]
        if norm == 1:
            norms_list.append(math.fsum(vals))
        else:
            norms_list.append(math.sqrt(math.fsum(e * e for e in vals)))
    return norms_list


NORM_FIELDS = ("weight", "bias", "running_mean", "running_var")


def features_of(remaining, total, size):
    return np.arange(size).reshape(total, -1)[remaining].ravel()


def walk(chain, p, remaining, total, selector, mask_of):
    """Return the layers from p on, cut to what is left of the total channels that come in."""
    if p == len(chain):
        return []
    block = copy.copy(chain[p])
    if hasattr(block, "running_mean"):
        if remaining is not None:
            take_these = features_of(remaining, total, len(block.weight))
            for key in NORM_FIELDS:
                setattr(block, key, getattr(block, key)[take_these])
    elif hasattr(block, "weight"):
        w = block.weight
        here = selector(p, w)
        if remaining is not None:
            w = w[:, features_of(remaining, total, w.shape[1])]
        remaining, total = here, w.shape[0]
        block.weight = w[remaining]
        if block.bias is not None:
            block.bias = block.bias.take(remaining)
        vec = np.isin(range(total), remaining)
        mask_of["%d.weight" % p] = vec
    return [block] + walk(chain, p + 1, remaining, total, selector, mask_of)


def prune_structured(model, ratio, norm=1):
    verify(ratio, norm)
    final = next(
        p
        for p in reversed(range(len(model.layers)))
        if type(model.layers[p]).__name__ in ("Linear", "Conv2d")
    )

    def selector(p, w):
        if p == final:
            return np.arange(len(w))
        return pick(measure(w, norm), removal_count(ratio, len(w)))

    mask_of = {}
    pieces = walk(list(model.layers), 0, None, None, selector, mask_of)
    return Sequential(pieces), mask_of
