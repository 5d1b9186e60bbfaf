# Everything in nested Python loops over lists; only the arrays at the end are NumPy.
import math
import numpy as np
from decimal import Decimal
import judge.nn as nn


def flat(x):
    if isinstance(x, list):
        for y in x:
            yield from flat(y)
    else:
        yield x


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio %r" % ratio)
    if norm != 1 and norm != 2:
        raise ValueError("bad norm %r" % norm)
    last = -1
    for i in range(len(model)):
        if isinstance(model[i], (nn.Linear, nn.Conv2d)):
            last = i
    result = []
    masks = {}
    kept = None        # kept channels of the previous prunable layer
    total = 0
    for i in range(len(model)):
        l = model[i]
        if isinstance(l, (nn.Linear, nn.Conv2d)):
            rows = l.weight.tolist()
            scores = []
            for r in rows:
                if norm == 1:
                    scores.append(math.fsum(abs(v) for v in flat(r)))
                else:
                    scores.append(math.fsum(v * v for v in flat(r)))
            out = len(rows)
            drop = set()
            if i != last:
                k = math.ceil(Decimal(repr(ratio)) * out)
                if k > out - 1:
                    k = out - 1
                order = sorted(range(out), key=lambda c: scores[c])
                drop = set(order[:k])
            mine = [c for c in range(out) if c not in drop]
            w = l.weight[mine]
            if kept is not None:
                block = l.weight.shape[1] // total
                cols = []
                for c in kept:
                    for b in range(block):
                        cols.append(c * block + b)
                w = w[:, cols]
            b = None if l.bias is None else l.bias[mine]
            if isinstance(l, nn.Linear):
                result.append(nn.Linear(w, b))
            else:
                result.append(nn.Conv2d(w, b, l.stride, l.padding, l.groups))
            masks[str(i) + ".weight"] = np.array([c not in drop for c in range(out)])
            kept, total = mine, out
            if i == last:
                kept = None
        elif isinstance(l, (nn.BatchNorm1d, nn.BatchNorm2d)) and kept is not None:
            block = l.num_features // total
            idx = [c * block + b for c in kept for b in range(block)]
            result.append(type(l)(l.weight[idx], l.bias[idx], l.running_mean[idx], l.running_var[idx], l.eps))
        else:
            result.append(l)
    return nn.Sequential(result), masks
