"""Makes a narrower network by dropping low-norm neurons and filters."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def survivors(sizes, few):
    ranked_pairs = sorted((v, u) for u, v in enumerate(sizes))
    on = [True] * len(ranked_pairs)
    for _, u in ranked_pairs[:few]:
        on[u] = False
    return np.array(on)


def channels_to_drop(ratio, channels_n):
    x = round(Decimal(repr(ratio)) * channels_n)
    if x >= channels_n:
        x = channels_n - 1
    return x


def filter_norms(tensor, norm):
    mat = tensor.astype(np.float64).reshape(tensor.shape[0], -1)
    if norm == 1:
        return np.abs(mat).sum(axis=1)
    return np.sqrt((mat * mat).sum(axis=1))


class Surgeon:
    """Walks over a network once and keeps in mind which channels are still there."""

    def __init__(self, model, ratio, norm):
        self.source = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.alive = None
        places = [index for index, op in enumerate(model) if type(op).__name__ in {"Linear", "Conv2d"}]
        self.first, self.last = places[0], places[-1]

    def live_features(self, size):
        return np.repeat(self.alive, size // len(self.alive))

    def choose(self, index, arr):
        if index > self.first or index == self.last:
            return np.full(len(arr), True)
        return survivors(filter_norms(arr, self.norm), channels_to_drop(self.ratio, len(arr)))

    def on_weights(self, index, op):
        arr = op.weight
        good = self.choose(index, arr)
        if self.alive is not None:
            arr = np.compress(self.live_features(arr.shape[1]), arr, axis=1)
        op.weight = arr[good, ...].copy()
        if op.bias is not None:
            op.bias = np.compress(good, op.bias)
        self.masks["{}.weight".format(index)] = good
        self.alive = good

    def on_batchnorm(self, index, op):
        if self.alive is None:
            return
        take_these = self.live_features(op.num_features)
        for attr in ("running_var", "running_mean", "bias", "weight"):
            setattr(op, attr, np.compress(take_these, getattr(op, attr)))

    def on_nothing(self, index, op):
        pass

    HANDLERS = dict.fromkeys(("Linear", "Conv2d"), on_weights) | dict.fromkeys(("BatchNorm1d", "BatchNorm2d"), on_batchnorm)

    def run(self):
        pruned = self.source.copy()
        for index, op in enumerate(pruned):
            self.HANDLERS.get(type(op).__name__, Surgeon.on_nothing)(self, index, op)
        return pruned, self.masks


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    return Surgeon(model, ratio, norm).run()
