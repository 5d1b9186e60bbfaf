"""Removes whole output channels from a network by the norm of their weights."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


class Pruner:
    """Walks over a network once and keeps in mind which channels are still there."""

    def __init__(self, model, ratio, norm):
        self.source = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.alive = None
        places = [index for index, block in enumerate(model) if isinstance(block, (Linear, Conv2d))]
        self.last = places[-1]

    def stretch(self, length):
        return np.repeat(self.alive, length // len(self.alive))

    def choose(self, index, kernel):
        few = 0 if index == self.last else number_removed(self.ratio, kernel.shape[0])
        return decide(importance(kernel, self.norm), few)

    def on_weights(self, index, block):
        kernel = block.weight
        good = self.choose(index, kernel)
        if self.alive is not None:
            kernel = np.compress(self.stretch(kernel.shape[1]), kernel, axis=1)
        block.weight = np.compress(good, kernel, axis=0)
        if block.bias is not None:
            block.bias = np.compress(good, block.bias)
        self.masks["{}.weight".format(index)] = good
        self.alive = good

    def on_batchnorm(self, index, block):
        if self.alive is None:
            return
        take_these = self.stretch(block.num_features)
        for key in ("running_var", "running_mean", "bias", "weight"):
            setattr(block, key, np.compress(take_these, getattr(block, key)))

    def on_nothing(self, index, block):
        pass

    HANDLERS = {
        "Linear": on_weights,
        "Conv2d": on_weights,
        "BatchNorm1d": on_batchnorm,
        "BatchNorm2d": on_batchnorm,
    }

    def run(self):
        slim = self.source.copy()
        for index, block in enumerate(slim):
            self.HANDLERS.get(type(block).__name__, Pruner.on_nothing)(self, index, block)
        return slim, self.masks


def prune_structured(model, ratio, norm=1):
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        raise ValueError("ratio must be in [0, 1)")
    return Pruner(model, ratio, norm).run()


def decide(norms, few):
    mark = np.full(len(norms), True)
    if few:
        mark[np.argpartition(norms, few - 1)[:few]] = False
    return mark


def importance(tensor, norm):
    flat2d = tensor.astype(np.float64).reshape(tensor.shape[0], -1)
    if norm == 1:
        return np.abs(flat2d).sum(axis=1)
    return np.sqrt((flat2d * flat2d).sum(axis=1))


number_removed = lambda ratio, how_wide: min(math.floor(Decimal(repr(ratio)) * how_wide), how_wide - 1)
