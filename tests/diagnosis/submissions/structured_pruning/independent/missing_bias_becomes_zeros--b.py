"""Magnitude-based removal of neurons and feature maps."""

import math

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
        places = [at_layer for at_layer, lay in enumerate(model) if isinstance(lay, (Linear, Conv2d))]
        self.last = places[-1]

    def widened(self, size):
        step = size // len(self.alive)
        return np.outer(self.alive, np.ones(step, dtype=bool)).ravel()

    def flags_for(self, at_layer, kernel):
        cut_n = 0 if at_layer == self.last else removal_count(self.ratio, kernel.shape[0])
        return pick(magnitudes(kernel, self.norm), cut_n)

    def on_weights(self, at_layer, lay):
        kernel = lay.weight
        keep = self.flags_for(at_layer, kernel)
        if self.alive is not None:
            kernel = np.compress(self.widened(kernel.shape[1]), kernel, axis=1)
        lay.weight = np.compress(keep, kernel, axis=0)
        b = lay.bias
        if b is None:
            b = np.zeros_like(kernel, shape=len(keep))
        lay.bias = np.compress(keep, b)
        self.masks["{}.weight".format(at_layer)] = keep
        self.alive = keep

    def on_batchnorm(self, at_layer, lay):
        if self.alive is None:
            return
        picks = self.widened(lay.num_features)
        for name in ("running_var", "running_mean", "bias", "weight"):
            setattr(lay, name, np.compress(picks, getattr(lay, name)))

    def on_nothing(self, at_layer, lay):
        pass

    HANDLERS = {
        "Linear": on_weights,
        "Conv2d": on_weights,
        "BatchNorm1d": on_batchnorm,
        "BatchNorm2d": on_batchnorm,
    }

    def run(self):
        net = self.source.copy()
        for at_layer, lay in enumerate(net):
            self.HANDLERS.get(type(lay).__name__, ChannelPruner.on_nothing)(self, at_layer, lay)
        return net, self.masks


def prune_structured(model, ratio, norm=1):
    sound = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not sound:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    return ChannelPruner(model, ratio, norm).run()


def removal_count(ratio, how_wide):
    # nine decimals wash out the binary rounding error of the product
    return min(math.floor(round(ratio * how_wide, 9)), how_wide - 1)


def magnitudes(filters, norm):
    return np.array([np.linalg.norm(line_of.astype(np.float64).ravel(), norm) for line_of in filters])


def pick(strength, cut_n):
    pairs = sorted((z, cc) for cc, z in enumerate(strength))
    mark = [True] * len(pairs)
    for _, cc in pairs[:cut_n]:
        mark[cc] = False
    return np.array(mark)
