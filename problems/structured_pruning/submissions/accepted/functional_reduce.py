"""functools.reduce over the layers; the state is a tuple and nothing is assigned to any layer."""
from decimal import Decimal
from functools import reduce
from math import floor

import numpy as np
from judge import nn


def _mask(w, ratio, norm, is_output):
    n = w.shape[0]
    k = 0 if is_output else min(floor(Decimal(repr(ratio)) * n), n - 1)
    score = (np.abs(w.reshape(n, -1).astype(np.float64)) ** norm).sum(-1)
    rank = np.argsort(np.argsort(score, kind="stable"), kind="stable")
    return rank >= k


def _pick(mask, size):
    return slice(None) if mask is None else np.repeat(mask, size // len(mask))


def _step(ratio, norm, last):
    def step(state, item):
        layers, masks, live = state
        i, layer = item
        match_type = type(layer)
        if match_type in (nn.Linear, nn.Conv2d):
            keep = _mask(layer.weight, ratio, norm, i == last)
            weight = layer.weight[keep][:, _pick(live, layer.weight.shape[1])]
            bias = None if layer.bias is None else layer.bias[keep]
            fresh = nn.Linear(weight, bias) if match_type is nn.Linear else nn.Conv2d(
                weight, bias, layer.stride, layer.padding)
            return layers + (fresh,), masks | {f"{i}.weight": keep}, keep
        if match_type in (nn.BatchNorm1d, nn.BatchNorm2d):
            m = _pick(live, layer.num_features)
            fresh = match_type(layer.weight[m], layer.bias[m], layer.running_mean[m], layer.running_var[m], layer.eps)
            return layers + (fresh,), masks, live
        return layers + (layer,), masks, live
    return step


def prune_structured(model, ratio, norm=1):
    if not 0.0 <= ratio < 1.0:
        raise ValueError("ratio out of range")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")
    last = [i for i, l in enumerate(model) if hasattr(l, "weight") and l.weight.ndim > 1][-1]
    layers, masks, _ = reduce(_step(ratio, norm, last), enumerate(model), ((), {}, None))
    return nn.Sequential(layers), masks
