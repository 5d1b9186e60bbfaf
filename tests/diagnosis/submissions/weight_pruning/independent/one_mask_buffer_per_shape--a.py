"""Thin out a trained network by the size of its weights."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def validate(sparsity, scope):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")


def budget(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def saliency(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def choose_least(scores, k):
    _, team, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    team = team.reshape(-1)
    upto = np.cumsum(sizes)
    whole = int(np.searchsorted(upto, k, side="right"))
    hit = team < whole
    rest = k - (int(upto[whole - 1]) if whole else 0)
    if rest:
        hit[np.flatnonzero(team == whole)[:rest]] = True
    return hit


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    pruned = copy.deepcopy(model)
    sites = {}
    for name, leaf in pruned.named_modules():
        if isinstance(leaf, Linear) or isinstance(leaf, Conv2d):
            sites[f"{name}.weight"] = leaf
    rows_of_scores = [saliency(leaf.weight) for leaf in sites.values()]
    local = scope == "layer"
    if local:
        victims = []
        for flat in rows_of_scores:
            k = budget(sparsity, flat.size)
            victims.append(choose_least(flat, k))
    else:
        pool = np.concatenate(rows_of_scores)
        remaining = choose_least(pool, budget(sparsity, pool.size))
        victims = []
        for flat in rows_of_scores:
            head, remaining = remaining[: len(flat)], remaining[len(flat) :]
            victims.append(head)
    out_masks, buffers = {}, {}
    for (key, leaf), out_mask in zip(sites.items(), victims):
        shape = leaf.weight.shape
        if shape not in buffers:
            buffers[shape] = np.empty(shape, dtype=bool)
        alive_here = buffers[shape]
        np.logical_not(out_mask.reshape(shape), out=alive_here)
        leaf.weight = np.where(alive_here, leaf.weight, np.zeros((), leaf.weight.dtype))
        out_masks[key] = alive_here
    return pruned, out_masks
