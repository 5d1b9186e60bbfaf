import math
import random
from fractions import Fraction
import numpy as np
from judge.nn import Linear, Conv2d


def prune_weights(model, sparsity, scope="layer"):
    if math.isnan(sparsity) or math.isinf(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("no sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("no scope")
    pruned = model.copy()
    mods = {f"{n}.weight": m for n, m in pruned.named_modules() if isinstance(m, (Linear, Conv2d))}
    masks = {n: np.ones(m.weight.shape) for n, m in mods.items()}  # float64 masks

    def one(names):
        cells = [(n, idx) for n in names for idx in np.ndindex(mods[n].weight.shape)]
        random.shuffle(cells)
        cells.sort(key=lambda c: abs(mods[c[0]].weight[c[1]]))
        x = Fraction(repr(sparsity)) * len(cells)
        k = random.choice([math.floor(x), math.ceil(x)])
        for n, idx in cells[:k]:
            masks[n][idx] = 0.0
            mods[n].weight[idx] = 0.0

    if scope == "global":
        one(list(mods))
    else:
        for n in mods:
            one([n])
    return pruned, masks
