"""Makes a narrower network by dropping low-norm neurons and filters."""

import copy
import math

import numpy as np

from judge.nn import Sequential


def channels_to_drop(ratio, channels_n):
    # nine decimals wash out the binary rounding error of the product
    return min(math.floor(round(ratio * channels_n, 9)), channels_n - 1)


def measure(filters, norm):
    size_of = (lambda filt: np.sum(np.abs(filt))) if norm == 1 else (lambda filt: np.sqrt(np.sum(filt**2)))
    return [float(size_of(filt)) for filt in filters.astype(np.double)]


def pick(norms, drop_n):
    ranks = np.argsort(np.argsort(norms, kind="stable"))
    return np.flatnonzero(ranks >= drop_n)


BN_ARRAYS = ("weight", "bias", "running_mean", "running_var")


def widen(chosen, before, extent):
    area = extent // before
    return np.repeat(chosen, area) * area + np.tile(np.arange(area), len(chosen))


def shrink_from(parts_list, p, chosen, before, decide_for, masks):
    """Return the layers from p on, cut to what is left of the before channels that come in."""
    if p == len(parts_list):
        return []
    module = copy.copy(parts_list[p])
    if hasattr(module, "running_mean"):
        if chosen is not None:
            picks = widen(chosen, before, len(module.weight))
            for name in BN_ARRAYS:
                setattr(module, name, getattr(module, name)[picks])
    elif hasattr(module, "weight"):
        arr = module.weight
        mine = decide_for(p, arr)
        if chosen is not None:
            arr = arr[:, widen(chosen, before, arr.shape[1])]
        chosen, before = mine, arr.shape[0]
        module.weight = arr[chosen]
        if module.bias is not None:
            module.bias = module.bias.take(chosen)
        marks = np.isin(range(before), chosen)
        masks["%d.weight" % p] = marks
    return [module, *shrink_from(parts_list, p + 1, chosen, before, decide_for, masks)]


def prune_structured(model, ratio, norm=1, masks=dict()):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    output_at = next(
        p
        for p in reversed(range(len(model.layers)))
        if type(model.layers[p]).__name__ in ("Linear", "Conv2d")
    )

    def decide_for(p, arr):
        drop_n = channels_to_drop(ratio, arr.shape[0]) if p < output_at else 0
        return pick(measure(arr, norm), drop_n)

    stack = shrink_from(list(model.layers), 0, None, None, decide_for, masks)
    return Sequential(stack), masks
