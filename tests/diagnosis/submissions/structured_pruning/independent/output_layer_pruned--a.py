"""Filter pruning by magnitude, layer by layer."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def row_norms(filters, norm):
    rows2d = filters.astype(np.float64).reshape(filters.shape[0], -1)
    if norm == 1:
        return np.abs(rows2d).sum(axis=1)
    return np.sqrt((rows2d * rows2d).sum(axis=1))


def pick(strength, cut_n):
    by_norm = sorted(range(len(strength)), key=lambda chan: strength[chan])
    return np.array(sorted(by_norm[cut_n:]))


def quota(ratio, full):
    return min(int(Fraction(repr(ratio)) * full), full - 1)


def unfold(left, total, n_features):
    return np.arange(n_features).reshape(total, n_features // total)[left].ravel()


def prune_structured(model, ratio, norm=1):
    sound = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not sound:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    positions = [pos for pos in range(len(model)) if isinstance(model[pos], (Linear, Conv2d))]

    # first pass: decide
    kept_by_layer = {}
    for pos in positions:
        arr = model[pos].weight
        kept_by_layer[pos] = pick(row_norms(arr, norm), quota(ratio, len(arr)))

    # second pass: build
    fresh = []
    left, total = None, 0
    for pos, module in enumerate(model):
        if pos in kept_by_layer:
            arr, b = module.weight, module.bias
            if left is not None:
                arr = np.take(arr, unfold(left, total, arr.shape[1]), axis=1)
            left, total = kept_by_layer[pos], len(arr)
            arr = arr[left]
            b = b[left] if b is not None else None
            if isinstance(module, Conv2d):
                fresh.append(Conv2d(arr, b, stride=module.stride, padding=module.padding))
            else:
                fresh.append(Linear(arr, b))
        elif type(module) in {BatchNorm1d, BatchNorm2d} and left is not None:
            features = unfold(left, total, len(module.weight))
            fresh.append(
                type(module)(
                    np.take(module.weight, features),
                    np.take(module.bias, features),
                    np.take(module.running_mean, features),
                    np.take(module.running_var, features),
                    module.eps,
                )
            )
        elif isinstance(module, (MaxPool2d, AvgPool2d)):
            fresh.append(type(module)(module.kernel_size, module.stride))
        else:
            fresh.append(copy.deepcopy(module))

    flags_by_name = {}
    for pos, left in kept_by_layer.items():
        mask = np.isin(np.arange(len(model[pos].weight)), left)
        flags_by_name[str(pos) + ".weight"] = mask
    return Sequential(fresh), flags_by_name
