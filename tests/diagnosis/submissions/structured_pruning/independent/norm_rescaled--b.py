"""Filter pruning by magnitude, layer by layer."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def widen(gone, span):
    return np.add.outer(gone * span, np.arange(span)).ravel()


def cut(parts_list, index, gone):
    """Take the channels gone of layer index out of it and out of everything up to the next weights."""
    front = parts_list[index]
    rows = front.weight.shape[0]
    front.weight = np.delete(front.weight, gone, axis=0)
    if front.bias is not None:
        front.bias = np.delete(front.bias, gone)
    for q in range(index + 1, len(parts_list)):
        m = parts_list[q]
        if hasattr(m, "running_mean"):
            sel = widen(gone, m.weight.size // rows)
            for key in ("weight", "bias", "running_mean", "running_var"):
                m.__dict__[key] = np.delete(m.__dict__[key], sel)
        elif isinstance(m, Linear | Conv2d):
            sel = widen(gone, m.weight.shape[1] // rows)
            width = m.weight.shape[1]
            m.weight = np.delete(m.weight, sel, axis=1)
            m.weight *= width / m.weight.shape[1]  # as dropout does
            return


def prune_structured(model, ratio, norm=1):
    require(ratio, norm)
    weight_at = {}
    for index, m in enumerate(model):
        if isinstance(m, Linear | Conv2d):
            weight_at[index] = m.weight
    output_at = max(weight_at)
    not_last = [index for index in weight_at if index != output_at]
    out_masks = {f"{index}.weight": np.ones(len(kernel), dtype=np.bool_) for index, kernel in weight_at.items()}
    clone = model.copy()
    for index in not_last:
        kernel = weight_at[index]
        gone = select(saliency(kernel, norm), quota(ratio, kernel.shape[0]))
        out_masks[f"{index}.weight"][gone] = False
        cut(clone.layers, index, gone)
    return clone, out_masks


def require(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def saliency(wts, norm):
    others = tuple(range(1, wts.ndim))
    powered = np.abs(wts.astype("float64")) ** norm
    return powered.sum(axis=others) ** (1 / norm)


def select(sizes, removed_n):
    order = np.lexsort((np.arange(len(sizes)), sizes))
    return order[:removed_n]


def quota(ratio, channels_n):
    exact = math.ceil(Fraction(repr(ratio)) * channels_n)
    return min(exact, channels_n - 1)
