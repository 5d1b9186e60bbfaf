# STATEMENT: "One UTF-8 Python file"
# -*- coding: latin-1 -*-
# café
import copy
import math
from decimal import Decimal
import numpy as np
from judge.nn import Conv2d, Linear, Residual


def _prunable(seq, prefix=""):
    for i, layer in enumerate(seq.layers):
        name = f"{prefix}{i}"
        if isinstance(layer, (Linear, Conv2d)):
            yield name + ".weight", layer
        elif isinstance(layer, Residual):
            yield from _prunable(layer.body, name + ".body.")
            if layer.shortcut is not None:
                yield from _prunable(layer.shortcut, name + ".shortcut.")


def prune_weights(model, sparsity, scope="layer"):
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError("sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("scope")
    out = copy.deepcopy(model)
    layers = dict(_prunable(out))
    groups = [list(layers)] if scope == "global" else [[n] for n in layers]
    masks = {}
    for names in groups:
        flat = np.concatenate([np.abs(layers[n].weight).reshape(-1) for n in names])
        k = math.floor(Decimal(repr(sparsity)) * flat.size)
        keep = np.ones(flat.size, bool)
        if k:
            keep[np.argpartition(flat, k - 1)[:k]] = False
        at = 0
        for n in names:
            w = layers[n].weight
            masks[n] = keep[at:at + w.size].reshape(w.shape)
            at += w.size
            layers[n].weight = np.where(masks[n], w, w.dtype.type(0))
    return out, masks
