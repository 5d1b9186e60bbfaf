"""Magnitude pruning of single weights, per layer or over the whole network."""

import bisect
import copy
import functools

import numpy as np


def cut_positions(scores, k):
    strengths = scores.tolist()
    places = sorted(range(len(strengths)), key=strengths.__getitem__)
    gone = [False] * len(strengths)
    for place in places[:k]:
        gone[place] = True
    return np.array(gone, dtype=bool)


def flat_abs(w):
    line = w.flatten()
    return np.maximum(line, -line)


def share_of(sparsity, n):
    # 1e-9 covers the rounding of the thin, so this is the floor or the ceiling
    return bisect.bisect_right(range(1, n + 1), sparsity * n + 1e-9)


def weights_of(net):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    for name, array in net.named_parameters():
        if name.endswith("weight") and array.ndim > 1:
            yield name, array


def judge_group(group, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    combined = functools.reduce(lambda left, right: np.append(left, right), (flat_abs(array) for _, array in group))
    k = share_of(sparsity, len(combined))
    fate = cut_positions(combined, k)
    for name, array in group:
        yield name, array, fate[: array.size].reshape(array.shape)
        fate = fate[array.size :]


def prune_weights(model, sparsity, scope="layer"):
    too_low = sparsity < 0.0
    too_high = sparsity > 1.0
    if too_low or too_high:
        raise ValueError("sparsity out of range")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    result = copy.deepcopy(model)
    listing = list(weights_of(result))
    if scope == "layer":
        teams = [(entry,) for entry in listing]
    else:
        teams = [listing]
    mask_by_name = {}
    for group in teams:
        for name, array, gone in judge_group(group, sparsity):
            array[gone] = 0
            mask_by_name[name] = np.logical_not(gone)
    return result, mask_by_name
