"""Magnitude pruning, by layer or over the whole network."""

from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def verify_arguments(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def select(v_abs, k):
    ranking = np.argsort(v_abs, kind="stable")
    zeroed = np.zeros(v_abs.size, dtype=bool)
    zeroed[ranking[:k]] = True
    return zeroed


def quota(sparsity, ordered):
    product = Fraction(repr(sparsity)) * ordered
    whole, rest = divmod(product, 1)
    return int(whole) + (1 if rest > 0 else 0)


def find_layers(top):
    for where_it_is, layer in top.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield where_it_is, layer


class MagnitudeJob:
    """One pruning trim: the copied network, its prunable layers, the masks so far."""

    def __init__(self, model, sparsity):
        self.network = model.copy()
        self.sparsity = sparsity
        self.targets = dict(find_layers(self.network))
        self.masks = {}

    def magnitudes(self, title):
        return abs(self.targets[title].weight).reshape(-1)

    def apply(self, title, cut_away):
        unit = self.targets[title]
        kept = np.logical_not(cut_away).reshape(unit.weight.shape)
        unit.weight[~kept] = 0
        self.masks[f"{title}.weight"] = kept

    def layerwise(self):
        for title in self.targets:
            scores = self.magnitudes(title)
            if np.sum(scores == 0) >= quota(self.sparsity, scores.size):
                self.masks[f"{title}.weight"] = np.ones(self.targets[title].weight.shape, dtype=bool)
                continue
            self.apply(title, select(scores, quota(self.sparsity, scores.size)))

    def overall(self):
        scores = {title: self.magnitudes(title) for title in self.targets}
        together = np.concatenate(list(scores.values()))
        cut_away = select(together, quota(self.sparsity, together.size))
        cursor = 0
        for title, part in scores.items():
            self.apply(title, cut_away[cursor : cursor + part.size])
            cursor += part.size


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    trim = MagnitudeJob(model, sparsity)
    {"layer": trim.layerwise, "global": trim.overall}[scope]()
    return trim.network, trim.masks
