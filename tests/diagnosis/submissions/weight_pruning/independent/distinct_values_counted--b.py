"""Magnitude pruning, by layer or over the whole network."""

import copy
import itertools
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def find_layers(net):
    for title, layer in net.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield title, layer


def ensure_valid(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def budget_for(p, n):
    """Number of zeros among n, in product decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    answer = copy.deepcopy(model)
    found_layers = list(find_layers(answer))
    grid = [[abs(v) for v in layer.weight.reshape(-1).tolist()] for _, layer in found_layers]
    remain = [[True] * len(entries_of) for entries_of in grid]
    if scope == "layer":
        batches = [list(itertools.product([i], range(len(entries_of)))) for i, entries_of in enumerate(grid)]
    else:
        batches = [[(i, j) for i in range(len(grid)) for j in range(len(grid[i]))]]
    def settle(batch):
        v_abs = sorted({grid[i][j] for i, j in batch})
        k = budget_for(sparsity, len(v_abs))
        small = set(v_abs[:k])
        for i, j in batch:
            if grid[i][j] in small:
                remain[i][j] = False

    for batch in batches:
        settle(batch)
    book = {}
    for (name, layer), entries_of in zip(found_layers, remain):
        retained = np.array(entries_of, dtype=bool).reshape(layer.weight.shape)
        layer.weight[np.logical_not(retained)] = 0.0
        book[f"{name}.weight"] = retained
    return answer, book
