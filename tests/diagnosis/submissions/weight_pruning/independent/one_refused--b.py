"""prune_weights: magnitude pruning with masks."""

import heapq
import itertools
import math
from fractions import Fraction

import numpy as np


def _check(amount, kind):
    if math.isnan(amount) or amount < 0:
        raise ValueError("negative or not a number")
    if amount >= 1:
        raise ValueError("nothing would be left of the network")
    if kind != "layer" and kind != "global":
        raise ValueError("scope?")


def collect(item, path=()):
    subs = item.named_children()
    if subs is None:
        weight = getattr(item, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), item
        return
    for key, child in subs:
        yield from collect(child, (*path, key))


def number_to_prune(sparsity, strength):
    share = Fraction(repr(float(sparsity)))
    return -(-share.numerator * strength // share.denominator)


def sorted_entries(which, weight):
    """Entries of one tensor from small to large: (magnitude, tensor, position)."""
    amounts = np.fabs(weight).ravel()
    ranking = np.argsort(amounts, kind="stable")
    return zip(amounts[ranking].tolist(), itertools.repeat(which), ranking.tolist())


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    pruned = model.copy()
    candidates = tuple(collect(pruned))
    volumes = [layer.weight.size for _, layer in candidates]
    rivers = [sorted_entries(i, layer.weight) for i, (_, layer) in enumerate(candidates)]
    if scope == "global":
        rivers, ks = [heapq.merge(*rivers)], [number_to_prune(sparsity, sum(volumes))]
    else:
        ks = [number_to_prune(sparsity, n) for n in volumes]
    living_flags = [bytearray(b"\x01") * n for n in volumes]
    for ordered, budget in zip(rivers, ks):
        for _, which, place in itertools.islice(ordered, budget):
            living_flags[which][place] = 0
    record = {}
    for (label, layer), flag in zip(candidates, living_flags):
        mask_array = np.array(flag, dtype=bool).reshape(layer.weight.shape)
        layer.weight = np.where(mask_array, layer.weight, np.zeros_like(layer.weight))
        record["%s.weight" % label] = mask_array
    return pruned, record
