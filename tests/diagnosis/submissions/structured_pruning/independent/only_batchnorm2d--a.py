"""Takes the channels of smallest L1 or L2 norm out of every layer but the output."""

import math
from decimal import Decimal, ROUND_CEILING

import numpy as np

from judge.nn import Conv2d, Linear


def weakest_out(s_, drop_n):
    true_where = np.ones(len(s_), dtype=bool)
    true_where[np.argsort(s_, kind="stable")[:drop_n]] = False
    return true_where


def number_removed(ratio, channels_n):
    exact = (Decimal(repr(ratio)) * channels_n).to_integral_value(rounding=ROUND_CEILING)
    return int(min(exact, channels_n - 1))


def importance(tensor, norm):
    entries = np.abs(np.ascontiguousarray(tensor, dtype=np.float64)).ravel()
    starts = np.arange(0, entries.size, entries.size // len(tensor))
    return np.add.reduceat(entries if norm == 1 else np.square(entries), starts)


class Slimmer:
    """Walks over a network once and keeps in mind which channels are still there."""

    def __init__(self, model, ratio, norm):
        self.source = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.alive = None
        places = [n_layer for n_layer, layer in enumerate(model) if isinstance(layer, Linear | Conv2d)]
        self.last = places[-1]

    def by_feature(self, extent):
        return [bool(e) for e in self.alive for _ in range(extent // len(self.alive))]

    def verdict(self, n_layer, w):
        drop_n = 0 if n_layer == self.last else number_removed(self.ratio, w.shape[0])
        return weakest_out(importance(w, self.norm), drop_n)

    def on_weights(self, n_layer, layer):
        w = layer.weight
        retained = self.verdict(n_layer, w)
        if self.alive is not None:
            w = np.compress(self.by_feature(w.shape[1]), w, axis=1)
        layer.weight = w[retained]
        if layer.bias is not None:
            layer.bias = layer.bias[retained]
        self.masks["{}.weight".format(n_layer)] = retained
        self.alive = retained

    def on_batchnorm(self, n_layer, layer):
        if self.alive is None:
            return
        inner = self.by_feature(layer.num_features)
        for key in ("running_var", "running_mean", "bias", "weight"):
            setattr(layer, key, np.compress(inner, getattr(layer, key)))

    def on_nothing(self, n_layer, layer):
        pass

    HANDLERS = {
        "Linear": on_weights,
        "Conv2d": on_weights,
        "BatchNorm2d": on_batchnorm,
    }

    def run(self):
        net = self.source.copy()
        for n_layer, layer in enumerate(net):
            self.HANDLERS.get(type(layer).__name__, Slimmer.on_nothing)(self, n_layer, layer)
        return net, self.masks


def prune_structured(model, ratio, norm=1):
    sound = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not sound:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    return Slimmer(model, ratio, norm).run()
