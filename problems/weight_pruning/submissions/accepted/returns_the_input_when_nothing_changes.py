"""Where no weight has to change the input itself is returned; else a network that shares its untouched parts."""

import copy

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def shallow(node):
    """A new tree of layers that shares every array with the old one."""
    twin = copy.copy(node)
    if isinstance(node, Sequential):
        twin.layers = [shallow(child) for child in node.layers]
    elif isinstance(node, Residual):
        twin.body = shallow(node.body)
        twin.shortcut = None if node.shortcut is None else shallow(node.shortcut)
    return twin


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    layers = [(n + ".weight", l) for n, l in model.named_modules() if isinstance(l, (Linear, Conv2d))]
    masks, changed = {}, False
    for group in [layers] if scope == "global" else [[pair] for pair in layers]:
        flat = np.abs(np.concatenate([l.weight.ravel() for _, l in group]))
        victims = np.argsort(flat, kind="stable")[: round(sparsity * flat.size)]
        changed = changed or bool(np.any(flat[victims] > 0))
        keep = np.ones(flat.size, bool)
        keep[victims] = False
        for n, l in group:
            masks[n] = keep[: l.weight.size].reshape(l.weight.shape)
            keep = keep[l.weight.size :]
    if not changed:
        return model, masks
    pruned = shallow(model)
    for n, l in pruned.named_modules():
        if n + ".weight" in masks:
            l.weight = np.where(masks[n + ".weight"], l.weight, 0)
    return pruned, masks
