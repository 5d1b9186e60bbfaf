"""Shrinks linear and convolutional layers by whole channels."""

from decimal import Decimal, ROUND_CEILING

import numpy as np

import judge.nn as nn


def chop(seq):
    """Split into [position of weights, positions of what follows up to the next weights]."""
    sects = []
    for place, module in enumerate(seq):
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            sects.append((place, []))
        elif sects:
            sects[-1][1].append(place)
    return sects


def prune_structured(model, ratio, norm=1):
    validate(norm in [1, 2], "only the norms 1 and 2 are known")
    validate(0.0 <= ratio < 1.0, "ratio must be at least 0 and below 1")
    seq = model.layers
    sects = chop(seq)
    patch = {}
    mask_of = {}
    for (place, tail), consumer in zip(sects, [*(duo[0] for duo in sects[1:]), None]):
        w, b = seq[place].weight, seq[place].bias
        out = len(w)
        if consumer is None:
            mask_of["{}.weight".format(place)] = np.ones(out, dtype=float)
            continue
        good = rank_and_cut(saliency(w, norm), count_of(ratio, out))
        mask_of["{}.weight".format(place)] = good.astype(float)
        patch[place, "weight"] = patch.get((place, "weight"), w)[good]
        if b is not None:
            patch[place, "bias"] = b[good]
        for follower in tail:
            module = seq[follower]
            if hasattr(module, "running_mean"):
                cols = np.repeat(good, len(module.weight) // out)
                patch[follower, "weight"] = module.weight[cols]
                patch[follower, "bias"] = module.bias[cols]
                patch[follower, "running_mean"] = module.running_mean[cols]
                patch[follower, "running_var"] = module.running_var[cols]
        reading = seq[consumer].weight
        patch[consumer, "weight"] = reading[:, good[np.arange(reading.shape[1]) // (reading.shape[1] // out)]]

    result = model.copy()
    for (follower, key), content in patch.items():
        setattr(result.layers[follower], key, content)
    return result, mask_of


def validate(condition, message):
    if not condition:
        raise ValueError(message)


def saliency(filters, norm):
    others = tuple(range(1, filters.ndim))
    raised = np.abs(filters.astype("float64")) ** norm
    return raised.sum(axis=others) ** (1 / norm)


def rank_and_cut(strength, removed_n):
    bound = np.sort(strength)[removed_n]
    return np.asarray(strength) >= bound


def count_of(ratio, n):
    share = (Decimal(repr(ratio)) * n).to_integral_value(rounding=ROUND_CEILING)
    return int(min(share, n - 1))
