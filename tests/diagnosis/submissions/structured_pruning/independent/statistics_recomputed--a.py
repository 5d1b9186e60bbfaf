"""Removes whole output channels from a network by the norm of their weights."""

import heapq
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


class Surgeon:
    """Walks over a network once and keeps in mind which channels are still there."""

    def __init__(self, model, ratio, norm):
        self.source = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.alive = None
        places = [i for i, module in enumerate(model) if isinstance(module, (Linear, Conv2d))]
        self.last = places[-1]

    def widened(self, n_features):
        return np.repeat(self.alive, n_features // len(self.alive))

    def keepers(self, i, arr):
        few = 0 if i == self.last else channels_to_drop(self.ratio, arr.shape[0])
        return selection(filter_norms(arr, self.norm), few)

    def on_weights(self, i, module):
        arr = module.weight
        stay = self.keepers(i, arr)
        if self.alive is not None:
            arr = np.compress(self.widened(arr.shape[1]), arr, axis=1)
        module.weight = arr[stay, ...].copy()
        if module.bias is not None:
            module.bias = module.bias[stay]
        self.masks["{}.weight".format(i)] = stay
        self.alive = stay

    def on_batchnorm(self, i, module):
        if self.alive is None:
            return
        sel = self.widened(module.num_features)
        module.weight = np.compress(sel, module.weight)
        module.bias = np.compress(sel, module.bias)
        module.running_mean = np.zeros_like(module.weight)
        module.running_var = np.ones_like(module.weight)

    def on_nothing(self, i, module):
        pass

    HANDLERS = {
        "Linear": on_weights,
        "Conv2d": on_weights,
        "BatchNorm1d": on_batchnorm,
        "BatchNorm2d": on_batchnorm,
    }

    def run(self):
        smaller = self.source.copy()
        for i, module in enumerate(smaller):
            self.HANDLERS.get(type(module).__name__, Surgeon.on_nothing)(self, i, module)
        return smaller, self.masks


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    return Surgeon(model, ratio, norm).run()


def filter_norms(array_in, norm):
    mat = array_in.astype(np.float64).reshape(array_in.shape[0], -1)
    if norm == 1:
        return np.abs(mat).sum(axis=1)
    return np.sqrt((mat * mat).sum(axis=1))


def channels_to_drop(ratio, n):
    num, den = Fraction(repr(ratio)).as_integer_ratio()
    few = num * n // den
    return min(n - 1, few)


def selection(norms, few):
    bad_ones = set(heapq.nsmallest(few, range(len(norms)), key=lambda ci: norms[ci]))
    return np.array([ci not in bad_ones for ci in range(len(norms))])
