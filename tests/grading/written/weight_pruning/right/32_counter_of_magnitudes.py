# a histogram of magnitudes (Counter), walked in ascending order; ties dealt out by a budget
import copy
from collections import Counter, UserDict
from fractions import Fraction
import numpy as np
from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not (sparsity >= 0.0) or not (sparsity <= 1.0):
        raise ValueError("sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("scope")
    net = copy.deepcopy(model)
    layers = {f"{n}.weight": m for n, m in net.named_modules() if isinstance(m, (Linear, Conv2d))}
    masks = UserDict()
    for names in [list(layers)] if scope == "global" else [[n] for n in layers]:
        lists = {n: [abs(x) for x in layers[n].weight.ravel().tolist()] for n in names}
        count = Counter(x for l in lists.values() for x in l)
        left = int(Fraction(repr(sparsity)) * sum(count.values()))
        budget = {}
        for x in sorted(count):
            budget[x] = min(left, count[x])
            left -= budget[x]
            if not left:
                break
        for n in names:
            flags = []
            for x in lists[n]:
                if budget.get(x, 0) > 0:
                    budget[x] -= 1
                    flags.append(0)
                else:
                    flags.append(1)
            masks[n] = np.array(flags, np.float32).reshape(layers[n].weight.shape)
            layers[n].weight = np.where(masks[n] == 1, layers[n].weight, layers[n].weight.dtype.type(0))
    return net, masks
