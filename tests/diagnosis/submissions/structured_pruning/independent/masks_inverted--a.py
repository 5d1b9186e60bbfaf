"""Filter pruning by magnitude, layer by layer."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def validate(condition, complaint):
    if not condition:
        raise ValueError(complaint)


def channel_norms(wts, norm):
    return np.linalg.norm(np.asarray(wts, dtype=float).reshape(len(wts), -1), ord=norm, axis=1)


def count_of(ratio, how_wide):
    share = round(Decimal(repr(ratio)) * how_wide)
    if share >= how_wide:
        share = how_wide - 1
    return share


def rank_and_cut(s_, removed_n):
    sequence = np.lexsort((np.arange(len(s_)), s_))
    on = np.zeros(len(s_), dtype=bool)
    on[sequence[removed_n:]] = True
    return on


class Slimmer:
    """Walks over a network once and keeps in mind which channels are still there."""

    def __init__(self, model, ratio, norm):
        self.source = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.alive = None
        places = [at_layer for at_layer, module in enumerate(model) if isinstance(module, Linear | Conv2d)]
        self.last = places[-1]

    def stretch(self, size):
        return np.repeat(self.alive, size // len(self.alive))

    def keepers(self, at_layer, arr):
        if at_layer == self.last:
            return np.full(len(arr), True)
        return rank_and_cut(channel_norms(arr, self.norm), count_of(self.ratio, len(arr)))

    def on_weights(self, at_layer, module):
        arr = module.weight
        good = self.keepers(at_layer, arr)
        if self.alive is not None:
            arr = np.compress(self.stretch(arr.shape[1]), arr, axis=1)
        module.weight = arr[good, ...].copy()
        if module.bias is not None:
            module.bias = module.bias[good]
        self.masks["{}.weight".format(at_layer)] = ~good
        self.alive = good

    def on_batchnorm(self, at_layer, module):
        if self.alive is None:
            return
        features = self.stretch(module.num_features)
        module.weight = np.compress(features, module.weight)
        module.bias = np.compress(features, module.bias)
        module.running_mean = np.compress(features, module.running_mean)
        module.running_var = np.compress(features, module.running_var)

    def on_nothing(self, at_layer, module):
        pass

    HANDLERS = {
        "Linear": on_weights,
        "Conv2d": on_weights,
        "BatchNorm1d": on_batchnorm,
        "BatchNorm2d": on_batchnorm,
    }

    def run(self):
        pruned = self.source.copy()
        for at_layer, module in enumerate(pruned):
            self.HANDLERS.get(type(module).__name__, Slimmer.on_nothing)(self, at_layer, module)
        return pruned, self.masks


def prune_structured(model, ratio, norm=1):
    validate(norm in [1, 2], "only the norms 1 and 2 are known")
    validate(0.0 <= ratio < 1.0, "ratio must be at least 0 and below 1")
    return Slimmer(model, ratio, norm).run()
