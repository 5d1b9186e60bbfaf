"""Makes a narrower network by dropping low-norm neurons and filters."""

import math

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def channel_norms(array_in, norm):
    found = []
    for line_of in array_in:
        entries = [abs(e) for e in line_of.ravel().tolist()]
        if norm == 1:
            found.append(math.fsum(entries))
        else:
            found.append(math.sqrt(math.fsum(e * e for e in entries)))
    return found


def decide(strength, ratio):
    return np.asarray(strength) >= np.quantile(strength, ratio)


def widen(alive, length):
    """One flag per channel, repeated for every feature of the channel."""
    chunk = length // alive.size
    return np.tile(alive[:, None], (1, chunk)).ravel()


def prune_structured(model, ratio, norm=1):
    fine = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not fine:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    clone = model.copy()
    spots = []
    for index, layer in enumerate(clone):
        if isinstance(layer, Linear) or isinstance(layer, Conv2d):
            spots.append(index)
    flags_by_name = {}
    alive = None
    for index, layer in enumerate(clone.layers):
        if index in spots:
            kernel = layer.weight
            if index == spots[-1]:
                keep = np.ones(len(kernel), dtype=np.bool_)
            else:
                keep = decide(channel_norms(kernel, norm), ratio)
            flags_by_name["{}.weight".format(index)] = keep
            if alive is not None:
                kernel = kernel[:, widen(alive, kernel.shape[1])]
            chan = np.flatnonzero(keep)
            layer.weight = kernel.take(chan, axis=0)
            layer.bias = layer.bias if layer.bias is None else layer.bias.take(chan)
            alive = keep
        elif type(layer) in {BatchNorm1d, BatchNorm2d} and alive is not None:
            inner = widen(alive, layer.weight.size)
            layer.weight, layer.bias = layer.weight[inner], layer.bias[inner]
            layer.running_mean = layer.running_mean[inner]
            layer.running_var = layer.running_var[inner]
    return clone, flags_by_name
