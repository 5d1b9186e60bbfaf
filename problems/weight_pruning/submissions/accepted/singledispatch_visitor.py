"""functools.singledispatch over layer types, both to collect and to apply."""

from functools import singledispatch

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


@singledispatch
def collect(layer, name, found):
    """Anything without prunable weights."""


@collect.register(Linear)
@collect.register(Conv2d)
def _(layer, name, found):
    found[name + ".weight"] = layer


@collect.register
def _(layer: Sequential, name, found):
    for i, child in enumerate(layer):
        collect(child, f"{name}.{i}".lstrip("."), found)


@collect.register
def _(layer: Residual, name, found):
    collect(layer.body, name + ".body", found)
    if layer.shortcut is not None:
        collect(layer.shortcut, name + ".shortcut", found)


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned, found, masks = model.copy(), {}, {}
    collect(pruned, "", found)
    for names in [list(found)] if scope == "global" else [[n] for n in found]:
        flat = np.concatenate([np.abs(found[n].weight).ravel() for n in names])
        cut = round(sparsity * flat.size)
        rank = np.argsort(np.argsort(flat))
        at = 0
        for n in names:
            w = found[n].weight
            masks[n] = rank[at : at + w.size].reshape(w.shape) >= cut
            at += w.size
            found[n].weight = np.where(masks[n], w, w.dtype.type(0))
    return pruned, masks
