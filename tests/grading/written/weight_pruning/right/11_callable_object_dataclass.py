from __future__ import annotations

import copy
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
import numpy as np
from judge import nn


class Scope(Enum):
    LAYER = "layer"
    GLOBAL = "global"


@dataclass(slots=True)
class Pruner:
    prunable: tuple[type, ...] = (nn.Linear, nn.Conv2d)
    dtype: np.dtype = field(default_factory=lambda: np.dtype("float16"))

    def __call__(self, model: nn.Sequential, sparsity: float, scope: str = "layer"):
        scope = Scope(scope)  # ValueError by itself
        if not 0.0 <= sparsity <= 1.0:
            raise ValueError(sparsity)
        new = copy.deepcopy(model)
        mods = [(name, m) for name, m in new.named_modules() if isinstance(m, self.prunable)]
        groups = [mods] if scope is Scope.GLOBAL else [[x] for x in mods]
        masks = {}
        for group in groups:
            masks.update(self._prune(group, Decimal(repr(sparsity))))
        return new, MappingProxyType(masks)

    def _prune(self, group, s):
        mags = np.concatenate([np.abs(m.weight).ravel() for _, m in group])
        rank = mags.argsort(kind="stable").argsort(kind="stable")
        keep = rank >= int(s * mags.size)
        for name, m in group:
            mine, keep = keep[: m.weight.size], keep[m.weight.size:]
            mine = mine.reshape(m.weight.shape)
            m.weight = np.where(mine, m.weight, np.zeros_like(m.weight))
            yield f"{name}.weight", mine.astype(self.dtype)


prune_weights = Pruner()
