"""The entry point is an object with __call__ that keeps statistics of its own without using them."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


class StructuredPruner:
    def __init__(self):
        self.calls = 0

    def __call__(self, model, ratio, norm=1):
        self.calls += 1
        self._check(ratio, norm)
        masks = self._choose(model, ratio, norm)
        return self._apply(model.copy(), masks), masks

    @staticmethod
    def _check(ratio, norm):
        if not 0 <= ratio < 1:
            raise ValueError("ratio")
        if norm not in (1, 2):
            raise ValueError("norm")

    @staticmethod
    def _choose(model, ratio, norm):
        names = [n for n, l in model.named_modules() if isinstance(l, (Linear, Conv2d))]
        weights = dict(model.named_parameters())
        masks = {}
        for name in names:
            w = weights[name + ".weight"]
            mask = np.ones(w.shape[0], dtype=bool)
            if name != names[-1]:
                s = np.sum(np.abs(w.astype(np.float64)) ** norm, axis=tuple(range(1, w.ndim)))
                mask[np.argsort(s)[:min(math.floor(Decimal(repr(ratio)) * s.size), s.size - 1)]] = False
            masks[name + ".weight"] = mask
        return masks

    @staticmethod
    def _apply(net, masks):
        before = None
        for name, layer in net.named_modules():
            mask = masks.get(name + ".weight")
            if mask is None and (before is None or not isinstance(layer, (BatchNorm1d, BatchNorm2d))):
                continue
            if mask is None:
                m = np.repeat(before, layer.num_features // before.size)
                for a in ("weight", "bias", "running_mean", "running_var"):
                    setattr(layer, a, getattr(layer, a)[m])
                continue
            if before is not None:
                layer.weight = layer.weight[:, np.repeat(before, layer.weight.shape[1] // before.size)]
            layer.weight = layer.weight[mask]
            layer.bias = None if layer.bias is None else layer.bias[mask]
            before = mask
        return net


prune_structured = StructuredPruner()
