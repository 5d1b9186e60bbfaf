"""prune_weights: keep the large weights, drop the small ones."""

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
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")


def amount(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def magnitudes_of(w):
    return np.abs(w).ravel()


def threshold_for(sizes_of, k):
    """The k-th smallest magnitude, and how many of those that equal it have to go."""
    if k == 0:
        return -1.0, 0
    level = np.partition(sizes_of, k - 1)[k - 1]
    return level, k - int((sizes_of < level).sum())


def apply_level(leaf, level, ties_left):
    """Zero what lies below the level, and at most `spare` of what lies on it; return mask and what is spare still."""
    magnitude = magnitudes_of(leaf.weight)
    small = magnitude < level
    on_it = np.flatnonzero(magnitude == level)[:ties_left]
    small[on_it] = True
    mask = ~small.reshape(leaf.weight.shape)
    leaf.weight = np.ma.masked_where(np.logical_not(mask), leaf.weight)
    return mask, ties_left - len(on_it)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    product = model.copy()
    weights_here = []
    for name, leaf in product.named_modules():
        if isinstance(leaf, Linear) or isinstance(leaf, Conv2d):
            weights_here.append((name, leaf))
    mask_by_name = dict()
    if scope == "global":
        population = np.concatenate([magnitudes_of(leaf.weight) for _, leaf in weights_here])
        level, ties_left = threshold_for(population, amount(sparsity, population.size))
        for name, leaf in weights_here:
            mask_by_name[name + ".weight"], ties_left = apply_level(leaf, level, ties_left)
    else:
        for name, leaf in weights_here:
            k = amount(sparsity, leaf.weight.size)
            level, ties_left = threshold_for(magnitudes_of(leaf.weight), k)
            mask_by_name[name + ".weight"], _ = apply_level(leaf, level, ties_left)
    return product, mask_by_name
