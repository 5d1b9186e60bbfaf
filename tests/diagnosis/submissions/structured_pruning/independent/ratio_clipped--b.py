"""Removes whole output channels from a network by the norm of their weights."""

import copy
import math
from decimal import Decimal

import numpy as np

import judge.nn as nn


def survivors(strength, few):
    pairs = sorted((z, ci) for ci, z in enumerate(strength))
    on = [True] * len(pairs)
    for _, ci in pairs[:few]:
        on[ci] = False
    return np.array(on)


number_removed = lambda ratio, n: min(math.floor(Decimal(repr(ratio)) * n), n - 1)


def saliency(wts, norm):
    return np.linalg.norm(np.asarray(wts, dtype=float).reshape(len(wts), -1), ord=norm, axis=1)


def chop(parts_list):
    """Split into [position of weights, positions of what follows up to the next weights]."""
    where = [i for i, m in enumerate(parts_list) if isinstance(m, (nn.Linear, nn.Conv2d))]
    last = where[1:] + [len(parts_list)]
    return [(i, list(range(i + 1, follower))) for i, follower in zip(where, last)]


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or norm not in {1, 2}:
        raise ValueError((ratio, norm))
    ratio = float(np.clip(ratio, 0, 0.999999))
    parts_list = model.layers
    parts = chop(parts_list)
    edits = {}
    masks = {}
    for (i, behind), reader in zip(parts, [*(part[0] for part in parts[1:]), None]):
        kernel, b = parts_list[i].weight, parts_list[i].bias
        out = len(kernel)
        if reader is None:
            masks["{}.weight".format(i)] = np.ones(out, dtype=float)
            continue
        stay = survivors(saliency(kernel, norm), number_removed(ratio, out))
        masks["{}.weight".format(i)] = stay.astype(float)
        if (i, "weight") not in edits:
            edits[i, "weight"] = kernel
        edits[i, "weight"] = np.compress(stay, edits[i, "weight"], axis=0)
        if b is not None:
            edits[i, "bias"] = b[stay]
        for follower in behind:
            m = parts_list[follower]
            if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
                features = np.repeat(stay, len(m.weight) // out)
                for key in ("weight", "bias", "running_mean", "running_var"):
                    edits[follower, key] = getattr(m, key)[features]
        nxt_w = parts_list[reader].weight
        edits[reader, "weight"] = nxt_w[:, stay[np.arange(nxt_w.shape[1]) // (nxt_w.shape[1] // out)]]

    slim = nn.Sequential(copy.copy(m) for m in parts_list)
    for follower, key in edits:
        vars(slim[follower])[key] = edits[follower, key]
    return slim, masks
