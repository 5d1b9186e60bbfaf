"""Filter pruning by magnitude, layer by layer."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, Conv2d, Linear, MaxPool2d, Sequential


def groups_of(tensor, how_wide):
    """The weights that read channel c, as row c."""
    return np.swapaxes(tensor.reshape(len(tensor), how_wide, -1), 0, 1)


def magnitudes(tensor, norm):
    mat = tensor.astype(np.float64).reshape(tensor.shape[0], -1)
    if norm == 1:
        return np.abs(mat).sum(axis=1)
    return np.sqrt((mat * mat).sum(axis=1))


def pick(s_, drop_n):
    order = sorted(range(len(s_)), key=lambda u: s_[u])
    return np.array(sorted(order[drop_n:]))


def count_of(ratio, how_wide):
    amount = math.ceil(Fraction(repr(ratio)) * how_wide)
    return min(amount, how_wide - 1)


def expand(left, total, size):
    per_channel = size // total
    return (left[:, None] * per_channel + np.arange(per_channel)[None, :]).reshape(-1)


def prune_structured(model, ratio, norm=1):
    ok = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not ok:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    positions = [i for i, lay in enumerate(model.layers) if type(lay) in (Linear, Conv2d)]

    # first pass: decide
    choice = {}
    for i, reader in zip(positions, [*positions[1:], None]):
        matrix = model[i].weight
        if i == positions[-1]:
            choice[i] = np.arange(len(matrix))
        else:
            choice[i] = pick(
                magnitudes(groups_of(model[reader].weight, len(matrix)), norm), count_of(ratio, len(matrix))
            )

    # second pass: build
    pieces = []
    left, total = None, 0
    for i, lay in enumerate(model):
        if i in choice:
            matrix, b = lay.weight, lay.bias
            if left is not None:
                matrix = np.take(matrix, expand(left, total, matrix.shape[1]), axis=1)
            left, total = choice[i], len(matrix)
            matrix = matrix[left]
            b = b[left] if b is not None else None
            if isinstance(lay, Conv2d):
                pieces.append(Conv2d(matrix, b, stride=lay.stride, padding=lay.padding))
            else:
                pieces.append(Linear(matrix, b))
        elif hasattr(lay, "running_mean") and left is not None:
            picks = expand(left, total, len(lay.weight))
            pieces.append(
                type(lay)(
                    np.take(lay.weight, picks),
                    np.take(lay.bias, picks),
                    np.take(lay.running_mean, picks),
                    np.take(lay.running_var, picks),
                    lay.eps,
                )
            )
        elif isinstance(lay, (MaxPool2d, AvgPool2d)):
            pieces.append(type(lay)(lay.kernel_size, lay.stride))
        else:
            pieces.append(copy.deepcopy(lay))

    mask_of = {}
    for i, left in choice.items():
        marks = np.isin(np.arange(len(model[i].weight)), left)
        mask_of[str(i) + ".weight"] = marks
    return Sequential(pieces), mask_of
