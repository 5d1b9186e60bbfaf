"""Drops a share of each hidden layer, smallest norm first."""

import math
from decimal import Decimal

import numpy as np

import judge.nn as nn


def removal_count(ratio, channels_n):
    """How many of channels_n channels go, by the decimal digits of the ratio."""
    exact = Decimal(repr(ratio)) * channels_n
    few = int(exact)
    return few if few < channels_n else channels_n - 1


def importance(array_in, norm):
    vals = np.abs(np.ascontiguousarray(array_in, dtype=np.float64)).ravel()
    edges = np.arange(0, vals.size, vals.size // len(array_in))
    return np.add.reduceat(vals if norm == 1 else np.square(vals), edges)


def pick(s_, few):
    stays_on = np.ones(len(s_), dtype=bool)
    stays_on[np.argsort(s_, kind="stable")[:few]] = False
    return stays_on


def chop(everything):
    """Split into [position of weights, positions of what follows up to the next weights]."""
    where = [n_layer for n_layer, module in enumerate(everything) if isinstance(module, (nn.Linear, nn.Conv2d))]
    final = where[1:] + [len(everything)]
    return [(n_layer, list(range(n_layer + 1, t))) for n_layer, t in zip(where, final)]


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2):
        raise ValueError(norm)
    if not math.isfinite(ratio) or not ratio < 1:
        raise ValueError(ratio)
    if ratio < 0:
        ratio = 0.0
    everything = model.layers
    parts = chop(everything)
    updates = {}
    kept_masks = {}
    for (n_layer, after), nxt in zip(parts, [*(pr[0] for pr in parts[1:]), None]):
        kernel, offset = everything[n_layer].weight, everything[n_layer].bias
        out = len(kernel)
        if nxt is None:
            kept_masks[str(n_layer) + ".weight"] = np.ones(out, dtype=float)
            continue
        stay = pick(importance(kernel, norm), removal_count(ratio, out))
        kept_masks[str(n_layer) + ".weight"] = stay.astype(float)
        updates[n_layer, "weight"] = updates.get((n_layer, "weight"), kernel)[stay]
        if offset is not None:
            updates[n_layer, "bias"] = offset[stay]
        for t in after:
            module = everything[t]
            if hasattr(module, "running_mean"):
                take_these = np.repeat(stay, len(module.weight) // out)
                updates[t, "weight"] = module.weight[take_these]
                updates[t, "bias"] = module.bias[take_these]
                updates[t, "running_mean"] = module.running_mean[take_these]
                updates[t, "running_var"] = module.running_var[take_these]
        consumer_w = everything[nxt].weight
        updates[nxt, "weight"] = consumer_w[:, stay[np.arange(consumer_w.shape[1]) // (consumer_w.shape[1] // out)]]

    smaller = model.copy()
    for (t, field), value in updates.items():
        setattr(smaller.layers[t], field, value)
    return smaller, kept_masks
