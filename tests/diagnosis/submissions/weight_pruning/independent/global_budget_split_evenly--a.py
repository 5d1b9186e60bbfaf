"""Prune a network by magnitude."""

import math
from fractions import Fraction

import numpy as np


def collect(thing, path=()):
    children = thing.named_children()
    if children is None:
        weight = getattr(thing, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), thing
        return
    for key, child in children:
        yield from collect(child, (*path, key))


def budget_for(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def select(magn, k):
    # Non-negative floats sort like their bit patterns.
    bits = np.ascontiguousarray(magn).view(f"u{magn.dtype.itemsize}")
    decided = np.zeros(bits.size, dtype=bool)
    np.put(decided, np.argsort(bits, kind="stable")[:k], True)
    return decided


def refuse_nonsense(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


class Trimmer:
    """One pruning job: the copied network, its prunable stack_of, the masks so far."""

    def __init__(self, model, sparsity):
        self.network = model.copy()
        self.sparsity = sparsity
        self.targets = dict(collect(self.network))
        self.masks = {}

    def magnitudes(self, title):
        return np.fabs(self.targets[title].weight).reshape(-1)

    def apply(self, title, zeroed):
        mod = self.targets[title]
        kept = np.logical_not(zeroed).reshape(mod.weight.shape)
        np.place(mod.weight, ~kept, [0])
        self.masks[title + ".weight"] = kept

    def layerwise(self):
        for title in self.targets:
            abs_values = self.magnitudes(title)
            self.apply(title, select(abs_values, budget_for(self.sparsity, abs_values.size)))

    def overall(self):
        abs_values = {title: self.magnitudes(title) for title in self.targets}
        budget = budget_for(self.sparsity, sum(part.size for part in abs_values.values()))
        each, extra = divmod(budget, len(abs_values))
        for number, (title, part) in enumerate(abs_values.items()):
            k = each + 1 if number < extra else each
            self.apply(title, select(part, min(k, part.size)))


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    job = Trimmer(model, sparsity)
    step = job.layerwise if scope == "layer" else job.overall
    step()
    return job.network, job.masks
