"""Shrinks linear and convolutional layers by whole channels."""

from fractions import Fraction

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def verify(good_enough, text):
    if not good_enough:
        raise ValueError(text)


def survivors(sizes, cut_n):
    asc = np.lexsort((np.arange(len(sizes)), sizes))
    return asc[:cut_n]


def magnitudes(filters, norm):
    others = tuple(range(1, filters.ndim))
    raised = np.abs(filters.astype("float64")) ** norm
    return raised.sum(axis=others) ** (1 / norm)


def channels_to_drop(ratio, channels_n):
    return min(int(Fraction(repr(ratio)) * channels_n), channels_n - 1)


def blocks(dead, chunk):
    return np.array([ci * chunk + j for ci in dead for j in range(chunk)], dtype=int)


def strip(seq, n_layer, dead):
    """Take the channels dead of layer n_layer out of it and out of everything up to the next weights."""
    front = seq[n_layer]
    rows = front.weight.shape[0]
    front.weight = np.delete(front.weight, dead, 0)
    front.bias = front.bias if front.bias is None else np.delete(front.bias, dead)
    for m in seq[n_layer + 1 :]:
        if type(m) in {BatchNorm1d, BatchNorm2d}:
            picks = blocks(dead, m.weight.size // rows)
            m.weight = np.delete(m.weight, picks)
            m.bias = np.delete(m.bias, picks)
            m.running_mean = np.delete(m.running_mean, picks)
            m.running_var = np.delete(m.running_var, picks)
        elif isinstance(m, Linear | Conv2d):
            if getattr(m, "groups", None) == m.weight.shape[0]:
                return  # depthwise: has no columns to lose
            picks = blocks(dead, m.weight.shape[1] // rows)
            m.weight = np.delete(m.weight, picks, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    verify(norm in [1, 2], "only the norms 1 and 2 are known")
    verify(0.0 <= ratio < 1.0, "ratio must be at least 0 and below 1")
    candidates_by_pos = {
        n_layer: m.weight for n_layer, m in enumerate(model.layers) if isinstance(m, Linear | Conv2d)
    }
    *hidden, head_pos = candidates_by_pos
    flags_by_name = {f"{n_layer}.weight": np.full(len(kernel), True) for n_layer, kernel in candidates_by_pos.items()}
    smaller = model.copy()
    for n_layer in hidden:
        kernel = candidates_by_pos[n_layer]
        dead = survivors(magnitudes(kernel, norm), channels_to_drop(ratio, kernel.shape[0]))
        flags_by_name[f"{n_layer}.weight"][dead] = False
        strip(smaller.layers, n_layer, dead)
    return smaller, flags_by_name
