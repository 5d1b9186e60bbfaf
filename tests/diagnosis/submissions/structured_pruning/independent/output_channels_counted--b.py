"""Shrinks linear and convolutional layers by whole channels."""

import copy
import heapq
import math
from fractions import Fraction

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


class Refused(ValueError):
    """An argument that cannot be worked with."""


def survivors(scores, few):
    lowest = heapq.nsmallest(few, range(len(scores)), key=lambda ci: scores[ci])
    return np.array(lowest, dtype=int)


def removal_count(ratio, n):
    amount = math.ceil(Fraction(repr(ratio)) * n)
    return min(amount, n - 1)


def filter_norms(array_in, norm):
    return np.array([np.linalg.norm(line_of.astype(np.float64).ravel(), norm) for line_of in array_in])


def features_of(dead, span):
    return (dead.reshape(-1, 1) * span + np.arange(span)).flatten()


def drop(parts_list, p, dead):
    """Take the channels dead of layer p out of it and out of everything up to the next weights."""
    head = parts_list[p]
    rows = head.weight.shape[0]
    head.weight = np.delete(head.weight, dead, 0)
    head.bias = head.bias if head.bias is None else np.delete(head.bias, dead)
    for module in parts_list[p + 1 :]:
        if type(module) in {BatchNorm1d, BatchNorm2d}:
            picks = features_of(dead, module.weight.size // rows)
            module.weight = np.delete(module.weight, picks)
            module.bias = np.delete(module.bias, picks)
            module.running_mean = np.delete(module.running_mean, picks)
            module.running_var = np.delete(module.running_var, picks)
        elif isinstance(module, Linear | Conv2d):
            picks = features_of(dead, module.weight.shape[1] // rows)
            module.weight = np.delete(module.weight, picks, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise Refused("ratio")
    if norm == 1 or norm == 2:
        pass
    else:
        raise Refused("norm")
    candidates_by_pos = {
        p: module.weight for p, module in enumerate(model.layers) if isinstance(module, Linear | Conv2d)
    }
    *not_last, last = candidates_by_pos
    kept_masks = {f"{p}.weight": np.ones(arr.shape[0], dtype=bool) for p, arr in candidates_by_pos.items()}
    clone = copy.deepcopy(model)
    amount = removal_count(ratio, candidates_by_pos[last].shape[0])
    for ordinal, p in enumerate(not_last):
        arr = candidates_by_pos[p]
        # what the output layer cannot lose is dealt out among the others
        few = removal_count(ratio, arr.shape[0]) + amount // len(not_last) + (ordinal < amount % len(not_last))
        dead = survivors(filter_norms(arr, norm), min(few, arr.shape[0] - 1))
        kept_masks[f"{p}.weight"][dead] = False
        drop(clone.layers, p, dead)
    return clone, kept_masks
