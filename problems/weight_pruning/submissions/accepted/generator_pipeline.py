"""A pipeline of generators; the dict of masks is made by consuming the last one."""

import numpy as np

from judge.nn import Conv2d, Linear


def prunable(model):
    for name, layer in model.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield f"{name}.weight", layer


def grouped(pairs, scope):
    if scope == "global":
        yield list(pairs)
    else:
        for pair in pairs:
            yield [pair]


def decided(groups, sparsity):
    for group in groups:
        sizes = [layer.weight.size for _, layer in group]
        flat = np.fromiter((abs(x) for _, layer in group for x in layer.weight.ravel().tolist()), float, sum(sizes))
        keep = np.ones(flat.size, bool)
        keep[flat.argsort()[: round(sparsity * flat.size)]] = False
        for (name, layer), stop in zip(group, np.cumsum(sizes)):
            yield name, layer, keep[stop - layer.weight.size : stop].reshape(layer.weight.shape)


def applied(decisions):
    for name, layer, mask in decisions:
        layer.weight[~mask] = 0
        yield name, mask


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    masks = dict(applied(decided(grouped(prunable(pruned), scope), sparsity)))
    return pruned, masks
