"""Structured pruning: a smaller dense network and one mask per prunable layer."""

import heapq
import itertools
from decimal import Decimal

import numpy as np

from judge.nn import Sequential


class BadArgument(ValueError):
    """An argument that cannot be worked with."""


def weakest_out(sizes, few):
    smallest = heapq.nsmallest(few, zip(sizes, range(len(sizes))))
    smallest = {u for _, u in smallest}
    return [u for u in range(len(sizes)) if u not in smallest]


def magnitudes(wts, norm):
    """Norm of each filter; for L2 the root is left out, it does not change the order."""
    vectors = np.array(wts, dtype=np.float64).reshape(wts.shape[0], -1)
    if norm == 2:
        return np.einsum("ij,ij->i", vectors, vectors)
    return np.einsum("ij->i", np.fabs(vectors))


def removal_count(ratio, full):
    """How many of full channels go, by the decimal digits of the ratio."""
    x = Decimal(repr(ratio)) * full
    few = int(x)
    return few if few < full else full - 1


def expand(chosen, n_features, width):
    span = n_features // width
    return list(itertools.chain.from_iterable(range(channel * span, (channel + 1) * span) for channel in chosen))


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise BadArgument("ratio")
    if norm == 1 or norm == 2:
        pass
    else:
        raise BadArgument("norm")
    smaller = Sequential(list(model.layers))
    seq = smaller.layers
    weighted = [at_layer for at_layer, op in enumerate(seq) if type(op).__name__ in ("Linear", "Conv2d")]

    selections, kept_masks = [], {}
    for at_layer in weighted:
        n_out = seq[at_layer].weight.shape[0]
        few = 0 if at_layer == weighted[-1] else removal_count(ratio, n_out)
        chosen = weakest_out(magnitudes(seq[at_layer].weight, norm), few)
        selections.append(chosen)
        lookup = set(chosen)
        kept_masks["%d.weight" % at_layer] = np.array([float(channel in lookup) for channel in range(n_out)])

    for stage in range(len(weighted) - 1):
        op, chosen = seq[weighted[stage]], selections[stage]
        n_out = op.weight.shape[0]
        op.weight = op.weight[chosen]
        if op.bias is not None:
            op.bias = op.bias[chosen]
        for j in range(weighted[stage] + 1, weighted[stage + 1]):
            between = seq[j]
            if hasattr(between, "running_var"):
                cols = expand(chosen, between.weight.shape[0], n_out)
                for name in "weight bias running_mean running_var".split():
                    setattr(between, name, getattr(between, name)[cols])
        following = seq[weighted[stage + 1]]
        following.weight = following.weight[:, expand(chosen, following.weight.shape[1], n_out)]
    return smaller, kept_masks
