"""Share to keep, flat masks."""

import math
from decimal import Decimal

import numpy as np


def amount(share, n):
    return n - math.floor(Decimal(repr(share)) * n)


def weights_of(layers, prefix=""):
    for number, layer in enumerate(layers):
        name = prefix + str(number)
        if type(layer).__name__ == "Residual":
            yield from weights_of(layer.body, name + ".body.")
            if layer.shortcut is not None:
                yield from weights_of(layer.shortcut, name + ".shortcut.")
        elif type(layer).__name__ in ("Linear", "Conv2d"):
            yield name + ".weight", layer


def smallest(entries, k):
    """entries: list of (score, tensor number, flat index)."""
    return sorted(entries)[:k]


def prune_weights(model, sparsity, scope="layer"):
    if not (0 <= sparsity <= 1) or scope not in ("layer", "global"):
        raise ValueError(f"{sparsity} {scope}")
    result = model.copy()
    named = list(weights_of(result))
    entries = []
    for t, (_, layer) in enumerate(named):
        for i, w in enumerate(layer.weight.reshape(-1).tolist()):
            entries.append((abs(w), t, i))
    if scope == "global":
        pools = [entries]
    else:
        pools = [[e for e in entries if e[1] == t] for t in range(len(named))]
    gone = set()
    for pool in pools:
        gone.update((t, i) for _, t, i in smallest(pool, amount(sparsity, len(pool))))
    masks = {}
    for t, (name, layer) in enumerate(named):
        flat = np.array([(t, i) not in gone for i in range(layer.weight.size)], dtype=bool)
        mask = flat.reshape(layer.weight.shape)
        layer.weight = np.where(mask, layer.weight, layer.weight.dtype.type(0))
        masks[name] = flat
    return result, masks
