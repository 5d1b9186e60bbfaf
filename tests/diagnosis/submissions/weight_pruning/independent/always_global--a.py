"""Prune a network by magnitude."""

import bisect
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def share_of(sparsity, entries):
    exact = Fraction(repr(sparsity)) * entries
    whole, rest = divmod(exact, 1)
    return int(whole) + (1 if rest > 0 else 0)


def refuse_nonsense(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def smallest(vals, k):
    if not k:
        return np.zeros(len(vals), bool)
    in_order = sorted(vals.tolist())
    cut = in_order[k - 1]
    room = k - bisect.bisect_left(in_order, cut)
    answer = []
    for value in vals.tolist():
        equal = value == cut and room > 0
        room -= equal
        answer.append(value < cut or equal)
    return np.array(answer, bool)


def collect(root_net, prefix=""):
    result_list = []
    for i, layer in enumerate(root_net.layers):
        title = f"{prefix}{i}"
        if isinstance(layer, Residual):
            result_list += collect(layer.body, title + ".body.")
            if layer.shortcut is not None:
                result_list += collect(layer.shortcut, title + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            result_list.append((title, layer))
    return result_list


def replicate(item, masks, path=""):
    """A copy of the network below item in which masked tensors are zero."""
    built = object.__new__(type(item))
    for attribute, value in vars(item).items():
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


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    tensors = {f"{name}.weight": leaf_layer.weight for name, leaf_layer in collect(model)}
    masks = {key: np.ones(w.shape, dtype=bool) for key, w in tensors.items()}
    jobs = [list(tensors)]
    for members_of in jobs:
        whose = np.repeat(np.arange(len(members_of)), [tensors[key].size for key in members_of])
        amounts = np.concatenate([np.fabs(tensors[key]).reshape(-1) for key in members_of])
        cutaway = smallest(amounts, share_of(sparsity, amounts.size))
        for i, key in enumerate(members_of):
            masks[key] = ~cutaway[whose == i].reshape(tensors[key].shape)
    return replicate(model, masks), masks
