"""Sparsify a trained network, one tensor at a time or jointly."""

import math
from fractions import Fraction

import numpy as np


def number_to_prune(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def weakest(vals, k):
    levels, level, amount = np.unique(vals, return_inverse=True, return_counts=True)
    upto = np.cumsum(amount)
    whole = np.searchsorted(upto, k, side="right")  # levels that go completely
    gone = level < whole
    missing = k - (int(upto[whole - 1]) if whole else 0)
    if missing:
        gone[np.flatnonzero(level == whole)[:missing]] = True
    return gone


def iter_prunable(top):
    leaves = top.named_modules()
    return [(name, leaf_layer) for name, leaf_layer in leaves if hasattr(leaf_layer, "weight") and not hasattr(leaf_layer, "running_mean")]


def guard(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


class MagnitudeJob:
    """One pruning job: the copied network, its prunable stack_of, the masks so far."""

    def __init__(self, model, sparsity):
        self.network = model.copy()
        self.sparsity = sparsity
        self.targets = dict(iter_prunable(self.network))
        self.masks = {}

    def magnitudes(self, key_name):
        return np.abs(self.targets[key_name].weight).reshape(-1)

    def apply(self, key_name, dropped):
        module = self.targets[key_name]
        staying = np.logical_not(dropped).reshape(module.weight.shape)
        if module.bias is None:
            module.bias = np.zeros_like(module.weight, shape=staying.shape[:1])
        np.place(module.weight, ~staying, [0])
        self.masks[".".join((key_name, "weight"))] = staying

    def layerwise(self):
        for key_name in self.targets:
            mags_of = self.magnitudes(key_name)
            self.apply(key_name, weakest(mags_of, number_to_prune(self.sparsity, mags_of.size)))

    def overall(self):
        mags_of = {key_name: self.magnitudes(key_name) for key_name in self.targets}
        long = np.concatenate(list(mags_of.values()))
        dropped = weakest(long, number_to_prune(self.sparsity, long.size))
        begin = 0
        for key_name, part in mags_of.items():
            self.apply(key_name, dropped[begin : begin + part.size])
            begin += part.size


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    job = MagnitudeJob(model, sparsity)
    step = job.layerwise if scope == "layer" else job.overall
    step()
    return job.network, job.masks
