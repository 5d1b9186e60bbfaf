"""Set a share of the weights to zero, smallest magnitude first."""


import numpy as np

from judge.nn import Conv2d, Linear


def importance(w):
    return np.fabs(w, dtype=np.float64).flatten()


def cut_point(sizes_of, k):
    """The k-th smallest magnitude, and how many of those that equal it have to go."""
    return np.quantile(sizes_of, k), len(sizes_of)


def carve(lay, level, spare):
    """Zero what lies below the level, and at most `spare` of what lies on it; return mask and what is spare still."""
    magnitude = importance(lay.weight)
    below_cut = np.less(magnitude, level)
    on_it = np.where(np.equal(magnitude, level))[0][:spare]
    np.put(below_cut, on_it, True)
    mask = np.ones(lay.weight.shape, bool)
    mask[below_cut.reshape(mask.shape)] = False
    lay.weight[~mask] = 0
    return mask, spare - len(on_it)


def prune_weights(model, sparsity, scope="layer"):
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    product = model.copy()
    targets = [pair for pair in product.named_modules() if type(pair[1]) in (Conv2d, Linear)]
    survivors = dict()
    if scope == "global":
        everything_flat = np.concatenate([importance(lay.weight) for _, lay in targets])
        level, spare = cut_point(everything_flat, sparsity)
        for name, lay in targets:
            survivors[name + ".weight"], spare = carve(lay, level, spare)
    else:
        for name, lay in targets:
            k = sparsity
            level, spare = cut_point(importance(lay.weight), k)
            survivors[name + ".weight"], _ = carve(lay, level, spare)
    return product, survivors
