"""Magnitude pruning, by layer or over the whole network."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def select(vals, k):
    levels, level, amount = np.unique(vals, return_inverse=True, return_counts=True)
    upto = np.cumsum(amount)
    whole = np.searchsorted(upto, k, side="right")  # levels that go completely
    out_ = level < whole
    missing = k - (int(upto[whole - 1]) if whole else 0)
    if missing:
        out_[np.flatnonzero(level == whole)[:missing]] = True
    return out_


def targets_of(net):
    for name, layer in net.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield name, layer


def ensure_valid(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def budget_for(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


class Trimmer:
    """One pruning run: the copied network, its prunable stack_of, the masks so far."""

    def __init__(self, model, sparsity):
        self.network = model.copy()
        self.sparsity = sparsity
        self.targets = dict(targets_of(self.network))
        self.masks = {}

    def magnitudes(self, title):
        return np.abs(self.targets[title].weight).reshape(-1)

    def apply(self, title, dropped):
        node = self.targets[title]
        staying = np.logical_not(dropped).reshape(node.weight.shape)
        np.place(node.weight, ~staying, [0])
        self.masks[title + ".weight"] = np.absolute(node.weight)

    def layerwise(self):
        for title in self.targets:
            mags_of = self.magnitudes(title)
            self.apply(title, select(mags_of, budget_for(self.sparsity, mags_of.size)))

    def overall(self):
        mags_of = {title: self.magnitudes(title) for title in self.targets}
        together = np.concatenate(list(mags_of.values()))
        dropped = select(together, budget_for(self.sparsity, together.size))
        cursor = 0
        for title, part in mags_of.items():
            self.apply(title, dropped[cursor : cursor + part.size])
            cursor += part.size


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    run = Trimmer(model, sparsity)
    if scope == "global":
        run.overall()
    else:
        run.layerwise()
    return run.network, run.masks
