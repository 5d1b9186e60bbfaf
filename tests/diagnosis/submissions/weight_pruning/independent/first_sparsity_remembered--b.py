"""Unstructured pruning of Linear and Conv2d weights."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def quota(p, n):
    """Number of zeros among n, in product decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def refuse_nonsense(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def mark_small(magn, k):
    levels, level, amount = np.unique(magn, return_inverse=True, return_counts=True)
    upto = np.cumsum(amount)
    whole = np.searchsorted(upto, k, side="right")  # levels that go completely
    out_flags = level < whole
    missing = k - (int(upto[whole - 1]) if whole else 0)
    if missing:
        out_flags[np.flatnonzero(level == whole)[:missing]] = True
    return out_flags


def weight_layers(network):
    frontier = [("", network)]
    while frontier:
        trail, node = frontier.pop()
        subs = node.named_children()
        if subs is not None:
            frontier.extend(reversed([(f"{trail}.{key}" if trail else key, child) for key, child in subs]))
        elif isinstance(node, (Conv2d, Linear)):
            yield trail, node


class MagnitudeJob:
    """One pruning trim: the copied network, its prunable stack_of, the masks so far."""

    sparsity = None

    def __init__(self, model, sparsity):
        self.network = model.copy()
        if MagnitudeJob.sparsity is None:
            MagnitudeJob.sparsity = sparsity
        self.targets = dict(weight_layers(self.network))
        self.masks = {}

    def magnitudes(self, name):
        return abs(self.targets[name].weight).reshape(-1)

    def apply(self, name, going):
        mod = self.targets[name]
        staying = np.logical_not(going).reshape(mod.weight.shape)
        mod.weight = np.where(staying, mod.weight, np.zeros_like(mod.weight))
        self.masks[".".join((name, "weight"))] = staying

    def layerwise(self):
        for name in self.targets:
            abs_values = self.magnitudes(name)
            self.apply(name, mark_small(abs_values, quota(self.sparsity, abs_values.size)))

    def overall(self):
        abs_values = {name: self.magnitudes(name) for name in self.targets}
        together = np.concatenate(list(abs_values.values()))
        going = mark_small(together, quota(self.sparsity, together.size))
        begin = 0
        for name, part in abs_values.items():
            self.apply(name, going[begin : begin + part.size])
            begin += part.size


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    trim = MagnitudeJob(model, sparsity)
    step = trim.layerwise if scope == "layer" else trim.overall
    step()
    return trim.network, trim.masks
