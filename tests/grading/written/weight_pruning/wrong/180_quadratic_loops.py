# STATEMENT: "O(n log n) in plain Python fits, quadratic time does not."
# SMALLEST INPUT: the largest test; right otherwise
import copy
from fractions import Fraction
import numpy as np
from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1 or scope not in ("layer", "global"):
        raise ValueError
    net = copy.deepcopy(model)
    mods = [(n + ".weight", m) for n, m in net.named_modules() if isinstance(m, (Linear, Conv2d))]
    masks = {n: np.ones(m.weight.shape, bool) for n, m in mods}
    for group in [mods] if scope == "global" else [[x] for x in mods]:
        values = [abs(x) for _, m in group for x in m.weight.ravel().tolist()]
        where = [(n, m, i) for n, m in group for i in range(m.weight.size)]
        for _ in range(int(Fraction(repr(sparsity)) * len(values))):
            at = values.index(min(values))
            values[at] = float("inf")
            n, m, i = where[at]
            masks[n].flat[i] = False
            m.weight.flat[i] = 0
    return net, masks
