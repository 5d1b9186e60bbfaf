import heapq
from decimal import Decimal, ROUND_HALF_EVEN
import numpy as np


def prune_weights(model, sparsity, scope="layer"):
    if scope not in {"layer", "global"}:
        raise ValueError(f"unknown scope {scope!r}")
    if not (sparsity >= 0 and sparsity <= 1):
        raise ValueError(f"bad sparsity {sparsity!r}")
    new = model.copy()
    names = [n for n, a in new.named_parameters() if n.endswith(".weight") and a.ndim in (2, 4)]
    params = {n: a for n, a in new.named_parameters() if n in names}
    masks = {n: np.ones(params[n].shape, np.uint8) for n in names}

    def prune(group):
        pool = [(abs(v), n, i) for n in group for i, v in enumerate(params[n].ravel().tolist())]
        k = int((Decimal(repr(sparsity)) * len(pool)).to_integral_value(ROUND_HALF_EVEN))
        for _, n, i in heapq.nsmallest(k, pool):
            masks[n].flat[i] = 0
            params[n].flat[i] = 0

    if scope == "global":
        prune(names)
    else:
        for n in names:
            prune([n])
    return new, masks
