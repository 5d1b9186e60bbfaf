"""One-shot magnitude pruning for judge.nn networks."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def refuse_nonsense(sparsity, scope):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")


def count_for(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def cut_positions(scores, k):
    line = np.lexsort((np.arange(len(scores)), scores))
    selected = np.full(len(scores), False)
    np.put(selected, line[:k], True)
    return selected


def size_of_weights(w):
    return np.abs(w).ravel(order="K")


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    net = model.copy()
    kinds = (Conv2d, Linear)
    leaves = {f"{name}.weight": part for name, part in filter(lambda item: isinstance(item[1], kinds), net.named_modules())}
    pieces = []
    for part in leaves.values():
        pieces.append(size_of_weights(part.weight))
    if scope == "layer":
        removals = list(map(lambda flat: cut_positions(flat, count_for(sparsity, len(flat))), pieces))
    else:
        pool = np.concatenate(pieces)
        remaining = cut_positions(pool, count_for(sparsity, pool.size))
        removals = []
        for flat in pieces:
            head, remaining = remaining[: len(flat)], remaining[len(flat) :]
            removals.append(head)
    kept_where = {}
    for (key, part), remove in zip(leaves.items(), removals):
        remove = np.reshape(remove, part.weight.shape)
        part.weight = np.where(remove, part.weight.dtype.type(0), part.weight)
        kept_where[key] = np.invert(remove)
    return net, kept_where
