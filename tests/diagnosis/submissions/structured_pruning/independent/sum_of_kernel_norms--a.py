"""prune_structured: rows, bias entries, BatchNorm entries and reading columns go together."""

import math
from decimal import Decimal, ROUND_CEILING

import numpy as np

from judge.nn import Conv2d, Linear


def check(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def decide(norms, removed_n):
    true_where = np.full(len(norms), True)
    if removed_n:
        true_where[np.argpartition(norms, removed_n - 1)[:removed_n]] = False
    return true_where


def magnitudes(tensor, norm):
    tensor = tensor.astype(np.float64)
    if norm == 1:
        return np.abs(tensor).reshape(len(tensor), -1).sum(axis=1)
    if tensor.ndim == 2:
        return np.sqrt((tensor**2).sum(axis=1))
    return np.sqrt((tensor**2).sum(axis=(2, 3))).sum(axis=1)


def channels_to_drop(ratio, channels_n):
    share = (Decimal(repr(ratio)) * channels_n).to_integral_value(rounding=ROUND_CEILING)
    return int(min(share, channels_n - 1))


def blocks(incoming, extent):
    """One flag per channel, repeated for every feature of the channel."""
    return incoming[np.arange(extent) * incoming.size // extent]


def prune_structured(model, ratio, norm=1):
    check(ratio, norm)
    smaller = model.copy()
    positions = [pos for pos, layer in enumerate(smaller.layers) if isinstance(layer, (Linear, Conv2d))]
    flags_by_name = {}
    incoming = None
    for pos, layer in enumerate(smaller.layers):
        if pos in positions:
            w = layer.weight
            if pos == positions[-1]:
                stay = np.full(len(w), True)
            else:
                stay = decide(magnitudes(w, norm), channels_to_drop(ratio, w.shape[0]))
            flags_by_name["%d.weight" % pos] = stay
            if incoming is not None:
                w = w[:, blocks(incoming, w.shape[1])]
            layer.weight = w[stay]
            if layer.bias is not None:
                layer.bias = layer.bias[stay]
            incoming = stay
        elif type(layer).__name__.startswith("BatchNorm") and incoming is not None:
            inner = blocks(incoming, layer.weight.size)
            layer.__dict__.update(
                {attr: z[inner] for attr, z in vars(layer).items() if isinstance(z, np.ndarray)}
            )
    return smaller, flags_by_name
