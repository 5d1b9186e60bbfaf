"""Zero out the smallest weights of a network."""

import itertools
import math

import numpy as np

from judge.nn import Conv2d, Linear


def weight_layers(top):
    pending = [("", top)]
    while pending:
        path, node = pending.pop()
        children = node.named_children()
        if children is not None:
            pending.extend(reversed([(f"{path}.{key}" if path else key, child) for key, child in children]))
        elif isinstance(node, (Conv2d, Linear)):
            yield path, node


def validate(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def normal_quantile(share):
    """z such that a standard normal number lies in [-z, z] with this probability; by bisection."""
    low, high = 0.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2
        if math.erf(middle / math.sqrt(2)) < share:
            low = middle
        else:
            high = middle
    return low


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    slim = model.copy()
    prunables = list(weight_layers(slim))
    sheet = [abs(unit.weight).reshape(-1).tolist() for _, unit in prunables]
    flags = [[True for _ in numbers] for numbers in sheet]
    if scope == "layer":
        arenas = [list(itertools.product([i], range(len(numbers)))) for i, numbers in enumerate(sheet)]
    else:
        arenas = [[(i, j) for i in range(len(sheet)) for j in range(len(sheet[i]))]]
    for crowd in arenas:
        spread = math.sqrt(math.fsum(sheet[i][j] ** 2 for i, j in crowd) / len(crowd))
        limit = spread * normal_quantile(sparsity)
        for i, j in crowd:
            if sparsity == 1 or sheet[i][j] < limit:
                flags[i][j] = False
    record = {}
    for (key_name, unit), numbers in zip(prunables, flags):
        mask_array = np.array(numbers, dtype=bool).reshape(unit.weight.shape)
        unit.weight[np.logical_not(mask_array)] = 0.0
        record[".".join((key_name, "weight"))] = mask_array
    return slim, record
