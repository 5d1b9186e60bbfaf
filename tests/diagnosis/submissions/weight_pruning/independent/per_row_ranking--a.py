"""Zero the smallest weights and say which ones stayed."""

from decimal import ROUND_FLOOR, Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def check_arguments(sparsity, scope):
    if sparsity != sparsity:
        raise ValueError("sparsity is NaN")
    if min(sparsity, 1 - sparsity) < 0 or sparsity > 1:
        raise ValueError("sparsity leaves [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")


def target_count(sparsity, n):
    exact = Decimal(repr(float(sparsity))) * n
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def flat_abs(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def cut_positions(scores, k):
    strengths = scores.tolist()
    places = sorted(range(len(strengths)), key=strengths.__getitem__)
    zap = [False] * len(strengths)
    for place in places[:k]:
        zap[place] = True
    return np.array(zap, dtype=bool)


def prune_weights(model, sparsity, scope="layer"):
    check_arguments(sparsity, scope)
    pruned = model.copy()
    sites = {name + ".weight": mod for name, mod in pruned.named_modules() if isinstance(mod, (Linear, Conv2d))}
    pieces = list(map(lambda mod: flat_abs(mod.weight), sites.values()))
    if scope == "layer":
        removals = []
        for mod, flat in zip(sites.values(), pieces):
            table = flat.reshape(mod.weight.shape[0], -1)
            removals.append(np.concatenate([cut_positions(row, target_count(sparsity, row.size)) for row in table]))
    else:
        pool = np.concatenate(pieces)
        remaining = cut_positions(pool, target_count(sparsity, pool.size))
        removals = []
        for flat in pieces:
            head, remaining = remaining[: len(flat)], remaining[len(flat) :]
            removals.append(head)
    survivors = {}
    for (key, mod), kill in zip(sites.items(), removals):
        mask = np.logical_not(kill).reshape(mod.weight.shape)
        mod.weight = np.where(mask, mod.weight, np.zeros((), mod.weight.dtype))
        survivors[key] = mask
    return pruned, survivors
