"""Magnitude pruning, by layer or over the whole network."""

import itertools
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def ensure_valid(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def pruned_count(p, n):
    """Number of zeros among n, in share_count decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def targets_of(net):
    pending = [("", net)]
    while pending:
        route, current = pending.pop()
        kids = current.named_children()
        if kids is not None:
            pending.extend(reversed([(f"{route}.{key}" if route else key, child) for key, child in kids]))
        elif isinstance(current, (Conv2d, Linear)):
            yield route, current


BINS = 256


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    pruned = model.copy()
    found_layers = [*targets_of(pruned)]
    grid = [[abs(v) for v in unit.weight.flatten().tolist()] for _, unit in found_layers]
    kept_flags = []
    for entries_of in grid:
        kept_flags.append([True] * len(entries_of))
    if scope == "layer":
        lots = [list(itertools.product([i], range(len(entries_of)))) for i, entries_of in enumerate(grid)]
    else:
        lots = [[(i, j) for i in range(len(grid)) for j in range(len(grid[i]))]]
    def settle(batch):
        k = pruned_count(sparsity, len(batch))
        width = max(grid[i][j] for i, j in batch) / BINS or 1.0
        bins = [[] for _ in range(BINS)]
        for i, j in batch:
            bins[min(int(grid[i][j] / width), BINS - 1)].append((i, j))
        gone = 0
        for places in bins:
            if gone + len(places) > k:
                break
            gone += len(places)
            for i, j in places:
                kept_flags[i][j] = False

    for batch in lots:
        settle(batch)
    book = {}
    for (title, unit), entries_of in zip(found_layers, kept_flags):
        surviving = np.array(entries_of, dtype=bool).reshape(unit.weight.shape)
        unit.weight[np.logical_not(surviving)] = 0.0
        book["%s.weight" % title] = surviving
    return pruned, book
