"""Plans first (frozen dataclasses), executes afterwards."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Sequential


@dataclass(frozen=True)
class Target:
    name: str
    layer: Linear | Conv2d = field(repr=False)

    @property
    def magnitudes(self) -> np.ndarray:
        return np.abs(self.layer.weight).reshape(-1)


@dataclass(frozen=True)
class Plan:
    targets: tuple[Target, ...]
    sparsity: Fraction

    def __iter__(self) -> Iterator[tuple[Target, np.ndarray]]:
        scores = np.concatenate([t.magnitudes for t in self.targets])
        k = math.floor(self.sparsity * scores.size + Fraction(1, 2))
        keep = np.ones(scores.size, dtype=bool)
        keep[np.argsort(scores, kind="stable")[:k]] = False
        for t in self.targets:
            size = t.layer.weight.size
            yield t, keep[:size].reshape(t.layer.weight.shape)
            keep = keep[size:]


def prune_weights(model: Sequential, sparsity: float, scope: str = "layer") -> tuple[Sequential, dict[str, np.ndarray]]:
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    pruned = model.copy()
    targets = tuple(Target(f"{n}.weight", l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d)))
    share = Fraction(repr(sparsity))
    match scope:
        case "global":
            plans = [Plan(targets, share)]
        case "layer":
            plans = [Plan((t,), share) for t in targets]
        case _:
            raise ValueError(f"unknown scope {scope!r}")
    masks = {}
    for plan in plans:
        for target, mask in plan:
            target.layer.weight[np.logical_not(mask)] = 0
            masks[target.name] = mask
    return pruned, masks
