"""Magnitude pruning of single weights, per layer or over the whole network."""

from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def guard(sparsity, scope):
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")


def share_of(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def absolute(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def threshold_for(sizes_of, k):
    """The k-th smallest magnitude, and how many of those that equal it have to go."""
    if k == 0:
        return -1.0, 0
    ordered = np.sort(sizes_of)
    edge_value = ordered[k - 1]
    return edge_value, k - int(np.count_nonzero(ordered < edge_value))


def carve(unit_layer, edge_value, tie_quota):
    """Zero what lies below the level, and at most `spare` of what lies on it; return mask and what is spare still."""
    magnitude = absolute(unit_layer.weight)
    small = magnitude < edge_value
    on_it = np.flatnonzero(magnitude == edge_value)[:tie_quota]
    small[on_it] = True
    mask = ~small.reshape(unit_layer.weight.shape)
    unit_layer.weight = np.where(mask, unit_layer.weight, unit_layer.weight.dtype.type(0.0))
    return mask, tie_quota - len(on_it)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    thin = model.copy()
    targets = [(name, unit_layer) for name, unit_layer in thin.named_modules() if isinstance(unit_layer, (Conv2d, Linear))]
    keep_map = dict()
    if scope == "global":
        everything_flat = np.concatenate([absolute(unit_layer.weight) for _, unit_layer in targets])
        edge_value, tie_quota = threshold_for(everything_flat, share_of(sparsity, everything_flat.size))
        for name, unit_layer in targets:
            keep_map[name + ".weight"], tie_quota = carve(unit_layer, edge_value, tie_quota)
    else:
        for name, unit_layer in targets:
            magnitudes = absolute(unit_layer.weight)
            edge_value, tie_quota = threshold_for(magnitudes, share_of(sparsity, magnitudes.size))
            keep_map[name + ".weight"], _ = carve(unit_layer, edge_value, tie_quota)
    state = {}
    for name, module in thin.named_modules():
        for attribute, value in vars(module).items():
            if isinstance(value, np.ndarray):
                state[f"{name}.{attribute}"] = value
    return state, keep_map
