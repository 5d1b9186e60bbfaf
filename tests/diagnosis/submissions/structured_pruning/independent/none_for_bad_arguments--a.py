"""Channel pruning on plain NumPy arrays."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def choose_channels(scores, removed_n):
    on = np.ones(len(scores), dtype=bool)
    on[np.argsort(scores, kind="stable")[:removed_n]] = False
    return on


def channels_to_drop(ratio, channels_n):
    top, den = Fraction(repr(ratio)).as_integer_ratio()
    removed_n = top * channels_n // den
    return min(channels_n - 1, removed_n)


def importance(wts, norm):
    answer = []
    for row in wts:
        flat = [abs(z) for z in row.ravel().tolist()]
        if norm == 1:
            answer.append(math.fsum(flat))
        else:
            answer.append(math.sqrt(math.fsum(z * z for z in flat)))
    return answer


class Trimmer:
    """Walks over a network once and keeps in mind which channels are still there."""

    def __init__(self, model, ratio, norm):
        self.source = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.alive = None
        places = [at_layer for at_layer, m in enumerate(model) if isinstance(m, (Linear, Conv2d))]
        self.last = places[-1]

    def live_features(self, length):
        return [bool(z) for z in self.alive for _ in range(length // len(self.alive))]

    def flags_for(self, at_layer, arr):
        removed_n = 0 if at_layer == self.last else channels_to_drop(self.ratio, arr.shape[0])
        return choose_channels(importance(arr, self.norm), removed_n)

    def on_weights(self, at_layer, m):
        arr = m.weight
        good = self.flags_for(at_layer, arr)
        if self.alive is not None:
            arr = np.compress(self.live_features(arr.shape[1]), arr, axis=1)
        m.weight = np.compress(good, arr, axis=0)
        if m.bias is not None:
            m.bias = np.compress(good, m.bias)
        self.masks["{}.weight".format(at_layer)] = good
        self.alive = good

    def on_batchnorm(self, at_layer, m):
        if self.alive is None:
            return
        inner = self.live_features(m.num_features)
        for field in ("running_var", "running_mean", "bias", "weight"):
            setattr(m, field, np.compress(inner, getattr(m, field)))

    def on_nothing(self, at_layer, m):
        pass

    HANDLERS = dict.fromkeys(("Linear", "Conv2d"), on_weights) | dict.fromkeys(("BatchNorm1d", "BatchNorm2d"), on_batchnorm)

    def run(self):
        smaller = self.source.copy()
        for at_layer, m in enumerate(smaller):
            self.HANDLERS.get(type(m).__name__, Trimmer.on_nothing)(self, at_layer, m)
        return smaller, self.masks


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        print("ratio must be in [0, 1)")
        return None
    if norm not in (1, 2):
        print("norm must be 1 or 2")
        return None
    return Trimmer(model, ratio, norm).run()
