"""Returns a slimmer copy of a network together with the masks of what stayed."""

from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def importance(filters, norm):
    return np.array([np.linalg.norm(line_of.astype(np.float64).ravel(), norm) for line_of in filters])


def rank_and_cut(sizes, few):
    by_norm = sorted(enumerate(sizes), key=lambda pr: pr[1])
    return np.array([ci for ci, _ in by_norm][:few], dtype=np.intp)


def channels_to_drop(ratio, how_wide):
    few = int(Decimal(repr(ratio)) * how_wide)
    return max(0, min(few, how_wide - 2))


def widen(gone, area):
    return np.array([ci * area + t for ci in gone for t in range(area)], dtype=int)


def strip(chain, n_layer, gone):
    """Take the channels gone of layer n_layer out of it and out of everything up to the next weights."""
    source_layer = chain[n_layer]
    n_out = source_layer.weight.shape[0]
    source_layer.weight = np.delete(source_layer.weight, gone, 0)
    source_layer.bias = source_layer.bias if source_layer.bias is None else np.delete(source_layer.bias, gone)
    for op in chain[n_layer + 1 :]:
        if type(op) in {BatchNorm1d, BatchNorm2d}:
            cols = widen(gone, op.weight.size // n_out)
            op.weight = np.delete(op.weight, cols)
            op.bias = np.delete(op.bias, cols)
            op.running_mean = np.delete(op.running_mean, cols)
            op.running_var = np.delete(op.running_var, cols)
        elif type(op) in (Linear, Conv2d):
            cols = widen(gone, op.weight.shape[1] // n_out)
            op.weight = np.delete(op.weight, cols, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    weight_at = {
        n_layer: op.weight for n_layer, op in enumerate(model.layers) if type(op) in (Linear, Conv2d)
    }
    *inner_ones, head_pos = weight_at
    flags_by_name = {f"{n_layer}.weight": np.ones(arr.shape[0], dtype=bool) for n_layer, arr in weight_at.items()}
    smaller = model.copy()
    for n_layer in inner_ones:
        arr = weight_at[n_layer]
        gone = rank_and_cut(importance(arr, norm), channels_to_drop(ratio, arr.shape[0]))
        flags_by_name[f"{n_layer}.weight"][gone] = False
        strip(smaller.layers, n_layer, gone)
    return smaller, flags_by_name
