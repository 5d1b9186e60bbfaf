import numpy as np
from decimal import Decimal
from judge.nn import *
def prune_structured(model, ratio, norm=1):
    """From the output layer backwards; rows are picked by itertools.compress and stacked."""
    from itertools import compress
    if not (0 <= ratio < 1): raise ValueError("0 <= ratio < 1")
    if norm not in range(1, 3): raise ValueError("norm in {1, 2}")
    pick = lambda a, m: np.stack(list(compress(a, m)))
    layers, masks = list(model.layers), {}
    consumer, between = None, []
    for i in range(len(layers) - 1, -1, -1):
        l = layers[i]
        if isinstance(l, (Linear, Conv2d)):
            n = l.weight.shape[0]; mask = [True] * n
            if consumer is not None:
                s = [float(np.abs(r.astype(np.float64)).sum()) if norm == 1 else float((r.astype(np.float64) ** 2).sum()) for r in l.weight]
                for c in sorted(range(n), key=lambda c: (s[c], -c))[:min(int(Decimal(repr(ratio)) * n), n - 1)]: mask[c] = False
                w = layers[consumer].weight; block = w.shape[1] // n
                layers[consumer].weight = np.swapaxes(pick(np.swapaxes(w, 0, 1), [k for k in mask for _ in range(block)]), 0, 1)
                for j in between:
                    b = layers[j]; wide = [k for k in mask for _ in range(b.num_features // n)]
                    layers[j] = type(b)(*(pick(v, wide) for v in (b.weight, b.bias, b.running_mean, b.running_var)), b.eps)
            w, b = pick(l.weight, mask), None if l.bias is None else pick(l.bias, mask)
            layers[i] = Linear(w, b) if isinstance(l, Linear) else Conv2d(w, b, l.stride, l.padding)
            masks[f"{i}.weight"] = np.array(mask); consumer, between = i, []
        elif isinstance(l, (BatchNorm1d, BatchNorm2d)) and consumer is not None: between.append(i)
    return Sequential(layers), masks
