"""Return a sparse copy of a network together with its masks."""

import bisect
import copy
import itertools
import math
from fractions import Fraction

import numpy as np


def ensure_valid(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def targets_of(root_net):
    leaves = root_net.named_modules()
    return [(where_it_is, leaf_layer) for where_it_is, leaf_layer in leaves if hasattr(leaf_layer, "weight") and not hasattr(leaf_layer, "running_mean")]


def number_to_prune(sparsity, ordered):
    exact = Fraction(repr(sparsity)) * ordered
    whole, rest = divmod(exact, 1)
    return int(whole) + (1 if rest > 0 else 0)


def mark(batch, grid, marks, sparsity):
    in_order = sorted(grid[i][j] for i, j in batch)
    k = number_to_prune(sparsity, len(batch))
    threshold = in_order[k]
    room = k - bisect.bisect_left(in_order, threshold)
    for i, j in batch:
        if grid[i][j] < threshold:
            marks[i][j] = False
        elif grid[i][j] == threshold and room > 0:
            marks[i][j] = False
            room -= 1


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    slim = copy.deepcopy(model)
    found_layers = list(targets_of(slim))
    grid = []
    for _, layer in found_layers:
        grid.append(list(map(abs, layer.weight.flatten().tolist())))
    marks = [[True for _ in row] for row in grid]
    if scope == "layer":
        crowds = [list(itertools.product([i], range(len(row)))) for i, row in enumerate(grid)]
    else:
        crowds = [[(i, j) for i in range(len(grid)) for j in range(len(grid[i]))]]
    for batch in crowds:
        mark(batch, grid, marks, sparsity)
    all_masks = {}
    for (where_it_is, layer), row in zip(found_layers, marks):
        stays_here = np.array(row, dtype=bool).reshape(layer.weight.shape)
        layer.weight[~stays_here] = 0
        all_masks[".".join((where_it_is, "weight"))] = stays_here
    return slim, all_masks
