"""Returns a slimmer copy of a network together with the masks of what stayed."""

import copy
import math
from fractions import Fraction

import numpy as np

import judge.nn as nn


def survivors(norms, removed_n):
    ranked_pairs = sorted((z, cc) for cc, z in enumerate(norms))
    on = [True] * len(ranked_pairs)
    for _, cc in ranked_pairs[:removed_n]:
        on[cc] = False
    return np.array(on)


def saliency(wts, norm):
    others = tuple(range(1, wts.ndim))
    powered = np.abs(wts.astype("float64")) ** norm
    return powered.sum(axis=others) ** (1 / norm)


def channels_to_drop(ratio, n):
    x = math.ceil(Fraction(repr(ratio)) * n)
    return min(x, n - 1)


def segments(parts_list):
    """Split into [position of weights, positions of what follows up to the next weights]."""
    grouped = []
    for n_layer, module in enumerate(parts_list):
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            grouped.append((n_layer, []))
        elif grouped:
            grouped[-1][1].append(n_layer)
    return grouped


def prune_structured(model, ratio, norm=1):
    sound = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not sound:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    parts_list = model.layers
    grouped = segments(parts_list)
    updates = {}
    mask_of = {}
    for (n_layer, after), nxt in zip(grouped, [*(tup[0] for tup in grouped[1:]), None]):
        matrix, offset = parts_list[n_layer].weight, parts_list[n_layer].bias
        height = len(matrix)
        if nxt is None:
            mask_of["%d.weight" % n_layer] = np.arange(height)
            continue
        good = survivors(saliency(matrix, norm), channels_to_drop(ratio, height))
        mask_of["%d.weight" % n_layer] = np.flatnonzero(good)
        updates[n_layer, "weight"] = updates.get((n_layer, "weight"), matrix)[good]
        if offset is not None:
            updates[n_layer, "bias"] = offset[good]
        for t in after:
            module = parts_list[t]
            if hasattr(module, "running_mean"):
                sel = np.repeat(good, len(module.weight) // height)
                for name in ("weight", "bias", "running_mean", "running_var"):
                    updates[t, name] = getattr(module, name)[sel]
        consumer_w = parts_list[nxt].weight
        updates[nxt, "weight"] = consumer_w[:, np.repeat(good, consumer_w.shape[1] // height)]

    slim = copy.deepcopy(model)
    for (t, name), data in updates.items():
        setattr(slim.layers[t], name, data)
    return slim, mask_of
