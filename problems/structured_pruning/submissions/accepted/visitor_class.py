"""A visitor class with one method per kind of layer, looked up by the class's name."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import Sequential


class Slicer:
    def __init__(self, model, ratio, norm):
        self.model, self.ratio, self.norm = model, ratio, norm
        self.masks = {}
        self.alive = None
        self.output = max(i for i, l in enumerate(model) if type(l).__name__ in ("Linear", "Conv2d"))

    def run(self):
        fresh = self.model.copy()
        for self.position, layer in enumerate(fresh):
            getattr(self, "visit_" + type(layer).__name__, self.leave)(layer)
        return fresh, self.masks

    def leave(self, layer):
        pass

    def visit_Linear(self, layer):
        columns = self.expand(layer.in_features)
        keep = self.choose(layer.weight)
        layer.weight = layer.weight[:, columns][keep, ...]
        if layer.bias is not None:
            layer.bias = layer.bias[keep]
        self.alive = keep

    def visit_BatchNorm1d(self, layer):
        entries = self.expand(layer.num_features)
        for name in "weight bias running_mean running_var".split():
            setattr(layer, name, getattr(layer, name)[entries])

    visit_BatchNorm2d = visit_BatchNorm1d

    def visit_Conv2d(self, layer):
        columns = self.expand(layer.in_channels)
        keep = self.choose(layer.weight)
        layer.weight = layer.weight[:, columns][keep]
        if layer.bias is not None:
            layer.bias = layer.bias[keep]
        self.alive = keep

    def expand(self, size):
        if self.alive is None:
            return np.ones(size, dtype=bool)
        return np.repeat(self.alive, size // len(self.alive))

    def choose(self, weight):
        n = len(weight)
        keep = np.ones(n, dtype=bool)
        if self.position != self.output:
            flat = weight.reshape(n, -1).astype(np.float64)
            order = np.argsort(np.linalg.norm(flat, self.norm, axis=-1))
            keep[order[: min(math.floor(n * Decimal(repr(self.ratio))), n - 1)]] = False
        self.masks[f"{self.position}.weight"] = keep
        return keep


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    assert isinstance(model, Sequential)
    return Slicer(model, ratio, norm).run()
