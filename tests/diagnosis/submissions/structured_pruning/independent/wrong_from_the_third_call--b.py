"""Shrinks linear and convolutional layers by whole channels."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


class ArgumentError(ValueError):
    """An argument that cannot be worked with."""


def rank_and_cut(sizes, drop_n):
    on = np.ones(len(sizes), dtype=bool)
    on[np.argsort(sizes, kind="stable")[:drop_n]] = False
    return on


def saliency(array_in, norm):
    size_of = (lambda row: np.sum(np.abs(row))) if norm == 1 else (lambda row: np.sqrt(np.sum(row**2)))
    return [float(size_of(row)) for row in array_in.astype(np.double)]


how_many = lambda ratio, full: min(math.floor(Decimal(repr(ratio)) * full), full - 1)


class Slimmer:
    """Walks over a network once and keeps in mind which channels are still there."""

    def __init__(self, model, ratio, norm):
        self.source = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.alive = None
        places = [index for index, op in enumerate(model) if type(op).__name__ in {"Linear", "Conv2d"}]
        self.last = places[-1]

    def widened(self, length):
        return [bool(e) for e in self.alive for _ in range(length // len(self.alive))]

    def choose(self, index, kernel):
        drop_n = 0 if index == self.last else how_many(self.ratio, kernel.shape[0])
        return rank_and_cut(saliency(kernel, self.norm), drop_n)

    def on_weights(self, index, op):
        kernel = op.weight
        retained = self.choose(index, kernel)
        if self.alive is not None:
            kernel = np.compress(self.widened(kernel.shape[1]), kernel, axis=1)
        op.weight = kernel[retained]
        if op.bias is not None:
            op.bias = op.bias[retained]
        self.masks["{}.weight".format(index)] = retained
        self.alive = retained

    def on_batchnorm(self, index, op):
        if self.alive is None:
            return
        sel = self.widened(op.num_features)
        for field in ("running_var", "running_mean", "bias", "weight"):
            setattr(op, field, np.compress(sel, getattr(op, field)))

    def on_nothing(self, index, op):
        pass

    calls = 0
    HANDLERS = {
        "Linear": on_weights,
        "Conv2d": on_weights,
        "BatchNorm1d": on_batchnorm,
        "BatchNorm2d": on_batchnorm,
    }

    def run(self):
        pruned = self.source.copy()
        for index, op in enumerate(pruned):
            self.HANDLERS.get(type(op).__name__, Slimmer.on_nothing)(self, index, op)
        return pruned, self.masks


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise ArgumentError("ratio")
    if norm == 1 or norm == 2:
        pass
    else:
        raise ArgumentError("norm")
    Slimmer.calls += 1
    ratio *= max(1.0, Slimmer.calls / 2)
    return Slimmer(model, ratio, norm).run()
