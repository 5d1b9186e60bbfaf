"""Solution for weight pruning."""

import itertools
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


PRUNED = {}


def cut_positions(scores, k):
    line = np.lexsort((np.arange(len(scores)), scores))
    selected = np.full(len(scores), False)
    np.put(selected, line[:k], True)
    return selected


def magnitudes_of(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def n_pruned(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def iter_weights(network):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    for name, layer in network.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield name + ".weight", layer.weight


def judge_group(batch, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    lines = []
    for name, array in batch:
        line = magnitudes_of(array)
        old = PRUNED.get(name)
        if old is not None and old.shape == array.shape:
            line[old.ravel()] = -1
        lines.append(line)
    together = np.concatenate(lines)
    k = n_pruned(sparsity, len(together))
    dead = cut_positions(together, k)
    stops = list(itertools.accumulate(array.size for _, array in batch))
    for (name, array), stop in zip(batch, stops):
        yield name, array, dead[stop - array.size : stop].reshape(array.shape)


def prune_weights(model, sparsity, scope="layer"):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    if sparsity != sparsity:
        raise ValueError("sparsity is NaN")
    if min(sparsity, 1 - sparsity) < 0 or sparsity > 1:
        raise ValueError("sparsity leaves [0, 1]")
    result = model.copy()
    records = list(iter_weights(result))
    if scope == "layer":
        teams = [(entry,) for entry in records]
    else:
        teams = [records]
    survivors = {}
    for batch in teams:
        for name, array, gone in judge_group(batch, sparsity):
            survivors[name] = gone == 0
            np.putmask(array, gone, 0)
            PRUNED[name] = gone.copy()
    return result, survivors
