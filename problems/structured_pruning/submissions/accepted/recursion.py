"""Recursion over head and tail of the list of layers."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")

    def choose(w, is_last):
        n = w.shape[0]
        keep = np.ones(n, bool)
        if not is_last:
            s = np.linalg.norm(w.reshape(n, -1).astype(np.float64), ord=norm, axis=1)
            keep[np.argsort(s)[:min(math.floor(Decimal(repr(ratio)) * n), n - 1)]] = False
        return keep

    def prunable(layer):
        return isinstance(layer, (Linear, Conv2d))

    def go(i, layers, live):
        if not layers:
            return [], {}
        head, *tail = layers
        masks = {}
        if prunable(head):
            keep = choose(head.weight, not any(map(prunable, tail)))
            masks = {f"{i}.weight": keep}
            w = head.weight if live is None else head.weight[:, np.repeat(live, head.weight.shape[1] // live.size)]
            b = head.bias if head.bias is None else head.bias[keep]
            head = Linear(w[keep], b) if isinstance(head, Linear) else Conv2d(w[keep], b, head.stride, head.padding)
            live = keep
        elif isinstance(head, (BatchNorm1d, BatchNorm2d)) and live is not None:
            m = np.repeat(live, head.num_features // live.size)
            head = type(head)(head.weight[m], head.bias[m], head.running_mean[m], head.running_var[m], head.eps)
        rest, more = go(i + 1, tail, live)
        return [head, *rest], {**masks, **more}

    layers, masks = go(0, list(model), None)
    return Sequential(layers), masks
