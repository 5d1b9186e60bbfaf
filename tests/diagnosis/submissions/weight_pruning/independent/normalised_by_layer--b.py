"""One-shot magnitude pruning for judge.nn networks."""

from decimal import Decimal
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def budget(sparsity, n):
    _, digits, exponent = Decimal(repr(float(sparsity))).as_tuple()
    units = int("".join(map(str, digits)))
    if exponent >= 0:
        return units * 10**exponent * n
    return units * n // 10**-exponent


def flat_abs(w):
    return np.fabs(w, dtype=np.float64).flatten()


def find_level(sizes_of, k):
    """The k-th smallest magnitude, and how many of those that equal it have to go."""
    if k == 0:
        return -1.0, 0
    ordered = np.sort(sizes_of)
    edge_value = ordered[k - 1]
    return edge_value, k - int(np.count_nonzero(ordered < edge_value))


def peak_of(weight):
    top = flat_abs(weight).max()
    return top if top > 0 else 1.0


def apply_level(lay, edge_value, tie_quota, unit=1.0):
    """Zero what lies below the level, and at most `spare` of what lies on it; return mask and what is spare still."""
    magnitude = flat_abs(lay.weight) / unit
    below_cut = np.less(magnitude, edge_value)
    on_it = np.where(np.equal(magnitude, edge_value))[0][:tie_quota]
    np.put(below_cut, on_it, True)
    mask = np.logical_not(np.reshape(below_cut, lay.weight.shape))
    lay.weight = np.where(mask, lay.weight, np.zeros_like(lay.weight))
    return mask, tie_quota - len(on_it)


def prune_weights(model, sparsity, scope="layer"):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    copy_of_model = model.copy()
    weights_here = [(name, lay) for name, lay in copy_of_model.named_modules() if isinstance(lay, (Conv2d, Linear))]
    masks = dict()
    if scope == "global":
        bag = np.concatenate([flat_abs(lay.weight) / peak_of(lay.weight) for _, lay in weights_here])
        edge_value, tie_quota = find_level(bag, budget(sparsity, bag.size))
        for name, lay in weights_here:
            masks[name + ".weight"], tie_quota = apply_level(lay, edge_value, tie_quota, peak_of(lay.weight))
    else:
        for name, lay in weights_here:
            k = budget(sparsity, lay.weight.size)
            edge_value, tie_quota = find_level(flat_abs(lay.weight), k)
            masks[name + ".weight"], _ = apply_level(lay, edge_value, tie_quota)
    return copy_of_model, masks
