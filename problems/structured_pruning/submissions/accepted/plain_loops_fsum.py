"""Plain Python loops and math.fsum; NumPy only to hold what comes out."""
import math
from fractions import Fraction

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    last = 0
    for i, layer in enumerate(model):
        if isinstance(layer, (Linear, Conv2d)):
            last = i
    new = model.copy()
    masks = {}
    survivors = None
    width = 0
    for i, layer in enumerate(new):
        if isinstance(layer, (Linear, Conv2d)):
            rows = layer.weight.reshape(layer.weight.shape[0], -1).tolist()
            count = len(rows)
            sizes = []
            for row in rows:
                if norm == 1:
                    sizes.append(math.fsum(abs(v) for v in row))
                else:
                    sizes.append(math.sqrt(math.fsum(v * v for v in row)))
            remove = min(math.floor(Fraction(repr(ratio)) * count), count - 1)
            if i == last:
                remove = 0
            order = list(range(count))
            order.sort(key=sizes.__getitem__)
            gone = set(order[:remove])
            chosen = [c for c in range(count) if c not in gone]
            weight = layer.weight
            if survivors is not None:
                block = weight.shape[1] // width
                columns = []
                for c in survivors:
                    for t in range(block):
                        columns.append(c * block + t)
                weight = weight[:, columns]
            layer.weight = weight[chosen]
            if layer.bias is not None:
                layer.bias = np.array([layer.bias[c] for c in chosen], dtype=layer.bias.dtype)
            masks[str(i) + ".weight"] = np.array([c not in gone for c in range(count)])
            survivors, width = chosen, count
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)):
            if survivors is None:
                continue
            block = layer.num_features // width
            places = [c * block + t for c in survivors for t in range(block)]
            layer.weight = layer.weight[places]
            layer.bias = layer.bias[places]
            layer.running_mean = layer.running_mean[places]
            layer.running_var = layer.running_var[places]
    return new, masks
