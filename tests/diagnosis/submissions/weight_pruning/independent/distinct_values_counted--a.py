"""Sparsify a trained network, one tensor at a time or jointly."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def share_of(p, n):
    """Number of zeros among n, in share_count decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


class BadArgument(ValueError):
    """An argument that makes no sense."""


def ensure_valid(amount, kind):
    if math.isnan(amount):
        raise BadArgument("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise BadArgument("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise BadArgument("no such scope: " + str(kind))


def find_layers(network, prefix=""):
    found = []
    for spot, layer in enumerate(network.layers):
        label = f"{prefix}{spot}"
        if isinstance(layer, Residual):
            found += find_layers(layer.body, label + ".body.")
            if layer.shortcut is not None:
                found += find_layers(layer.shortcut, label + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            found.append((label, layer))
    return found


def pick_dropped(scores, sparsity):
    levels = np.unique(scores)
    k = share_of(sparsity, levels.size)
    return np.isin(scores, levels[:k])


class Pruner:
    """One pruning run: the copied network, its prunable modules_, the masks so far."""

    def __init__(self, model, sparsity):
        self.network = model.copy()
        self.sparsity = sparsity
        self.targets = dict(find_layers(self.network))
        self.masks = {}

    def magnitudes(self, name):
        return np.absolute(self.targets[name].weight).reshape(-1)

    def apply(self, name, dropped):
        node = self.targets[name]
        held = np.logical_not(dropped).reshape(node.weight.shape)
        np.place(node.weight, ~held, [0])
        self.masks[f"{name}.weight"] = held

    def layerwise(self):
        for name in self.targets:
            ranks_of = self.magnitudes(name)
            self.apply(name, pick_dropped(ranks_of, self.sparsity))

    def overall(self):
        ranks_of = {name: self.magnitudes(name) for name in self.targets}
        long = np.concatenate(list(ranks_of.values()))
        dropped = pick_dropped(long, self.sparsity)
        cursor = 0
        for name, part in ranks_of.items():
            self.apply(name, dropped[cursor : cursor + part.size])
            cursor += part.size


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    run = Pruner(model, sparsity)
    step = run.layerwise if scope == "layer" else run.overall
    step()
    return run.network, run.masks
