"""Drops a share of each hidden layer, smallest norm first."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


class ChannelPruner:
    """Walks over a network once and keeps in mind which channels are still there."""

    def __init__(self, model, ratio, norm):
        self.source = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.alive = None
        places = [index for index, m in enumerate(model) if isinstance(m, Linear | Conv2d)]
        self.last = places[-1]

    def stretch(self, n_features):
        return [bool(e) for e in self.alive for _ in range(n_features // len(self.alive))]

    def verdict(self, index, arr):
        cut_n = 0 if index == self.last else number_removed(self.ratio, arr.shape[0])
        return select(filter_norms(arr, self.norm), cut_n)

    def on_weights(self, index, m):
        arr = m.weight
        good = self.verdict(index, arr)
        if self.alive is not None:
            arr = np.compress(self.stretch(arr.shape[1]), arr, axis=1)
        m.weight = arr[good, ...].copy()
        if m.bias is not None:
            m.bias = np.compress(good, m.bias)
        self.masks["{}.weight".format(index)] = good
        self.alive = good

    def on_batchnorm(self, index, m):
        if self.alive is None:
            return
        take_these = self.stretch(m.num_features)
        m.weight = np.compress(take_these, m.weight)
        m.bias = np.compress(take_these, m.bias)

    def on_nothing(self, index, m):
        pass

    HANDLERS = dict.fromkeys(("Linear", "Conv2d"), on_weights) | dict.fromkeys(("BatchNorm1d", "BatchNorm2d"), on_batchnorm)

    def run(self):
        clone = self.source.copy()
        for index, m in enumerate(clone):
            self.HANDLERS.get(type(m).__name__, ChannelPruner.on_nothing)(self, index, m)
        return clone, self.masks


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    return ChannelPruner(model, ratio, norm).run()


def select(s_, cut_n):
    pairs = sorted((e, u) for u, e in enumerate(s_))
    on = [True] * len(pairs)
    for _, u in pairs[:cut_n]:
        on[u] = False
    return np.array(on)


def filter_norms(wts, norm):
    return np.linalg.norm(np.asarray(wts, dtype=float).reshape(len(wts), -1), ord=norm, axis=1)


def number_removed(ratio, channels_n):
    amount = round(Decimal(repr(ratio)) * channels_n)
    if amount >= channels_n:
        amount = channels_n - 1
    return amount
