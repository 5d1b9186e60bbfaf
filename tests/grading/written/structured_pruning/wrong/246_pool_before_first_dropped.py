# Statement: Same layers, same order
# Wrong on: [(net(MaxPool2d(1),conv(2,1),conv(1,2)), .5)]
import math
import numpy as np
from decimal import Decimal
from judge.nn import Linear, Conv2d, BatchNorm1d, BatchNorm2d, Sequential


def flat(x):
    if isinstance(x, list):
        for y in x:
            yield from flat(y)
    else:
        yield x


def columns(kept, total, width):
    block = width // total
    return [c * block + o for c in kept for o in range(block)]


def norm_of(row, norm):
    if norm == 1:
        return math.fsum(abs(v) for v in flat(row))
    return math.sqrt(math.fsum(v * v for v in flat(row)))


def prune_structured(model, ratio, norm=1):
    if math.isnan(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("ratio")
    if norm != 1 and norm != 2:
        raise ValueError("norm")
    last = None
    for i in range(len(model)):
        if isinstance(model[i], (Linear, Conv2d)):
            last = i
    layers, masks = [], {}
    kept, total = None, None
    for i in range(len(model)):
        layer = model[i]
        if isinstance(layer, (Linear, Conv2d)):
            out = layer.weight.shape[0]
            mine = list(range(out))
            if i != last:
                score = [norm_of(row, norm) for row in layer.weight.tolist()]
                k = min(int(Decimal(repr(ratio)) * out), out - 1)
                order = sorted(mine, key=lambda c: score[c])
                mine = sorted(order[k:])
            weight = layer.weight
            if kept is not None:
                weight = weight[:, columns(kept, total, weight.shape[1])]
            weight = weight[mine]
            bias = None if layer.bias is None else layer.bias[mine]
            if isinstance(layer, Linear):
                layers.append(Linear(weight, bias))
            else:
                layers.append(Conv2d(weight, bias, layer.stride, layer.padding, layer.groups))
            mask = [False] * out
            for c in mine:
                mask[c] = True
            masks[str(i) + ".weight"] = np.array(mask)
            kept, total = (mine, out) if i != last else (None, None)
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and kept is not None:
            at = columns(kept, total, layer.num_features)
            layers.append(type(layer)(layer.weight[at], layer.bias[at], layer.running_mean[at], layer.running_var[at], layer.eps))
        elif total is None and i < last and type(layer).__name__.endswith('Pool2d'):
            pass
        else:
            layers.append(layer)
    return Sequential(layers), masks
