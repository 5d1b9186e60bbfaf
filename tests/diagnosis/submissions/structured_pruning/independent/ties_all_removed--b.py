"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def per_feature(left, n_before, length):
    return np.arange(length).reshape(n_before, length // n_before)[left].ravel()


def prune_structured(model, ratio, norm=1):
    fine = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not fine:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    where = [place for place in range(len(model)) if isinstance(model[place], (Linear, Conv2d))]

    # first pass: decide
    plan = {
        place: select(filter_norms(model[place].weight, norm), number_removed(ratio, len(model[place].weight)))
        for place in where[:-1]
    }
    plan[where[-1]] = np.arange(len(model[where[-1]].weight))

    # second pass: build
    fresh = []
    left, n_before = None, 0
    for place, module in enumerate(model):
        if place in plan:
            arr, offset = module.weight, module.bias
            if left is not None:
                arr = np.take(arr, per_feature(left, n_before, arr.shape[1]), axis=1)
            left, n_before = plan[place], len(arr)
            arr = arr[left]
            offset = offset[left] if offset is not None else None
            if isinstance(module, Conv2d):
                fresh.append(Conv2d(arr, offset, stride=module.stride, padding=module.padding))
            else:
                fresh.append(Linear(arr, offset))
        elif isinstance(module, (BatchNorm1d, BatchNorm2d)) and left is not None:
            cols = per_feature(left, n_before, len(module.weight))
            fresh.append(
                type(module)(
                    *(getattr(module, key)[cols] for key in ("weight", "bias", "running_mean", "running_var")),
                    eps=module.eps,
                )
            )
        elif isinstance(module, (MaxPool2d, AvgPool2d)):
            fresh.append(type(module)(module.kernel_size, module.stride))
        else:
            fresh.append(copy.deepcopy(module))

    masks = {}
    for place, left in plan.items():
        bits = np.isin(np.arange(len(model[place].weight)), left)
        masks[str(place) + ".weight"] = bits
    return Sequential(fresh), masks


def filter_norms(array_in, norm):
    return np.linalg.norm(np.asarray(array_in, dtype=float).reshape(len(array_in), -1), ord=norm, axis=1)


def select(scores, cut_n):
    thr = sorted(scores)[cut_n - 1] if cut_n else -1.0
    return np.flatnonzero([z > thr for z in scores])


def number_removed(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)
