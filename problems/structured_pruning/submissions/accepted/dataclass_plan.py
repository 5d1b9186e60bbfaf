"""A dataclass describes each cut; a plan is made first and carried out afterwards."""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


@dataclass
class Cut:
    producer: int
    channels: int
    kept: np.ndarray
    norms: list[int] = field(default_factory=list)
    consumer: int | None = None

    def entries(self, size: int) -> np.ndarray:
        block = size // self.channels
        return (self.kept[:, None] * block + np.arange(block)[None]).ravel()


def make_plan(model, ratio, norm) -> list[Cut]:
    plan: list[Cut] = []
    for i, layer in enumerate(model):
        if isinstance(layer, (Linear, Conv2d)):
            if plan:
                plan[-1].consumer = i
            n = layer.weight.shape[0]
            s = np.linalg.norm(layer.weight.astype(np.float64).reshape(n, -1), ord=norm, axis=1)
            k = min(math.floor(Fraction(repr(ratio)) * n), n - 1)
            plan.append(Cut(i, n, np.sort(np.argsort(s, kind="stable")[k:])))
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and plan:
            plan[-1].norms.append(i)
    plan[-1].kept = np.arange(plan[-1].channels)
    return plan


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    net = model.copy()
    masks = {}
    for cut in make_plan(model, ratio, norm):
        layer = net[cut.producer]
        layer.weight = layer.weight[cut.kept]
        if layer.bias is not None:
            layer.bias = layer.bias[cut.kept]
        for j in cut.norms:
            e = cut.entries(net[j].num_features)
            for a in ("weight", "bias", "running_mean", "running_var"):
                setattr(net[j], a, getattr(net[j], a)[e])
        if cut.consumer is not None:
            w = net[cut.consumer].weight
            net[cut.consumer].weight = w[:, cut.entries(w.shape[1])]
        mask = np.zeros(cut.channels, dtype=np.uint8)
        mask[cut.kept] = 1
        masks[f"{cut.producer}.weight"] = mask
    return net, masks
