"""Sparsify a trained network, one tensor at a time or jointly."""

import decimal
import heapq
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def number_to_prune(share, total):
    exact = Decimal(repr(share)) * total
    return int(exact.to_integral_value(rounding=decimal.ROUND_CEILING))


def mark_small(v_abs, k):
    pairs = zip(v_abs.tolist(), range(v_abs.size))
    smallest = sorted(pairs)[:k] if 2 * k > v_abs.size else heapq.nsmallest(k, pairs)
    remain = np.zeros(v_abs.size, dtype=bool)
    remain[np.array([place for _, place in smallest], dtype=int)] = True
    return remain


def _check(sparsity, scope):
    if not sparsity >= 0:
        raise ValueError("sparsity must not be negative or NaN")
    if scope not in ("layer", "global"):
        raise ValueError(scope)


def weight_layers(network):
    frontier = [("", network)]
    while frontier:
        path, node = frontier.pop()
        kids = node.named_children()
        if kids is not None:
            frontier.extend(reversed([(f"{path}.{key}" if path else key, child) for key, child in kids]))
        elif isinstance(node, (Conv2d, Linear)):
            yield path, node


class Pruner:
    """One pruning work: the copied network, its prunable stack_of, the masks so far."""

    def __init__(self, model, sparsity):
        self.network = model.copy()
        self.sparsity = sparsity
        self.targets = dict(weight_layers(self.network))
        self.masks = {}

    def magnitudes(self, key_name):
        return np.fabs(self.targets[key_name].weight).reshape(-1)

    def apply(self, key_name, going):
        mod = self.targets[key_name]
        staying = np.logical_not(going).reshape(mod.weight.shape)
        mod.weight[~staying] = 0
        self.masks[".".join((key_name, "weight"))] = staying

    def layerwise(self):
        for key_name in self.targets:
            abs_values = self.magnitudes(key_name)
            self.apply(key_name, mark_small(abs_values, number_to_prune(self.sparsity, abs_values.size)))

    def overall(self):
        abs_values = {key_name: self.magnitudes(key_name) for key_name in self.targets}
        joined = np.concatenate(list(abs_values.values()))
        going = mark_small(joined, number_to_prune(self.sparsity, joined.size))
        cursor = 0
        for key_name, part in abs_values.items():
            self.apply(key_name, going[cursor : cursor + part.size])
            cursor += part.size


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    sparsity = min(sparsity, 1.0)
    work = Pruner(model, sparsity)
    if scope == "global":
        work.overall()
    else:
        work.layerwise()
    return work.network, work.masks
