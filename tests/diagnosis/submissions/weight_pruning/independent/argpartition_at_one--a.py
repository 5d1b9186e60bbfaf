"""Prune a network by magnitude."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def collect(network):
    for key_name, layer in network.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield key_name, layer


def _check(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def lowest(values, k):
    gone = np.zeros(values.size, dtype=bool)
    gone[np.argpartition(values, k)[:k]] = True
    return gone


def quota(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    slim = copy.deepcopy(model)
    found_layers = [*collect(slim)]
    partitions = [found_layers]
    if scope == "layer":
        partitions = [[item] for item in found_layers]
    book = {}
    for cohort in partitions:
        numels = [layer.weight.size for _, layer in cohort]
        sizes_of_all = np.concatenate([np.fabs(layer.weight).ravel() for _, layer in cohort])
        out_ = lowest(sizes_of_all, quota(sparsity, sizes_of_all.size))
        position = 0
        for (name, layer), length in zip(cohort, numels):
            chunk = out_[position : position + length]
            position += length
            kept_here = ~chunk.reshape(layer.weight.shape)
            layer.weight = np.where(kept_here, layer.weight, layer.weight.dtype.type(0))
            book[f"{name}.weight"] = kept_here
    return slim, book
