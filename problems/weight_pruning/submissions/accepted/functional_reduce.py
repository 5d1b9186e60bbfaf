"""Functional: map, filter, reduce, accumulate, no loop statement and no assignment to items."""

from functools import partial, reduce
from itertools import accumulate, chain, pairwise

import numpy as np

from judge.nn import Conv2d, Linear


def _is_prunable(item):
    return isinstance(item[1], (Linear, Conv2d))


def _keep(count, flat):
    order = np.argsort(np.abs(flat), kind="stable")
    return np.isin(np.arange(flat.size), order[:count], assume_unique=True, invert=True)


def _count(sparsity, size):
    return round(sparsity * size)


def _assign(pair):
    (_, layer), mask = pair
    setattr(layer, "weight", np.where(mask, layer.weight, layer.weight.dtype.type(0)))
    return pair


def _reject(message):
    raise ValueError(message)


def prune_weights(model, sparsity, scope="layer"):
    0 <= sparsity <= 1 or _reject("sparsity must lie in [0, 1]")
    count = partial(_count, sparsity)
    pruned = model.copy()
    items = tuple(filter(_is_prunable, pruned.named_modules()))
    flats = tuple(map(lambda item: item[1].weight.reshape(-1), items))
    strategies = {
        "layer": lambda: tuple(map(lambda flat: _keep(count(flat.size), flat), flats)),
        "global": lambda: (
            lambda everything: tuple(
                map(
                    lambda ends: _keep(count(everything.size), everything)[ends[0] : ends[1]],
                    pairwise(accumulate(chain((0,), map(np.size, flats)))),
                )
            )
        )(np.concatenate(flats)),
    }
    chosen = strategies.get(scope, lambda: _reject("scope must be 'layer' or 'global'"))()
    shaped = map(lambda item, flat: flat.reshape(item[1].weight.shape), items, chosen)
    pairs = map(_assign, zip(items, shaped))
    return pruned, reduce(lambda masks, pair: {**masks, pair[0][0] + ".weight": pair[1]}, pairs, {})
