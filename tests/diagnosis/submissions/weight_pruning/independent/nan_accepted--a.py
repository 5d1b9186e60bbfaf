"""prune_weights: keep the large weights, drop the small ones."""

import copy

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def guard(sparsity, scope):
    if sparsity < 0 or sparsity > 1:
        raise ValueError(f"sparsity is {sparsity}")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")


def select(scores, k):
    order = np.argsort(scores, kind="stable")
    position = np.empty(order.size, dtype=int)
    position[order] = np.arange(1, order.size + 1)
    return position <= k


def saliency(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def share_of(sparsity, n):
    """The exact product, give or take rounding; never below the floor, never above the ceiling."""
    return sparsity * n + 1e-9


class Pruner:
    """Holds a copy of the network, and zeroes its weights."""

    def __init__(self, model, sparsity):
        self.new_model = copy.deepcopy(model)
        self.sparsity = sparsity
        self.survivors = {}
        self.targets_ = []
        self.descend(self.new_model, "")

    def descend(self, module, path):
        if isinstance(module, Sequential):
            for step, inner in enumerate(module):
                self.descend(inner, f"{path}{step}.")
        elif isinstance(module, Residual):
            self.descend(module.body, path + "body.")
            if module.shortcut is not None:
                self.descend(module.shortcut, path + "shortcut.")
        elif isinstance(module, (Linear, Conv2d)):
            self.targets_.append((path + "weight", module))

    def clear(self, label, unit_layer, drop):
        drop = drop.reshape(unit_layer.weight.shape)
        unit_layer.weight[drop] = 0
        self.survivors[label] = ~drop

    def separately(self):
        for label, unit_layer in self.targets_:
            sizes = saliency(unit_layer.weight)
            k = share_of(self.sparsity, sizes.size)
            self.clear(label, unit_layer, select(sizes, k))

    def run_global(self):
        merged = np.concatenate([saliency(unit_layer.weight) for _, unit_layer in self.targets_])
        verdict = select(merged, share_of(self.sparsity, len(merged)))
        begin = 0
        for label, unit_layer in self.targets_:
            end = begin + unit_layer.weight.size
            self.clear(label, unit_layer, verdict[begin:end])
            begin = end


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    pruner = Pruner(model, sparsity)
    action = pruner.separately if scope == "layer" else pruner.run_global
    action()
    return pruner.new_model, pruner.survivors
