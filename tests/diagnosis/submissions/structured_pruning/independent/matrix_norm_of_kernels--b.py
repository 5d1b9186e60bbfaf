"""Takes the channels of smallest L1 or L2 norm out of every layer but the output."""

import math
from decimal import Decimal

import numpy as np

import judge.nn as nn


removal_count = lambda ratio, n: min(math.floor(Decimal(repr(ratio)) * n), n - 1)


def filter_norms(wts, norm):
    answer = []
    for filt in np.asarray(wts, dtype=np.float64):
        if filt.ndim == 3:  # a filter: its kernels first
            filt = np.array([np.linalg.norm(v, norm) for v in filt])
        answer.append(np.linalg.norm(filt, norm))
    return np.array(answer)


def select(scores, drop_n):
    return np.isin(np.arange(len(scores)), np.argsort(scores)[drop_n:])


def segments(chain):
    """Split into [position of weights, positions of what follows up to the next weights]."""
    runs = []
    for place, block in enumerate(chain):
        if isinstance(block, (nn.Linear, nn.Conv2d)):
            runs.append((place, []))
        elif runs:
            runs[-1][1].append(place)
    return runs


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    chain = model.layers
    runs = segments(chain)
    changes = {}
    mask_of = {}
    for (place, behind), consumer in zip(runs, [*(pr[0] for pr in runs[1:]), None]):
        arr, b = chain[place].weight, chain[place].bias
        rows = len(arr)
        if consumer is None:
            mask_of[f"{place}.weight"] = np.ones(rows, dtype=float)
            continue
        own = select(filter_norms(arr, norm), removal_count(ratio, rows))
        mask_of[f"{place}.weight"] = own.astype(float)
        changes[place, "weight"] = changes.get((place, "weight"), arr)[own]
        if b is not None:
            changes[place, "bias"] = b[own]
        for j in behind:
            block = chain[j]
            if isinstance(block, nn.BatchNorm1d) or isinstance(block, nn.BatchNorm2d):
                cols = np.repeat(own, len(block.weight) // rows)
                changes[j, "weight"] = block.weight[cols]
                changes[j, "bias"] = block.bias[cols]
                changes[j, "running_mean"] = block.running_mean[cols]
                changes[j, "running_var"] = block.running_var[cols]
        target = chain[consumer].weight
        changes[consumer, "weight"] = target[:, own[np.arange(target.shape[1]) // (target.shape[1] // rows)]]

    pruned = model.copy()
    for (j, name), value in changes.items():
        setattr(pruned.layers[j], name, value)
    return pruned, mask_of
