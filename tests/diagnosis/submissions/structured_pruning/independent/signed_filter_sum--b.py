"""Structured pruning: a smaller dense network and one mask per prunable layer."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def validate(condition, complaint):
    if not condition:
        raise ValueError(complaint)


def choose_channels(scores, few):
    """True where a channel is among the strongest."""
    level = np.empty(len(scores), dtype=int)
    level[np.argsort(scores, kind="stable")] = np.arange(len(scores))
    return level >= few


def removal_count(ratio, channels_n):
    """How many of channels_n channels go, by the decimal digits of the ratio."""
    x = Decimal(repr(ratio)) * channels_n
    few = int(x)
    return few if few < channels_n else channels_n - 1


def measure(filters, norm):
    res = []
    for line_of in filters:
        entries = line_of.ravel().tolist()
        if norm == 2:
            res.append(math.sqrt(sum(v * v for v in entries)))
        else:
            res.append(abs(math.fsum(entries)))
    return res


class Slimmer:
    """Walks over a network once and keeps in mind which channels are still there."""

    def __init__(self, model, ratio, norm):
        self.source = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.alive = None
        places = [i for i, block in enumerate(model) if type(block).__name__ in {"Linear", "Conv2d"}]
        self.last = places[-1]

    def stretch(self, length):
        return [bool(v) for v in self.alive for _ in range(length // len(self.alive))]

    def flags_for(self, i, w):
        if i == self.last:
            return np.full(len(w), True)
        return choose_channels(measure(w, self.norm), removal_count(self.ratio, len(w)))

    def on_weights(self, i, block):
        w = block.weight
        stay = self.flags_for(i, w)
        if self.alive is not None:
            w = np.compress(self.stretch(w.shape[1]), w, axis=1)
        block.weight = np.compress(stay, w, axis=0)
        if block.bias is not None:
            block.bias = block.bias[stay]
        self.masks["{}.weight".format(i)] = stay
        self.alive = stay

    def on_batchnorm(self, i, block):
        if self.alive is None:
            return
        sel = self.stretch(block.num_features)
        block.weight = np.compress(sel, block.weight)
        block.bias = np.compress(sel, block.bias)
        block.running_mean = np.compress(sel, block.running_mean)
        block.running_var = np.compress(sel, block.running_var)

    def on_nothing(self, i, block):
        pass

    HANDLERS = dict.fromkeys(("Linear", "Conv2d"), on_weights) | dict.fromkeys(("BatchNorm1d", "BatchNorm2d"), on_batchnorm)

    def run(self):
        slim = self.source.copy()
        for i, block in enumerate(slim):
            self.HANDLERS.get(type(block).__name__, Slimmer.on_nothing)(self, i, block)
        return slim, self.masks


def prune_structured(model, ratio, norm=1):
    validate(norm in [1, 2], "only the norms 1 and 2 are known")
    validate(0.0 <= ratio < 1.0, "ratio must be at least 0 and below 1")
    return Slimmer(model, ratio, norm).run()
