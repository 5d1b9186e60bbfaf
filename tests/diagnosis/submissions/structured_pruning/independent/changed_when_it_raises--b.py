"""Drop output channels by magnitude and rewire what reads them."""

import copy
from decimal import Decimal
import numpy as np

from judge import nn


def prunable(layer):
    return isinstance(layer, (nn.Linear, nn.Conv2d))


def inflate(ix, n, size):
    """Channel numbers to feature numbers."""
    hw = size // n
    return np.concatenate([np.arange(c * hw, (c + 1) * hw) for c in ix])


def with_arrays(layer, **arrays):
    twin = copy.copy(layer)
    vars(twin).update(arrays)
    return twin


def shrink_heavy(layer, ix, above):
    w = layer.weight
    if above is not None:
        w = w.take(inflate(*above, w.shape[1]), axis=1)
    return with_arrays(layer, weight=w.take(ix, axis=0), bias=None if layer.bias is None else layer.bias.take(ix))


def shrink_norm(layer, above):
    at = inflate(*above, layer.weight.size)
    names = ("weight", "bias", "running_mean", "running_var")
    return with_arrays(layer, **{name: getattr(layer, name).take(at) for name in names})


def shrink(i, layer, plan):
    earlier = [p for p in plan if p < i]
    above = (plan[earlier[-1]][0], plan[earlier[-1]][1]) if earlier else None
    if i in plan:
        return shrink_heavy(layer, plan[i][0], above)
    if above is not None and isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
        return shrink_norm(layer, above)
    return copy.copy(layer)


def prune_structured(model, ratio, norm=1):
    everything = model.layers
    places = [i for i, layer in enumerate(everything) if prunable(layer)]
    model.layers = [everything[i] for i in places]
    refuse_bad(ratio, norm)
    strong = {i: strengths(layer.weight, norm) for i, layer in zip(places, model.layers)}
    weighted_layers = [(i, layer.weight) for i, layer in zip(places, model.layers)]
    model.layers = everything
    output = weighted_layers[-1][0]
    plan = {
        i: (np.arange(len(w)) if i == output else np.array(kept_indices(strong[i], _k_for(ratio, len(w)))), len(w))
        for i, w in weighted_layers
    }
    masks = {f"{i}.weight": np.bincount(ix, minlength=n) for i, (ix, n) in plan.items()}
    return nn.Sequential(shrink(i, layer, plan) for i, layer in enumerate(model)), masks


def refuse_bad(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def _k_for(ratio, n):
    """How many of ``n`` go."""
    top, bottom = Decimal(repr(ratio)).as_integer_ratio()
    return min(top * n // bottom, n - 1)


def kept_indices(scores, k):
    order = sorted(range(len(scores)), key=lambda c: scores[c])
    return np.array(sorted(order[k:]))


def strengths(weight, norm):
    wide = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return np.abs(wide).sum(axis=-1) if norm == 1 else np.sqrt(np.einsum("ij,ij->i", wide, wide))
