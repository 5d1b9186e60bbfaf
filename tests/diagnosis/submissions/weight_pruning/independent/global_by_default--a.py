"""Return a sparse copy of a network together with its masks."""

import bisect
import math
from fractions import Fraction

import numpy as np

from judge.nn import Sequential


def prunable(current, path=()):
    inner = current.named_children()
    if inner is None:
        weight = getattr(current, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), current
        return
    for key, child in inner:
        yield from prunable(child, (*path, key))


def share_of(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def select(magn, k):
    if not k:
        return np.zeros(len(magn), bool)
    ranked = sorted(magn.tolist())
    border = ranked[k - 1]
    room = k - bisect.bisect_left(ranked, border)
    answer = []
    for value in magn.tolist():
        equal = value == border and room > 0
        room -= equal
        answer.append(value < border or equal)
    return np.array(answer, bool)


def guard(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def replicate(thing, masks, path=""):
    """A copy of the network below thing in which masked arrays_of are zero."""
    built = object.__new__(type(thing))
    for attribute, value in vars(thing).items():
        if isinstance(value, np.ndarray):
            value = value.copy()
        elif isinstance(value, Sequential):
            value = replicate(value, masks, f"{path}{attribute}.")
        elif attribute == "layers":
            value = [replicate(child, masks, f"{path}{i}.") for i, child in enumerate(value)]
        setattr(built, attribute, value)
    key = path + "weight"
    if key in masks:
        built.weight = np.where(masks[key], built.weight, np.zeros((), built.weight.dtype))
    return built


def prune_weights(model, sparsity, scope="global"):
    guard(sparsity, scope)
    arrays_of = {f"{where_it_is}.weight": layer.weight for where_it_is, layer in prunable(model)}
    masks = {key: np.ones(w.shape, dtype=bool) for key, w in arrays_of.items()}
    rounds = [list(arrays_of)] if scope == "global" else [[key] for key in arrays_of]
    for keys in rounds:
        source_of = np.repeat(np.arange(len(keys)), [arrays_of[key].size for key in keys])
        size = np.concatenate([np.absolute(arrays_of[key]).reshape(-1) for key in keys])
        falls = select(size, share_of(sparsity, size.size))
        for i, key in enumerate(keys):
            masks[key] = ~falls[source_of == i].reshape(arrays_of[key].shape)
    return replicate(model, masks), masks
