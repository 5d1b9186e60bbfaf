"""Magnitude-based removal of neurons and feature maps."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def selection(s_, drop_n):
    by_norm = np.lexsort((np.arange(len(s_)), s_))
    stays_on = np.zeros(len(s_), dtype=bool)
    stays_on[by_norm[drop_n:]] = True
    return stays_on


def number_removed(ratio, channels_n):
    amount = math.ceil(Fraction(repr(ratio)) * channels_n)
    return min(amount, channels_n - 1)


def channel_norms(wts, norm):
    """Norm of each filter; for L2 the root is left out, it does not change the order."""
    rows2d = np.array(wts, dtype=np.float64).reshape(wts.shape[0], -1)
    if norm == 2:
        return np.einsum("ij,ij->i", rows2d, rows2d)
    return np.einsum("ij->i", np.fabs(rows2d))


class Pruner:
    """Walks over a network once and keeps in mind which channels are still there."""

    def __init__(self, model, ratio, norm):
        self.source = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.alive = None
        places = [pos for pos, op in enumerate(model) if type(op).__name__ in {"Linear", "Conv2d"}]
        self.last = places[-1]

    def stretch(self, n_features):
        return [bool(e) for e in self.alive for _ in range(n_features // len(self.alive))]

    def verdict(self, pos, matrix):
        drop_n = 0 if pos == self.last else number_removed(self.ratio, matrix.shape[0])
        return selection(channel_norms(matrix, self.norm), drop_n)

    def on_weights(self, pos, op):
        matrix = op.weight
        good = self.verdict(pos, matrix)
        if self.alive is not None:
            matrix = np.compress(self.stretch(matrix.shape[1]), matrix, axis=1)
        op.weight = matrix[good, ...].copy()
        if op.bias is not None:
            op.bias = np.compress(good, op.bias)
        self.masks["{}.weight".format(pos)] = good
        self.alive = good

    def on_batchnorm(self, pos, op):
        if self.alive is None:
            return
        sel = self.stretch(op.num_features)
        op.weight = np.compress(sel, op.weight)
        op.bias = np.compress(sel, op.bias)
        op.running_mean = np.compress(sel, op.running_mean)
        op.running_var = np.compress(sel, op.running_var)

    def on_nothing(self, pos, op):
        pass

    HANDLERS = {
        "Linear": on_weights,
        "Conv2d": on_weights,
        "BatchNorm1d": on_batchnorm,
        "BatchNorm2d": on_batchnorm,
    }

    def run(self):
        slim = self.source.copy()
        for pos, op in enumerate(slim):
            self.HANDLERS.get(type(op).__name__, Pruner.on_nothing)(self, pos, op)
        return self.masks, slim


def prune_structured(model, ratio, norm=1):
    fine = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not fine:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    return Pruner(model, ratio, norm).run()
