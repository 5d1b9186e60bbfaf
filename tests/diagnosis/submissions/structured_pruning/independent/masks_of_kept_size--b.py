"""Magnitude-based removal of neurons and feature maps."""

import math
from decimal import Decimal, ROUND_CEILING

import numpy as np

from judge.nn import Conv2d, Linear


def to_remove(ratio, how_wide):
    x = (Decimal(repr(ratio)) * how_wide).to_integral_value(rounding=ROUND_CEILING)
    return int(min(x, how_wide - 1))


def select(norms, few):
    order = np.lexsort((np.arange(len(norms)), norms))
    stays_on = np.zeros(len(norms), dtype=bool)
    stays_on[order[few:]] = True
    return stays_on


def saliency(tensor, norm):
    norms_list = []
    for line_of in tensor:
        vals = [abs(z) for z in line_of.ravel().tolist()]
        if norm == 1:
            norms_list.append(math.fsum(vals))
        else:
            norms_list.append(math.sqrt(math.fsum(z * z for z in vals)))
    return norms_list


class Pruner:
    """Walks over a network once and keeps in mind which channels are still there."""

    def __init__(self, model, ratio, norm):
        self.source = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.alive = None
        places = [index for index, lay in enumerate(model) if type(lay) in (Linear, Conv2d)]
        self.last = places[-1]

    def widened(self, length):
        chunk = length // len(self.alive)
        return np.outer(self.alive, np.ones(chunk, dtype=bool)).ravel()

    def choose(self, index, w):
        few = 0 if index == self.last else to_remove(self.ratio, w.shape[0])
        return select(saliency(w, self.norm), few)

    def on_weights(self, index, lay):
        w = lay.weight
        retained = self.choose(index, w)
        if self.alive is not None:
            w = np.compress(self.widened(w.shape[1]), w, axis=1)
        lay.weight = w[retained]
        if lay.bias is not None:
            lay.bias = lay.bias[retained]
        self.masks["{}.weight".format(index)] = retained[retained]
        self.alive = retained

    def on_batchnorm(self, index, lay):
        if self.alive is None:
            return
        features = self.widened(lay.num_features)
        lay.weight = np.compress(features, lay.weight)
        lay.bias = np.compress(features, lay.bias)
        lay.running_mean = np.compress(features, lay.running_mean)
        lay.running_var = np.compress(features, lay.running_var)

    def on_nothing(self, index, lay):
        pass

    HANDLERS = {
        "Linear": on_weights,
        "Conv2d": on_weights,
        "BatchNorm1d": on_batchnorm,
        "BatchNorm2d": on_batchnorm,
    }

    def run(self):
        slim = self.source.copy()
        for index, lay in enumerate(slim):
            self.HANDLERS.get(type(lay).__name__, Pruner.on_nothing)(self, index, lay)
        return slim, self.masks


def prune_structured(model, ratio, norm=1):
    fine = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not fine:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    return Pruner(model, ratio, norm).run()
