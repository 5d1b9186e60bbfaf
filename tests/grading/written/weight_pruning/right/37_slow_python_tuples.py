# one big list of tuples, sorted; everything element by element; fits only if O(n log n) in plain Python fits
import copy
from fractions import Fraction
import numpy as np
from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not (0 <= sparsity <= 1):
        raise ValueError("sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("scope")
    net = copy.deepcopy(model)
    layers = [(n + ".weight", m) for n, m in net.named_modules() if isinstance(m, (Conv2d, Linear))]
    masks = {n: np.ones(m.weight.shape, bool) for n, m in layers}
    records = []
    for n, m in layers:
        for index, value in np.ndenumerate(m.weight):
            records.append((abs(float(value)), n, index))
    records.sort()
    sizes = {n: m.weight.size for n, m in layers}
    if scope == "global":
        left = {None: int(Fraction(repr(sparsity)) * len(records))}
    else:
        left = {n: int(Fraction(repr(sparsity)) * size) for n, size in sizes.items()}
    by_name = dict(layers)
    for _, n, index in records:
        key = None if scope == "global" else n
        if left[key]:
            left[key] -= 1
            masks[n][index] = False
            by_name[n].weight[index] = 0
    return net, masks
