"""Set a share of the weights to zero, smallest magnitude first."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def guard(sparsity, scope):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))


def strength(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def cut_point(sizes_of, k):
    """A multiple of the standard deviation."""
    signed = [float(x) for x in sizes_of]
    centre = sum(signed) / len(signed)
    variance = sum((x - centre) ** 2 for x in signed) / len(signed)
    return 2 * k * math.sqrt(variance), 0


def carve(mod, thr, tie_quota):
    """Zero what lies below the level, and at most `spare` of what lies on it; return mask and what is spare still."""
    magnitude = strength(mod.weight)
    below_cut = np.less(magnitude, thr)
    on_it = np.where(np.equal(magnitude, thr))[0][:tie_quota]
    np.put(below_cut, on_it, True)
    mask = ~below_cut.reshape(mod.weight.shape)
    mod.weight = np.where(mask, mod.weight, mod.weight.dtype.type(0.0))
    return mask, tie_quota - len(on_it)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    product = model.copy()
    weights_here = [(name, mod) for name, mod in product.named_modules() if isinstance(mod, (Conv2d, Linear))]
    masks = dict()
    if scope == "global":
        bag = np.concatenate([mod.weight.ravel() for _, mod in weights_here])
        thr, tie_quota = cut_point(bag, sparsity)
        for name, mod in weights_here:
            masks[name + ".weight"], tie_quota = carve(mod, thr, tie_quota)
    else:
        for name, mod in weights_here:
            magnitudes = mod.weight.ravel()
            thr, tie_quota = cut_point(magnitudes, sparsity)
            masks[name + ".weight"], _ = carve(mod, thr, tie_quota)
    return product, masks
