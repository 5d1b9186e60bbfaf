"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import math

import numpy as np

from judge.nn import Conv2d, Linear


def measure(tensor, norm):
    vectors = tensor.astype(np.float64).reshape(tensor.shape[0], -1)
    if norm == 1:
        return np.abs(vectors).sum(axis=1)
    return np.sqrt((vectors * vectors).sum(axis=1))


def how_many(ratio, full):
    # nine decimals wash out the binary rounding error of the product
    return min(math.floor(round(ratio * full, 9)), full - 1)


def survivors(s_, drop_n):
    return np.isin(np.arange(len(s_)), np.argsort(s_)[drop_n:])


class Slimmer:
    """Walks over a network once and keeps in mind which channels are still there."""

    def __init__(self, model, ratio, norm):
        self.source = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.alive = None
        places = [pos for pos, op in enumerate(model) if type(op) in (Linear, Conv2d)]
        self.last = places[-1]

    def stretch(self, extent):
        step = extent // len(self.alive)
        return np.outer(self.alive, np.ones(step, dtype=bool)).ravel()

    def flags_for(self, pos, kernel):
        drop_n = 0 if pos == self.last else how_many(self.ratio, kernel.shape[0])
        return survivors(measure(kernel, self.norm), drop_n)

    def on_weights(self, pos, op):
        kernel = op.weight
        keep = self.flags_for(pos, kernel)
        if self.alive is not None:
            kernel = np.compress(self.stretch(kernel.shape[1]), kernel, axis=1)
        op.weight = kernel[keep]
        if op.bias is not None:
            op.bias = op.bias[keep]
        self.masks["{}.weight".format(pos)] = keep
        if op.bias is not None:
            self.masks["{}.bias".format(pos)] = keep
        self.alive = keep

    def on_batchnorm(self, pos, op):
        if self.alive is None:
            return
        take_these = self.stretch(op.num_features)
        op.weight = np.compress(take_these, op.weight)
        op.bias = np.compress(take_these, op.bias)
        op.running_mean = np.compress(take_these, op.running_mean)
        op.running_var = np.compress(take_these, op.running_var)

    def on_nothing(self, pos, op):
        pass

    HANDLERS = dict.fromkeys(("Linear", "Conv2d"), on_weights) | dict.fromkeys(("BatchNorm1d", "BatchNorm2d"), on_batchnorm)

    def run(self):
        slim = self.source.copy()
        for pos, op in enumerate(slim):
            self.HANDLERS.get(type(op).__name__, Slimmer.on_nothing)(self, pos, op)
        return slim, self.masks


def prune_structured(model, ratio, norm=1):
    fine = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not fine:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    return Slimmer(model, ratio, norm).run()
