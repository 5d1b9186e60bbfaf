"""The entry point is an instance of a class with __call__."""

import numpy as np

from judge import nn


class MagnitudePruner:
    prunable = (nn.Linear, nn.Conv2d)

    def __call__(self, model, sparsity, scope="layer"):
        self._validate(sparsity, scope)
        pruned = model.copy()
        layers = {n + ".weight": l for n, l in pruned.named_modules() if isinstance(l, self.prunable)}
        if scope == "global":
            groups = [layers]
        else:
            groups = [{name: layer} for name, layer in layers.items()]
        masks = {}
        for group in groups:
            masks |= self._masks(group, sparsity)
        for name, layer in layers.items():
            layer.weight[masks[name] == False] = 0  # noqa: E712
        return pruned, masks

    @staticmethod
    def _validate(sparsity, scope):
        if not 0 <= sparsity <= 1:
            raise ValueError("sparsity must lie in [0, 1]")
        if scope not in ("layer", "global"):
            raise ValueError("scope must be 'layer' or 'global'")

    @staticmethod
    def _masks(group, sparsity):
        scores = np.concatenate([np.abs(l.weight).ravel() for l in group.values()])
        n_prune = round(sparsity * len(scores))
        keep = np.zeros(len(scores), dtype=bool)
        keep[np.argsort(scores, kind="stable")[n_prune:]] = True
        offsets = np.cumsum([0] + [l.weight.size for l in group.values()])
        return {
            name: keep[lo:hi].reshape(l.weight.shape)
            for (name, l), lo, hi in zip(group.items(), offsets[:-1], offsets[1:])
        }


prune_weights = MagnitudePruner()
