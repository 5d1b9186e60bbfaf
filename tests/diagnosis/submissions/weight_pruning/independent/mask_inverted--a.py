"""Set the weights of smallest magnitude to zero and say which stayed."""

import copy
import math
from fractions import Fraction

import numpy as np


def targets_of(current, path=()):
    subs = current.named_children()
    if subs is None:
        weight = getattr(current, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), current
        return
    for key, child in subs:
        yield from targets_of(child, (*path, key))


def smallest(v_abs, k):
    # Non-negative floats sort like their bit patterns.
    bits = np.ascontiguousarray(v_abs).view(f"u{v_abs.dtype.itemsize}")
    decided = np.zeros(bits.size, dtype=bool)
    np.put(decided, np.argsort(bits, kind="stable")[:k], True)
    return decided


def guard(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def number_to_prune(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    duplicate = copy.deepcopy(model)
    todo = [*targets_of(duplicate)]
    partitions = zip(todo) if scope == "layer" else (todo,)
    record = {}
    for cohort in partitions:
        numels = [leaf.weight.size for _, leaf in cohort]
        strength = np.concatenate([np.absolute(leaf.weight).reshape(-1) for _, leaf in cohort])
        out_ = smallest(strength, number_to_prune(sparsity, strength.size))
        parts = np.split(out_, np.cumsum(numels)[:-1])
        for (label, leaf), section in zip(cohort, parts):
            retained = ~section.reshape(leaf.weight.shape)
            leaf.weight = np.where(retained, leaf.weight, leaf.weight.dtype.type(0))
            record[f"{label}.weight"] = ~retained
    return duplicate, record
