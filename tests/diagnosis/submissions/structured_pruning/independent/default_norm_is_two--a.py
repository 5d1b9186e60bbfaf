"""Prune whole filters, keep the rest as it is."""

import copy
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def kept_indices(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[k:])


def guard(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def number_to_cut(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def row_norms(weight, norm):
    wide = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return np.abs(wide).sum(axis=-1) if norm == 1 else np.sqrt(np.einsum("ij,ij->i", wide, wide))


def tail_of(chain, position, last, inflow, ratio, norm):
    """The layers from ``position`` on, made smaller, and their masks; ``inflow``: (kept, of how many) or None."""
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
            stay = np.asarray(kept_indices(row_norms(full, norm), number_to_cut(ratio, full_size)))
        if inflow is None:
            twin.weight = np.take(full, stay, axis=0)
        else:
            columns = unroll(inflow, full.shape[1])
            twin.weight = np.take(np.take(full, columns, axis=1), stay, axis=0)
        if twin.bias is not None:
            twin.bias = np.take(twin.bias, stay)
        found[f"{position}.weight"] = np.isin(np.arange(full_size), stay)
        inflow = (stay, full_size)
    elif isinstance(twin, (BatchNorm1d, BatchNorm2d)) and inflow is not None:
        entries = unroll(inflow, twin.weight.shape[0])
        twin.weight = np.take(twin.weight, entries)
        twin.bias = np.take(twin.bias, entries)
        twin.running_mean = np.take(twin.running_mean, entries)
        twin.running_var = np.take(twin.running_var, entries)
    others, more = tail_of(chain, position + 1, last, inflow, ratio, norm)
    return [twin] + others, {**found, **more}


def unroll(inflow, size):
    stay, full_size = inflow
    per = size // full_size
    return np.arange(size).reshape(full_size, per)[stay].reshape(-1)


def prune_structured(model, ratio, norm=2):
    guard(ratio, norm)
    chain = tuple(model.layers)
    last = len(chain) - 1
    while not isinstance(chain[last], (Linear, Conv2d)):
        last -= 1
    done, masks = tail_of(chain, 0, last, None, ratio, norm)
    return Sequential(done), masks
