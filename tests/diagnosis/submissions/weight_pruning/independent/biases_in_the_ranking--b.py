"""Sparsify a trained network, one tensor at a time or jointly."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def exact_count(p, n):
    """Number of zeros among n, in precise decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def collect(net):
    for where_it_is, layer in net.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield where_it_is, layer


def refuse_nonsense(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def mark(rankable, grid, flags, sparsity):
    rankable.sort(key=lambda place: grid[place[0]][place[1]])
    k = exact_count(sparsity, len(rankable))
    for i, j in rankable[:k]:
        flags[i][j] = False


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    outcome = model.copy()
    entries_list = list(collect(outcome))
    grid = [np.fabs(mod.weight).ravel().tolist() for _, mod in entries_list]
    if scope == "global":
        for (_, mod), line_of in zip(entries_list, grid):
            if mod.bias is not None:
                line_of.extend(abs(b) for b in mod.bias.tolist())
    flags = []
    for line_of in grid:
        flags.append([True] * len(line_of))
    batches = []
    for i, line_of in enumerate(grid):
        places = [(i, j) for j in range(len(line_of))]
        if scope == "global" and batches:
            batches[0].extend(places)
        else:
            batches.append(places)
    for rankable in batches:
        mark(rankable, grid, flags, sparsity)
    mask_of = {}
    for (where_it_is, mod), line_of in zip(entries_list, flags):
        surviving = np.array(line_of[: mod.weight.size], dtype=bool).reshape(mod.weight.shape)
        mod.weight = np.where(surviving, mod.weight, np.zeros_like(mod.weight))
        mask_of["%s.weight" % where_it_is] = surviving
    return outcome, mask_of
