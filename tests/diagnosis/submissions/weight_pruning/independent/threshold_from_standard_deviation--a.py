"""prune_weights: keep the large weights, drop the small ones."""

import copy

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def size_of_weights(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


class MagnitudePruner:
    """Holds a copy of the network, and zeroes its weights."""

    def __init__(self, model, sparsity):
        self.pruned = copy.deepcopy(model)
        self.sparsity = sparsity
        self.masks = {}
        self.slots = []
        self.scan(self.pruned, "")

    def scan(self, module, path):
        if isinstance(module, Sequential):
            for step, inner in enumerate(module):
                self.scan(inner, f"{path}{step}.")
        elif isinstance(module, Residual):
            self.scan(module.body, path + "body.")
            if module.shortcut is not None:
                self.scan(module.shortcut, path + "shortcut.")
        elif isinstance(module, (Linear, Conv2d)):
            self.slots.append((path + "weight", module))

    def clear(self, full_name, lay, kill):
        kill = kill.reshape(lay.weight.shape)
        lay.weight[kill] = 0
        self.masks[full_name] = ~kill

    def separately(self):
        for full_name, lay in self.slots:
            self.clear(full_name, lay, size_of_weights(lay.weight) < self.sparsity * np.std(lay.weight, dtype=np.float64))

    def over_all(self):
        concatenated = np.hstack([size_of_weights(lay.weight) for _, lay in self.slots])
        spread = np.hstack([lay.weight.ravel() for _, lay in self.slots]).std(dtype=np.float64)
        picked_all = concatenated < self.sparsity * spread
        for full_name, lay in self.slots:
            mine, picked_all = picked_all[: lay.weight.size], picked_all[lay.weight.size :]
            self.clear(full_name, lay, mine)


def prune_weights(model, sparsity, scope="layer"):
    if sparsity != sparsity:
        raise ValueError("sparsity is NaN")
    if min(sparsity, 1 - sparsity) < 0 or sparsity > 1:
        raise ValueError("sparsity leaves [0, 1]")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    pruner = MagnitudePruner(model, sparsity)
    action = pruner.separately if scope == "layer" else pruner.over_all
    action()
    return pruner.pruned, pruner.masks
