"""Channel pruning for plain NumPy networks."""

import copy
import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def guard(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def _k_for(ratio, n):
    staying = n - math.floor(Fraction(repr(ratio)) * n)
    return n - max(staying, 1)


def survivors(scores, k):
    ranks = np.argsort(np.argsort(scores))
    return np.flatnonzero(ranks >= k)


def magnitudes(weight, norm):
    axes = tuple(range(1, weight.ndim))
    precise = weight.astype("f8")
    if norm == 2:
        return np.sqrt(np.square(precise).sum(axis=axes))
    return np.absolute(precise).sum(axis=axes)


def descend(modules, position, last, upstream, ratio, norm):
    """The layers from ``position`` on, made smaller, and their masks; ``upstream``: (kept, of how many) or None."""
    if position == len(modules):
        return [], {}
    twin = copy.copy(modules[position])
    found = {}
    if isinstance(twin, (Linear, Conv2d)):
        full = modules[position].weight
        count = full.shape[0]
        if position == last:
            good = np.arange(count)
        else:
            good = np.asarray(survivors(magnitudes(full, norm), _k_for(ratio, count)))
        if upstream is None:
            twin.weight = np.take(full, good, axis=0)
        else:
            columns = unroll(upstream, full.shape[1])
            twin.weight = np.take(np.take(full, columns, axis=1), good, axis=0)
        found[f"{position}.weight"] = np.isin(np.arange(count), good)
        upstream = (good, count)
    elif isinstance(twin, (BatchNorm1d, BatchNorm2d)) and upstream is not None:
        entries = unroll(upstream, twin.weight.shape[0])
        twin.weight = np.take(twin.weight, entries)
        twin.bias = np.take(twin.bias, entries)
        twin.running_mean = np.take(twin.running_mean, entries)
        twin.running_var = np.take(twin.running_var, entries)
    others, more = descend(modules, position + 1, last, upstream, ratio, norm)
    return [twin] + others, {**found, **more}


def unroll(upstream, size):
    good, count = upstream
    per = size // count
    return np.arange(size).reshape(count, per)[good].reshape(-1)


def prune_structured(model, ratio, norm=1):
    guard(ratio, norm)
    modules = tuple(model.layers)
    last = len(modules) - 1
    while not isinstance(modules[last], (Linear, Conv2d)):
        last -= 1
    done, masks = descend(modules, 0, last, None, ratio, norm)
    return Sequential(done), masks
