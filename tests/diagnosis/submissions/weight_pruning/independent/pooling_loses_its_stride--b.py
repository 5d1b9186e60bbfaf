"""Magnitude pruning of single weights, per layer or over the whole network."""

import copy
import itertools
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def double(layer):
    """A second layer with arrays of its own."""
    for kind in (MaxPool2d, AvgPool2d):
        if isinstance(layer, kind):
            return kind(kernel_size=layer.kernel_size)
    other = copy.copy(layer)
    arrays = {attribute: value.copy() for attribute, value in vars(layer).items() if isinstance(value, np.ndarray)}
    other.__dict__.update(arrays)
    return other


def copy_chain(seq, path, found):
    """Copy a container, noting each prunable layer of the copy under its name."""
    fresh = []
    for place, layer in enumerate(seq):
        here = path + [str(place)]
        other = double(layer)
        if isinstance(layer, Residual):
            other.body = copy_chain(layer.body, here + ["body"], found)
            if layer.shortcut is not None:
                other.shortcut = copy_chain(layer.shortcut, here + ["shortcut"], found)
        elif isinstance(layer, Linear) or isinstance(layer, Conv2d):
            found[".".join(here + ["weight"])] = other
        fresh.append(other)
    return Sequential(fresh)


def select(scores, k):
    line_of_scores = scores.tolist()
    places = sorted(range(len(line_of_scores)), key=line_of_scores.__getitem__)
    out = [False] * len(line_of_scores)
    for place in places[:k]:
        out[place] = True
    return np.array(out, dtype=bool)


def absolute(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def number_to_drop(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def local_plan(found, sparsity):
    dropping = {}
    for key, mod in found.items():
        size_list = absolute(mod.weight)
        dropping[key] = select(size_list, number_to_drop(sparsity, size_list.size))
    return dropping


def at_once(found, sparsity):
    lined_up = np.concatenate([absolute(mod.weight) for mod in found.values()])
    falls = iter(select(lined_up, number_to_drop(sparsity, lined_up.size)).tolist())
    return {key: np.array(list(itertools.islice(falls, mod.weight.size)), bool) for key, mod in found.items()}


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    found = {}
    sparse_net = copy_chain(model, [], found)
    dropping = local_plan(found, sparsity) if scope == "layer" else at_once(found, sparsity)
    out_masks = {}
    for key, mod in found.items():
        drop = dropping[key].reshape(mod.weight.shape)
        mod.weight[drop] = mod.weight.dtype.type(0)
        out_masks[key] = np.where(drop, False, True)
    return sparse_net, out_masks
