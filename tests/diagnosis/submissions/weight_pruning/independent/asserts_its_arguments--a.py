"""Zero out the smallest weights of a network."""

import bisect
import copy
import itertools
import math
from fractions import Fraction

import numpy as np


def select(values, k):
    if not k:
        return np.zeros(len(values), bool)
    ranked = sorted(values.tolist())
    cut = ranked[k - 1]
    room = k - bisect.bisect_left(ranked, cut)
    answer = []
    for value in values.tolist():
        equal = value == cut and room > 0
        room -= equal
        answer.append(value < cut or equal)
    return np.array(answer, bool)


def budget_for(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def weight_layers(current, path=()):
    subs = current.named_children()
    if subs is None:
        weight = getattr(current, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), current
        return
    for key, child in subs:
        yield from weight_layers(child, (*path, key))


def ensure_valid(sparsity, scope):
    assert 0.0 <= sparsity <= 1.0, "sparsity must be in [0, 1]"
    assert scope in ("layer", "global"), "unknown scope"


def magnitudes(arrays_of):
    return np.concatenate([np.fabs(w).ravel() for w in arrays_of])


def restore_shapes(vec1, arrays_of):
    """Cut one long vec1 into arrays of the arrays_of' shapes."""
    rest = vec1
    for w in arrays_of:
        head, rest = rest[: w.size], rest[w.size :]
        yield head.reshape(w.shape)


def keepers(arrays_of, sparsity):
    vec1 = magnitudes(arrays_of)
    return restore_shapes(~select(vec1, budget_for(sparsity, vec1.size)), arrays_of)


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    fresh = copy.deepcopy(model)
    candidates = tuple(weight_layers(fresh))
    arrays_of = [mod.weight for _, mod in candidates]
    crowds = ([w] for w in arrays_of) if scope == "layer" else iter([arrays_of])
    kept = itertools.chain.from_iterable(keepers(batch, sparsity) for batch in crowds)
    all_masks = {}
    for (name, mod), bitmap in zip(candidates, kept):
        np.putmask(mod.weight, ~bitmap, 0)
        all_masks[f"{name}.weight"] = bitmap.copy()
    return fresh, all_masks
