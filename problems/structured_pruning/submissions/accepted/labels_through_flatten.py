"""Sends channel numbers through the network as data: what a Flatten does to them is then known."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Flatten, Linear


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    net = model.copy()
    pr = [i for i, l in enumerate(net) if isinstance(l, (Linear, Conv2d))]
    masks, channel_of, live = {}, None, set()
    for i, l in enumerate(net):
        size = l.weight.shape[i in pr] if hasattr(l, "weight") else 0
        if channel_of is not None and size > channel_of.size:  # a Flatten lay between: spread the labels as it does
            image = np.broadcast_to(channel_of[None, :, None, None], (1, channel_of.size, 1, size // channel_of.size))
            channel_of = Flatten()(np.array(image))[0]
        if channel_of is not None and size:
            here = np.array([c in live for c in channel_of.tolist()])
        if i in pr:
            n = l.weight.shape[0]
            mask = np.ones(n, bool)
            if i != pr[-1]:
                s = (np.abs(model[i].weight.astype(np.float64)) ** norm).reshape(n, -1).sum(1)
                mask[np.argsort(s)[:min(math.floor(Decimal(repr(ratio)) * n), n - 1)]] = False
            if channel_of is not None:
                l.weight = l.weight[:, here]
            l.weight = l.weight[mask]
            if l.bias is not None:
                l.bias = l.bias[mask]
            masks[f"{i}.weight"] = mask
            channel_of, live = np.arange(n), set(np.flatnonzero(mask).tolist())
        elif channel_of is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            l.weight, l.bias, l.running_mean, l.running_var = (
                x[here] for x in (l.weight, l.bias, l.running_mean, l.running_var))
    return net, masks
