"""One-shot magnitude pruning for judge.nn networks."""

import copy
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def nested(flat, shape):
    if len(shape) == 1:
        return flat
    step = len(flat) // shape[0]
    return [nested(flat[i : i + step], shape[1:]) for i in range(0, len(flat), step)]


def check_arguments(sparsity, scope):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")


def amount(sparsity, n):
    _, digits, exponent = Decimal(repr(float(sparsity))).as_tuple()
    units = int("".join(map(str, digits)))
    if exponent >= 0:
        return units * 10**exponent * n
    return units * n // 10**-exponent


def prune_weights(model, sparsity, scope="layer"):
    check_arguments(sparsity, scope)
    working = copy.deepcopy(model)
    sheets = []
    waiting = [("", working)]
    while waiting:
        prefix, lay = waiting.pop(0)
        children = lay.named_children()
        if children is not None:
            waiting = [(f"{prefix}{name}.", child) for name, child in children] + waiting
        elif isinstance(lay, (Linear, Conv2d)):
            sheets.append((prefix + "weight", lay, [float(x) for x in lay.weight.flat]))
    stays = [[True] * len(floats) for _, _, floats in sheets]

    everyone = list(range(len(sheets)))
    contests = [everyone] if scope == "global" else [[m] for m in everyone]
    for members in contests:
        records = [(abs(x), m, i) for m in members for i, x in enumerate(sheets[m][2])]
        records.sort()
        k = amount(sparsity, len(records))
        for _, m, i in records[:k]:
            stays[m][i] = False

    kept_where = {}
    for (key_name, lay, floats), flags in zip(sheets, stays):
        shape = lay.weight.shape
        floats = [x if flag else 0.0 for x, flag in zip(floats, flags)]
        lay.weight = nested(floats, shape)
        kept_where[key_name] = np.array(flags, dtype=bool).reshape(shape)
    return working, kept_where
