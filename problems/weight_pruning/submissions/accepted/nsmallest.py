"""heapq.nsmallest over positions, keyed by the magnitude at that position."""

import heapq

import numpy as np

from judge.nn import Conv2d, Linear

SCOPES = ("layer", "global")


def prune_weights(model, sparsity, scope="layer"):
    if scope not in SCOPES:
        raise ValueError(f"scope must be one of {SCOPES}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError("sparsity must be between 0 and 1")
    pruned = model.copy()
    masks = {n + ".weight": np.ones(m.weight.shape, bool) for n, m in pruned.named_modules() if isinstance(m, (Linear, Conv2d))}
    arrays = {n: a for n, a in pruned.named_parameters() if n in masks}
    for names in [list(arrays)] if scope == "global" else [[n] for n in arrays]:
        values = np.concatenate([np.abs(arrays[n]).reshape(-1) for n in names]).tolist()
        chosen = heapq.nsmallest(round(len(values) * sparsity), range(len(values)), key=values.__getitem__)
        gone = np.zeros(len(values), bool)
        gone[np.array(chosen, dtype=int)] = True
        at = 0
        for n in names:
            part = gone[at : at + arrays[n].size].reshape(arrays[n].shape)
            at += arrays[n].size
            masks[n][part] = False
            arrays[n][part] = 0
    return pruned, masks
