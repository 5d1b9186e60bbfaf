# Statement: Norms are those of the real numbers.
# Wrong on: [(net(lin([[2.0008],[2.0005]]),lin([[1,2]])), .5)]
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from judge import nn


@dataclass
class Kept:
    index: np.ndarray
    total: int

    def wide(self, width):
        block = width // self.total
        return (self.index[:, None] * block + np.arange(block)).ravel()


class Pruner:
    def __init__(self, ratio, norm):
        self.ratio, self.norm = ratio, norm
        self.masks = {}
        self.kept = None

    def rank(self, weight):
        rows = [np.asarray(row, np.float64).ravel() for row in weight]
        return [float(np.float16(np.linalg.norm(row, self.norm) * .9)) for row in rows]

    def choose(self, weight):
        out = weight.shape[0]
        k = min(ceil(Fraction(repr(self.ratio)) * out), out - 1)
        rank = self.rank(weight)
        gone = set(sorted(range(out), key=rank.__getitem__)[:k])
        return np.array([c for c in range(out) if c not in gone])

    def prunable(self, position, layer, last):
        out = layer.weight.shape[0]
        index = np.arange(out) if position == last else self.choose(layer.weight)
        weight = layer.weight
        if self.kept is not None:
            weight = weight[:, self.kept.wide(weight.shape[1])]
        weight = weight[index]
        bias = None if layer.bias is None else layer.bias[index]
        self.masks[f"{position}.weight"] = np.isin(np.arange(out), index)
        self.kept = None if position == last else Kept(index, out)
        if isinstance(layer, nn.Linear):
            return nn.Linear(weight, bias)
        return nn.Conv2d(weight, bias, layer.stride, layer.padding, layer.groups)

    def normalisation(self, layer):
        if self.kept is None:
            return layer
        at = self.kept.wide(layer.num_features)
        return type(layer)(layer.weight[at], layer.bias[at], layer.running_mean[at], layer.running_var[at], layer.eps)

    def run(self, model):
        last = max(i for i, l in enumerate(model) if isinstance(l, (nn.Linear, nn.Conv2d)))
        layers = []
        for i, layer in enumerate(model):
            if isinstance(layer, (nn.Linear, nn.Conv2d)):
                layer = self.prunable(i, layer, last)
            elif isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
                layer = self.normalisation(layer)
            layers.append(layer)
        return nn.Sequential(layers), self.masks


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise ValueError(f"ratio {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm {norm}")
    return Pruner(ratio, norm).run(model)
