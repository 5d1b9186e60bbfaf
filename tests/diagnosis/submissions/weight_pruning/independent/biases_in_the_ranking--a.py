"""Zero out the smallest weights of a network."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def select(ranks_of, k):
    out_ = np.full(len(ranks_of), k > 0)
    if 0 < k < len(ranks_of):
        out_[np.argpartition(ranks_of, k)[k:]] = False
    return out_


def collect(root_net):
    for key_name, layer in root_net.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield key_name, layer


def guard(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def quota(fraction, abs_w):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * abs_w // bottom


class Trimmer:
    """One pruning job: the copied network, its prunable stack_of, the masks so far."""

    def __init__(self, model, sparsity):
        self.network = model.copy()
        self.sparsity = sparsity
        self.targets = dict(collect(self.network))
        self.masks = {}

    def magnitudes(self, where_it_is):
        return np.abs(self.targets[where_it_is].weight).reshape(-1)

    def apply(self, where_it_is, going):
        mod = self.targets[where_it_is]
        keepflag = np.logical_not(going).reshape(mod.weight.shape)
        np.place(mod.weight, ~keepflag, [0])
        self.masks[where_it_is + ".weight"] = keepflag

    def layerwise(self):
        for where_it_is in self.targets:
            mags_of = self.magnitudes(where_it_is)
            self.apply(where_it_is, select(mags_of, quota(self.sparsity, mags_of.size)))

    def overall(self):
        mags_of = {where_it_is: self.magnitudes(where_it_is) for where_it_is in self.targets}
        biases = [np.abs(mod.bias) for mod in self.targets.values() if mod.bias is not None]
        joined = np.concatenate(list(mags_of.values()) + biases)
        going = select(joined, quota(self.sparsity, joined.size))
        begin = 0
        for where_it_is, part in mags_of.items():
            self.apply(where_it_is, going[begin : begin + part.size])
            begin += part.size


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    job = Trimmer(model, sparsity)
    {"layer": job.layerwise, "global": job.overall}[scope]()
    return job.network, job.masks
