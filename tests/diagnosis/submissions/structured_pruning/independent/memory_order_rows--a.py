"""Takes the channels of smallest L1 or L2 norm out of every layer but the output."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def weakest_out(norms, k):
    pairs = sorted((e, ci) for ci, e in enumerate(norms))
    true_where = [True] * len(pairs)
    for _, ci in pairs[:k]:
        true_where[ci] = False
    return np.array(true_where)


def quota(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    k = top * n // bottom
    return min(n - 1, k)


def filter_norms(tensor, norm):
    vectors = tensor.astype(np.float64).ravel(order="K").reshape(tensor.shape[0], -1)
    return np.linalg.norm(vectors, ord=norm, axis=1)


class ChannelPruner:
    """Walks over a network once and keeps in mind which channels are still there."""

    def __init__(self, model, ratio, norm):
        self.source = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.alive = None
        places = [pos for pos, op in enumerate(model) if isinstance(op, (Linear, Conv2d))]
        self.last = places[-1]

    def stretch(self, n_features):
        return np.repeat(self.alive, n_features // len(self.alive))

    def flags_for(self, pos, matrix):
        k = 0 if pos == self.last else quota(self.ratio, matrix.shape[0])
        return weakest_out(filter_norms(matrix, self.norm), k)

    def on_weights(self, pos, op):
        matrix = op.weight
        stay = self.flags_for(pos, matrix)
        if self.alive is not None:
            matrix = np.compress(self.stretch(matrix.shape[1]), matrix, axis=1)
        op.weight = matrix[stay, ...].copy()
        if op.bias is not None:
            op.bias = op.bias[stay]
        self.masks["{}.weight".format(pos)] = stay
        self.alive = stay

    def on_batchnorm(self, pos, op):
        if self.alive is None:
            return
        features = self.stretch(op.num_features)
        op.weight = np.compress(features, op.weight)
        op.bias = np.compress(features, op.bias)
        op.running_mean = np.compress(features, op.running_mean)
        op.running_var = np.compress(features, op.running_var)

    def on_nothing(self, pos, op):
        pass

    HANDLERS = dict.fromkeys(("Linear", "Conv2d"), on_weights) | dict.fromkeys(("BatchNorm1d", "BatchNorm2d"), on_batchnorm)

    def run(self):
        pruned = self.source.copy()
        for pos, op in enumerate(pruned):
            self.HANDLERS.get(type(op).__name__, ChannelPruner.on_nothing)(self, pos, op)
        return pruned, self.masks


def prune_structured(model, ratio, norm=1):
    fine = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not fine:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    return ChannelPruner(model, ratio, norm).run()
