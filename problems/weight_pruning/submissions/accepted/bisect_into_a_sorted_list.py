"""Sorted list and bisect: cut-off value from the sorted list, ties handed out from a counter."""

from bisect import bisect_left

import numpy as np

from judge.nn import Conv2d, Linear


def decide(values, k):
    """A list of booleans, True = kept."""
    if k == 0:
        return [True] * len(values)
    ordered = sorted(values)
    cut = ordered[k - 1]
    ties_to_prune = k - bisect_left(ordered, cut)
    kept = []
    for value in values:
        if value == cut and ties_to_prune:
            ties_to_prune -= 1
            kept.append(False)
        else:
            kept.append(value >= cut)
    return kept


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    layers = [(n + ".weight", l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    lists = [[abs(v) for v in l.weight.ravel().tolist()] for _, l in layers]
    if scope == "global":
        everything = sum(lists, start=[])
        decisions = iter(decide(everything, round(sparsity * len(everything))))
    else:
        decisions = (d for values in lists for d in decide(values, round(sparsity * len(values))))
    masks = {}
    for (name, l), values in zip(layers, lists):
        mask = np.array([next(decisions) for _ in values], dtype=bool).reshape(l.weight.shape)
        l.weight[~mask] = 0
        masks[name] = mask
    return pruned, masks
