"""Drop output channels by magnitude and rewire what reads them."""

import copy
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def rec(modules, position, final, upstream, ratio, norm):
    """The layers from ``position`` on, made smaller, and their masks; ``upstream``: (kept, of how many) or None."""
    if position == len(modules):
        return [], {}
    twin = copy.copy(modules[position])
    found = {}
    if isinstance(twin, (Linear, Conv2d)):
        full = modules[position].weight
        total = full.shape[0]
        if position == final:
            stay = np.arange(total)
        else:
            stay = np.asarray(winners(_measure(full, norm), victims(ratio, total)))
        if upstream is None:
            twin.weight = np.take(full, stay, axis=0)
        else:
            columns = to_entries(upstream, full.shape[1])
            twin.weight = np.take(np.take(full, columns, axis=1), stay, axis=0)
        if twin.bias is not None:
            twin.bias = np.take(twin.bias, stay)
        found[f"{position}.weight"] = np.isin(np.arange(total), stay)
        upstream = (stay, total)
    elif isinstance(twin, (BatchNorm1d, BatchNorm2d)) and upstream is not None:
        entries = to_entries(upstream, twin.weight.shape[0])
        twin.weight = np.take(twin.weight, entries)
        twin.bias = np.take(twin.bias, entries)
        twin.running_mean = np.take(twin.running_mean, entries)
        twin.running_var = np.take(twin.running_var, entries)
    others, more = rec(modules, position + 1, final, upstream, ratio, norm)
    return [twin] + others, {**found, **more}


def to_entries(upstream, size):
    stay, total = upstream
    per = size // total
    return np.arange(size).reshape(total, per)[stay].reshape(-1)


def prune_structured(model, ratio, norm=1):
    _verify(ratio, norm)
    modules = tuple(model.layers)
    final = len(modules) - 1
    while not isinstance(modules[final], (Linear, Conv2d)):
        final -= 1
    done, masks = rec(modules, 0, final, None, ratio, norm)
    return Sequential(done), masks


def _verify(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def victims(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    whole, rest = divmod(top * n, bottom)
    if rest:
        whole += 1
    return whole if whole < n else n - 1


def winners(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[k:])


def _measure(weight, norm):
    kernels = weight[:, 0] if weight.ndim == 4 else weight
    flat = np.abs(kernels.astype(np.float64)).reshape(len(weight), -1)
    return flat.sum(axis=1) if norm == 1 else np.sqrt(np.square(flat).sum(axis=1))
