"""Drop output channels by magnitude and rewire what reads them."""

import copy
import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def how_many(ratio, n):
    staying = n - math.floor(Fraction(repr(ratio)) * n)
    return n - max(staying, 1)


def row_norms(weight, norm):
    result = []
    for row in weight:
        values = row.ravel().tolist()
        if norm == 1:
            result.append(math.fsum(abs(v) for v in values))
        else:
            result.append(math.sqrt(math.fsum(v * v for v in values)))
    return result


def kept_indices(scores, k):
    ranks = np.argsort(np.argsort(scores))
    return np.flatnonzero(ranks >= k)


def descend(chain, position, last, upstream, ratio, norm):
    """The layers from ``position`` on, made smaller, and their masks; ``upstream``: (kept, of how many) or None."""
    if position == len(chain):
        return [], {}
    twin = copy.copy(chain[position])
    found = {}
    if isinstance(twin, (Linear, Conv2d)):
        full = chain[position].weight
        full_size = full.shape[0]
        if position == last:
            stay = np.arange(full_size)
        else:
            stay = np.asarray(kept_indices(row_norms(full, norm), how_many(ratio, full_size)))
        if upstream is None:
            twin.weight = np.take(full, stay, axis=0)
        else:
            known, width = upstream
            columns = known
            if full.shape[1] != width:
                columns = np.arange(len(known) * (full.shape[1] // width))
            twin.weight = np.take(np.take(full, columns, axis=1), stay, axis=0)
        if twin.bias is not None:
            twin.bias = np.take(twin.bias, stay)
        found[f"{position}.weight"] = np.isin(np.arange(full_size), stay)
        upstream = (stay, full_size)
    elif isinstance(twin, (BatchNorm1d, BatchNorm2d)) and upstream is not None:
        entries = stretch(upstream, twin.weight.shape[0])
        twin.weight = np.take(twin.weight, entries)
        twin.bias = np.take(twin.bias, entries)
        twin.running_mean = np.take(twin.running_mean, entries)
        twin.running_var = np.take(twin.running_var, entries)
    others, more = descend(chain, position + 1, last, upstream, ratio, norm)
    return [twin] + others, {**found, **more}


def stretch(upstream, size):
    stay, full_size = upstream
    per = size // full_size
    return np.arange(size).reshape(full_size, per)[stay].reshape(-1)


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    chain = tuple(model.layers)
    last = len(chain) - 1
    while not isinstance(chain[last], (Linear, Conv2d)):
        last -= 1
    done, masks = descend(chain, 0, last, None, ratio, norm)
    return Sequential(done), masks
