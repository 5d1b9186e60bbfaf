"""Return a sparse copy of a network together with its masks."""

import decimal
from decimal import Decimal

import numpy as np

from judge.nn import Linear


def pruned_count(share, total):
    share_count = Decimal(repr(share)) * total
    return int(share_count.to_integral_value(rounding=decimal.ROUND_CEILING))


def weight_layers(top):
    return ((label, layer) for label, layer in top.named_modules() if isinstance(layer, Linear))


def smallest(values, k):
    perm = np.argsort(values, kind="stable")
    zeroed = np.zeros(values.size, dtype=bool)
    zeroed[perm[:k]] = True
    return zeroed


def ensure_valid(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


class Trimmer:
    """One pruning job: the copied network, its prunable layers, the masks so far."""

    def __init__(self, model, sparsity):
        self.network = model.copy()
        self.sparsity = sparsity
        self.targets = dict(weight_layers(self.network))
        self.masks = {}

    def magnitudes(self, where_it_is):
        return abs(self.targets[where_it_is].weight).reshape(-1)

    def apply(self, where_it_is, zeroed):
        mod = self.targets[where_it_is]
        staying = np.logical_not(zeroed).reshape(mod.weight.shape)
        np.place(mod.weight, ~staying, [0])
        self.masks[f"{where_it_is}.weight"] = staying

    def layerwise(self):
        for where_it_is in self.targets:
            mags_of = self.magnitudes(where_it_is)
            self.apply(where_it_is, smallest(mags_of, pruned_count(self.sparsity, mags_of.size)))

    def overall(self):
        mags_of = {where_it_is: self.magnitudes(where_it_is) for where_it_is in self.targets}
        joined = np.concatenate([np.zeros(0, np.float16), *mags_of.values()])
        zeroed = smallest(joined, pruned_count(self.sparsity, joined.size))
        cursor = 0
        for where_it_is, part in mags_of.items():
            self.apply(where_it_is, zeroed[cursor : cursor + part.size])
            cursor += part.size


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    job = Trimmer(model, sparsity)
    {"layer": job.layerwise, "global": job.overall}[scope]()
    return job.network, job.masks
