"""Binary search for the threshold on the integer line of float bit patterns, counting at each step."""

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    layers = [(n + ".weight", l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    masks = {}
    for group in [layers] if scope == "global" else [[x] for x in layers]:
        # float64 holds every float16, float32 and float64 exactly; patterns of non-negative doubles are ordered
        bits = np.concatenate([np.abs(l.weight).ravel().astype(np.float64) for _, l in group]).view(np.int64)
        k = round(sparsity * bits.size)
        low, high = -1, int(bits.max())  # count(<= low) < k or k == 0; count(<= high) >= k
        while high - low > 1:
            middle = (low + high) // 2
            if np.count_nonzero(bits <= middle) >= k:
                high = middle
            else:
                low = middle
        drop = bits < high
        ties = np.flatnonzero(bits == high)
        missing = k - np.count_nonzero(drop)
        if missing > 0:
            drop[ties[-missing:]] = True  # from the back, for a change
        if k == 0:
            drop[:] = False
        start = 0
        for name, l in group:
            part = drop[start : start + l.weight.size].reshape(l.weight.shape)
            start += l.weight.size
            l.weight[part] = 0
            masks[name] = ~part
    return pruned, masks
