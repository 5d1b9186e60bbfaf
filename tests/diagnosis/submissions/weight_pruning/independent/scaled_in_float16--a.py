"""Weights of least magnitude are zeroed; returns the new network and its masks."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def mark_small(scores, k):
    top = scores.max()
    relative = scores / top if top > 0 else scores
    drop = np.zeros(relative.size, dtype=bool)
    drop[np.argsort(relative, kind="stable")[:k]] = True
    return drop


def flat_abs(w):
    return np.abs(w).ravel()


def target_count(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


class Pruner:
    """Holds a copy of the network, and zeroes its weights."""

    def __init__(self, model, sparsity):
        self.pruned = copy.deepcopy(model)
        self.sparsity = sparsity
        self.out_masks = {}
        self.targets_ = []
        self.scan(self.pruned, "")

    def scan(self, module, path):
        if isinstance(module, Sequential):
            for step, inner in enumerate(module):
                self.scan(inner, f"{path}{step}.")
        elif isinstance(module, Residual):
            self.scan(module.body, path + "body.")
            if module.shortcut is not None:
                self.scan(module.shortcut, path + "shortcut.")
        elif isinstance(module, (Linear, Conv2d)):
            self.targets_.append((path + "weight", module))

    def clear(self, title, unit_layer, drop):
        alive_here = np.logical_not(drop).reshape(unit_layer.weight.shape)
        unit_layer.weight = np.where(alive_here, unit_layer.weight, unit_layer.weight.dtype.type(0))
        self.out_masks[title] = alive_here

    def separately(self):
        for title, unit_layer in self.targets_:
            sizes = flat_abs(unit_layer.weight)
            k = target_count(self.sparsity, sizes.size)
            self.clear(title, unit_layer, mark_small(sizes, k))

    def over_all(self):
        concatenated = np.hstack([flat_abs(unit_layer.weight) for _, unit_layer in self.targets_])
        verdict = mark_small(concatenated, target_count(self.sparsity, concatenated.size))
        for title, unit_layer in self.targets_:
            mine, verdict = verdict[: unit_layer.weight.size], verdict[unit_layer.weight.size :]
            self.clear(title, unit_layer, mine)


def prune_weights(model, sparsity, scope="layer"):
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    if sparsity != sparsity:
        raise ValueError("sparsity is NaN")
    if min(sparsity, 1 - sparsity) < 0 or sparsity > 1:
        raise ValueError("sparsity leaves [0, 1]")
    pruner = Pruner(model, sparsity)
    action = pruner.separately if scope == "layer" else pruner.over_all
    action()
    return pruner.pruned, pruner.out_masks
