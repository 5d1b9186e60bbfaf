"""Filter pruning by magnitude, layer by layer."""

import copy
import math

import numpy as np

import judge.nn as nn


class InvalidInput(ValueError):
    """An argument that cannot be worked with."""


def number_removed(ratio, n):
    # nine decimals wash out the binary rounding error of the product
    return min(math.floor(round(ratio * n, 9)), n - 1)


def weakest_out(s_, drop_n):
    true_where = np.full(len(s_), True)
    if drop_n:
        true_where[np.argpartition(s_, drop_n - 1)[:drop_n]] = False
    return true_where


def filter_norms(wts, norm):
    norm_fn = (lambda one_filter: np.sum(np.abs(one_filter))) if norm == 1 else (lambda one_filter: np.sqrt(np.sum(one_filter**2)))
    return [float(norm_fn(one_filter)) for one_filter in wts.astype(np.double)]


def segments(chain):
    """Split into [position of weights, positions of what follows up to the next weights]."""
    sects = []
    for place, layer in enumerate(chain):
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            sects.append((place, []))
        elif sects:
            sects[-1][1].append(place)
    return sects


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise InvalidInput("ratio")
    if norm == 1 or norm == 2:
        pass
    else:
        raise InvalidInput("norm")
    chain = model.layers
    sects = segments(chain)
    edits = {}
    out_masks = {}
    for (place, rest_of), nxt in zip(sects, [*(part[0] for part in sects[1:]), None]):
        matrix, b = chain[place].weight, chain[place].bias
        height = len(matrix)
        if nxt is None:
            continue
        good = weakest_out(filter_norms(matrix, norm), number_removed(ratio, height))
        out_masks[str(place) + ".weight"] = good.astype(float)
        if (place, "weight") not in edits:
            edits[place, "weight"] = matrix
        edits[place, "weight"] = np.compress(good, edits[place, "weight"], axis=0)
        if b is not None:
            edits[place, "bias"] = b[good]
        for q in rest_of:
            layer = chain[q]
            if isinstance(layer, nn.BatchNorm1d) or isinstance(layer, nn.BatchNorm2d):
                features = np.repeat(good, len(layer.weight) // height)
                edits.update(((q, attr), e[features]) for attr, e in vars(layer).items() if attr != "eps")
        target = chain[nxt].weight
        edits[nxt, "weight"] = target[:, good[np.arange(target.shape[1]) // (target.shape[1] // height)]]

    smaller = nn.Sequential(copy.copy(layer) for layer in chain)
    for q, attr in edits:
        vars(smaller[q])[attr] = edits[q, attr]
    return smaller, out_masks
