"""Channel pruning on plain NumPy arrays."""

import math

import numpy as np

from judge.nn import Conv2d, Linear


def check(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def channels_to_drop(ratio, how_wide):
    # nine decimals wash out the binary rounding error of the product
    return min(math.floor(round(ratio * how_wide, 9)), how_wide - 1)


def decide(s_, k):
    if k == 0:
        return np.ones(len(s_), dtype=bool)
    thr = np.partition(s_, k - 1)[k - 1]
    return np.array(s_) > thr


def saliency(array_in, norm):
    mat = array_in.astype(np.float64).reshape(array_in.shape[0], -1)
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
        places = [pos for pos, op in enumerate(model) if isinstance(op, (Linear, Conv2d))]
        self.last = places[-1]

    def stretch(self, size):
        chunk = size // len(self.alive)
        return np.outer(self.alive, np.ones(chunk, dtype=bool)).ravel()

    def choose(self, pos, kernel):
        k = 0 if pos == self.last else channels_to_drop(self.ratio, kernel.shape[0])
        return decide(saliency(kernel, self.norm), k)

    def on_weights(self, pos, op):
        kernel = op.weight
        stay = self.choose(pos, kernel)
        if self.alive is not None:
            kernel = np.compress(self.stretch(kernel.shape[1]), kernel, axis=1)
        op.weight = kernel[stay]
        if op.bias is not None:
            op.bias = np.compress(stay, op.bias)
        self.masks["{}.weight".format(pos)] = stay
        self.alive = stay

    def on_batchnorm(self, pos, op):
        if self.alive is None:
            return
        sel = self.stretch(op.num_features)
        op.weight = np.compress(sel, op.weight)
        op.bias = np.compress(sel, op.bias)
        op.running_mean = np.compress(sel, op.running_mean)
        op.running_var = np.compress(sel, op.running_var)

    def on_nothing(self, pos, op):
        pass

    HANDLERS = dict.fromkeys(("Linear", "Conv2d"), on_weights) | dict.fromkeys(("BatchNorm1d", "BatchNorm2d"), on_batchnorm)

    def run(self):
        pruned = self.source.copy()
        for pos, op in enumerate(pruned):
            self.HANDLERS.get(type(op).__name__, Surgeon.on_nothing)(self, pos, op)
        return pruned, self.masks


def prune_structured(model, ratio, norm=1):
    check(ratio, norm)
    return Surgeon(model, ratio, norm).run()
