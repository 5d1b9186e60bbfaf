from __future__ import annotations
from dataclasses import dataclass, field, replace
from functools import cached_property, singledispatchmethod
from typing import ClassVar, Protocol
import enum
import numpy as np
from fractions import Fraction
from judge.nn import Linear, Conv2d, BatchNorm1d, BatchNorm2d, Sequential
from judge.nn.base import Layer

class Norm(enum.IntEnum):
    L1 = 1
    L2 = 2

@dataclass(frozen=True, slots=True)
class Survivors:
    index: np.ndarray
    of: int
    def columns(self, n: int) -> np.ndarray:
        block, rest = divmod(n, self.of)
        assert rest == 0
        return np.concatenate([np.arange(c * block, (c + 1) * block) for c in self.index])

@dataclass
class Pruner:
    ratio: float
    norm: Norm
    masks: dict[str, np.ndarray] = field(default_factory=dict)
    state: Survivors | None = None
    position: int = 0
    last: int = 0

    @singledispatchmethod
    def visit(self, layer: Layer) -> Layer:
        return layer

    @visit.register(Linear)
    @visit.register(Conv2d)
    def _(self, layer):
        out = layer.weight.shape[0]
        idx = self.survivors(layer) if self.position != self.last else np.arange(out)
        mask = np.zeros(out, bool); mask[idx] = True
        self.masks[f"{self.position}.weight"] = mask
        w = layer.weight if self.state is None else layer.weight[:, self.state.columns(layer.weight.shape[1])]
        w = w[idx]
        b = None if layer.bias is None else layer.bias[idx]
        self.state = Survivors(idx, out) if self.position != self.last else None
        return Linear(w, b) if isinstance(layer, Linear) else Conv2d(w, b, layer.stride, layer.padding)

    @visit.register(BatchNorm1d)
    @visit.register(BatchNorm2d)
    def _(self, layer):
        if self.state is None:
            return layer
        c = self.state.columns(layer.num_features)
        return type(layer)(weight=layer.weight[c], bias=layer.bias[c], running_mean=layer.running_mean[c], running_var=layer.running_var[c], eps=layer.eps)

    def survivors(self, layer):
        out = layer.weight.shape[0]
        k = min(int(Fraction(repr(self.ratio)) * out), out - 1)
        w = layer.weight.astype(np.longdouble).reshape(out, -1)
        score = np.abs(w).sum(1) if self.norm is Norm.L1 else (w * w).sum(1)
        return np.sort(np.argsort(score)[k:])

    def run(self, model):
        self.last = max(i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d)))
        layers = []
        for self.position, layer in enumerate(model):
            layers.append(self.visit(layer))
        return Sequential(layers), self.masks

def prune_structured(model: Sequential, ratio: float, norm: int = 1):
    if not (0 <= ratio < 1):
        raise ValueError(f"{ratio=}")
    return Pruner(ratio, Norm(norm)).run(model)     # Norm(3) raises ValueError
