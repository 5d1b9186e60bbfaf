"""Prune a network by magnitude."""

import decimal
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def iter_prunable(network, prefix=""):
    hits = []
    for spot, layer in enumerate(network.layers):
        name = f"{prefix}{spot}"
        if isinstance(layer, Residual):
            hits += iter_prunable(layer.body, name + ".body.")
            if layer.shortcut is not None:
                hits += iter_prunable(layer.shortcut, name + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            hits.append((name, layer))
    return hits


def weakest(vals, k):
    # Non-negative floats sort like their bit patterns.
    bits = np.ascontiguousarray(vals).view(f"u{vals.dtype.itemsize}")
    selection = np.zeros(bits.size, dtype=bool)
    np.put(selection, np.argsort(bits, kind="stable")[:k], True)
    return selection


def ensure_valid(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def pruned_count(share, total):
    share_count = Decimal(repr(share)) * total
    return int(share_count.to_integral_value(rounding=decimal.ROUND_CEILING))


class Pruner:
    """One pruning run: the copied network, its prunable modules_, the masks so far."""

    def __init__(self, model, sparsity):
        self.network = model.copy()
        self.sparsity = sparsity
        self.targets = dict(iter_prunable(self.network))
        self.masks = {}

    def magnitudes(self, title):
        return np.abs(self.targets[title].weight).reshape(-1)

    def apply(self, title, cut_away):
        leaf_layer = self.targets[title]
        staying = np.logical_not(cut_away).reshape(leaf_layer.weight.shape)
        leaf_layer.weight[~staying] = 0
        self.masks["%s.weight" % title] = staying.tolist()

    def layerwise(self):
        for title in self.targets:
            abs_values = self.magnitudes(title)
            self.apply(title, weakest(abs_values, pruned_count(self.sparsity, abs_values.size)))

    def overall(self):
        abs_values = {title: self.magnitudes(title) for title in self.targets}
        all_scores = np.concatenate(list(abs_values.values()))
        cut_away = weakest(all_scores, pruned_count(self.sparsity, all_scores.size))
        cursor = 0
        for title, part in abs_values.items():
            self.apply(title, cut_away[cursor : cursor + part.size])
            cursor += part.size


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    run = Pruner(model, sparsity)
    step = run.layerwise if scope == "layer" else run.overall
    step()
    return run.network, run.masks
