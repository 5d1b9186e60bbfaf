"""Magnitude-based removal of neurons and feature maps."""

from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def weakest_out(norms, removed_n):
    mark = np.full(len(norms), True)
    if removed_n:
        mark[np.argpartition(norms, removed_n - 1)[:removed_n]] = False
    return mark


def removal_count(ratio, channels_n):
    amount = int(Fraction(repr(ratio)) * channels_n)  # channels that stay
    return channels_n - max(1, amount)


def row_norms(tensor, norm):
    return np.linalg.norm(np.asarray(tensor, dtype=float).reshape(len(tensor), -1), ord=norm, axis=1)


class Pruner:
    """Walks over a network once and keeps in mind which channels are still there."""

    def __init__(self, model, ratio, norm):
        self.source = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.alive = None
        places = [p for p, op in enumerate(model) if isinstance(op, (Linear, Conv2d))]
        self.last = places[-1]

    def widened(self, size):
        return np.repeat(self.alive, size // len(self.alive))

    def verdict(self, p, kernel):
        if p == self.last:
            return np.full(len(kernel), True)
        return weakest_out(row_norms(kernel, self.norm), removal_count(self.ratio, len(kernel)))

    def on_weights(self, p, op):
        kernel = op.weight
        retained = self.verdict(p, kernel)
        if self.alive is not None:
            kernel = np.compress(self.widened(kernel.shape[1]), kernel, axis=1)
        op.weight = kernel[retained, ...].copy()
        if op.bias is not None:
            op.bias = np.compress(retained, op.bias)
        self.masks["{}.weight".format(p)] = retained
        self.alive = retained

    def on_batchnorm(self, p, op):
        if self.alive is None:
            return
        inner = self.widened(op.num_features)
        op.weight = np.compress(inner, op.weight)
        op.bias = np.compress(inner, op.bias)
        op.running_mean = np.compress(inner, op.running_mean)
        op.running_var = np.compress(inner, op.running_var)

    def on_nothing(self, p, op):
        pass

    HANDLERS = dict.fromkeys(("Linear", "Conv2d"), on_weights) | dict.fromkeys(("BatchNorm1d", "BatchNorm2d"), on_batchnorm)

    def run(self):
        slim = self.source.copy()
        for p, op in enumerate(slim):
            self.HANDLERS.get(type(op).__name__, Pruner.on_nothing)(self, p, op)
        return slim, self.masks


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    return Pruner(model, ratio, norm).run()
