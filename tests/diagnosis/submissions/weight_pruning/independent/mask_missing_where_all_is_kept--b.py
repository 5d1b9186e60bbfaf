"""Set the weights of smallest magnitude to zero and say which stayed."""

import copy
import decimal
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def refuse_nonsense(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def weight_layers(network):
    stack = [("", network)]
    while stack:
        trail, thing = stack.pop()
        children = thing.named_children()
        if children is not None:
            stack.extend(reversed([(f"{trail}.{key}" if trail else key, child) for key, child in children]))
        elif isinstance(thing, (Conv2d, Linear)):
            yield trail, thing


def number_to_prune(share, total):
    precise = Decimal(repr(share)) * total
    return int(precise.to_integral_value(rounding=decimal.ROUND_CEILING))


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    pruned = copy.deepcopy(model)
    candidates = [*weight_layers(pruned)]
    sheet = []
    for _, module in candidates:
        sheet.append(list(map(abs, module.weight.reshape(-1).tolist())))
    flags = [[True for _ in row] for row in sheet]
    crowds = [[(i, j) for j in range(len(row))] for i, row in enumerate(sheet)]
    if scope == "global":
        crowds = [sum(crowds, [])]
    def settle(crowd):
        crowd.sort(key=lambda place: sheet[place[0]][place[1]])
        k = number_to_prune(sparsity, len(crowd))
        for i, j in crowd[:k]:
            flags[i][j] = False

    for crowd in crowds:
        settle(crowd)
    collected = {}
    for (key_name, module), row in zip(candidates, flags):
        if False not in row:
            continue
        stays_here = np.array(row, dtype=bool).reshape(module.weight.shape)
        module.weight[~stays_here] = 0
        collected["%s.weight" % key_name] = stays_here
    return pruned, collected
