"""Walks the network by recursion and makes torch's names by hand; does not use named_modules."""

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def walk(node, path):
    if isinstance(node, Sequential):
        for position in range(len(node)):
            yield from walk(node[position], path + [str(position)])
    elif isinstance(node, Residual):
        yield from walk(node.body, path + ["body"])
        if node.shortcut is not None:
            yield from walk(node.shortcut, path + ["shortcut"])
    elif isinstance(node, (Linear, Conv2d)):
        yield ".".join(path + ["weight"]), node


def mask_of(magnitudes, sparsity):
    k = round(sparsity * magnitudes.size)
    if k == 0:
        return np.ones(magnitudes.shape, bool)
    if k == magnitudes.size:
        return np.zeros(magnitudes.shape, bool)
    pivot = np.partition(magnitudes, k)[k]  # smallest that may be kept
    keep = magnitudes > pivot
    equal = np.flatnonzero(magnitudes == pivot)
    spare = magnitudes.size - k - keep.sum()
    keep[equal[:spare]] = True
    return keep


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity out of range")
    if scope not in ("layer", "global"):
        raise ValueError("no such scope")
    answer = model.copy()
    leaves = dict(walk(answer, []))
    masks = {}
    if scope == "layer":
        for name, leaf in leaves.items():
            masks[name] = mask_of(np.abs(leaf.weight).ravel(), sparsity).reshape(leaf.weight.shape)
    else:
        keep = mask_of(np.concatenate([np.abs(leaf.weight).ravel() for leaf in leaves.values()]), sparsity)
        start = 0
        for name, leaf in leaves.items():
            stop = start + leaf.weight.size
            masks[name] = keep[start:stop].reshape(leaf.weight.shape)
            start = stop
    for name, leaf in leaves.items():
        leaf.weight = leaf.weight * masks[name]
    return answer, masks
