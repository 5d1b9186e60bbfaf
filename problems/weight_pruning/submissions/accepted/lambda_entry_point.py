"""The entry point is a lambda in front of a class that is thrown away after each call."""

import numpy as np

from judge.nn import Conv2d, Linear


class _Job:
    def __init__(self, model, sparsity, scope):
        if not 0 <= sparsity <= 1:
            raise ValueError("sparsity must lie in [0, 1]")
        if scope not in ("layer", "global"):
            raise ValueError("scope must be 'layer' or 'global'")
        self.model, self.sparsity, self.masks = model.copy(), sparsity, {}
        self.layers = {n + ".weight": l for n, l in self.model.named_modules() if isinstance(l, (Linear, Conv2d))}
        self.groups = [list(self.layers)] if scope == "global" else [[n] for n in self.layers]

    def run(self):
        for names in self.groups:
            self.prune(names)
        return self.model, self.masks

    def prune(self, names):
        flat = np.concatenate([np.abs(self.layers[n].weight).ravel() for n in names])
        remove = set(np.argsort(flat)[: round(self.sparsity * flat.size)].tolist())
        start = 0
        for n in names:
            w = self.layers[n].weight
            keep = [i not in remove for i in range(start, start + w.size)]
            self.masks[n] = np.array(keep, dtype=bool).reshape(w.shape)
            w[~self.masks[n]] = 0
            start += w.size


prune_weights = lambda network, s, scope="layer": _Job(network, s, scope).run()  # noqa: E731
