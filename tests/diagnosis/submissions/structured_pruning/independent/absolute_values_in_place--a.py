"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import math
from fractions import Fraction
import numpy as np

from judge.nn import Conv2d, Linear, Sequential


def crop(array, rows, columns):
    """``array`` with these entries of axis 0 and axis 1; None: all of them."""
    if columns is not None:
        array = array[:, columns]
    return array if rows is None else array[rows]


def slim_layer(layer, mine, source, source_size):
    changed = type(layer).__new__(type(layer))
    for key, value in layer.__dict__.items():
        if isinstance(value, np.ndarray):
            columns, rows = None, mine
            if source is not None:
                if mine is None:  # a batch norm
                    per = value.shape[0] // source_size
                    rows = np.add.outer(source * per, np.arange(per)).ravel()
                elif value.ndim > 1:
                    per = value.shape[1] // source_size
                    columns = np.add.outer(source * per, np.arange(per)).ravel()
            value = crop(value, rows, columns)
        setattr(changed, key, value)
    return changed


def prune_structured(model, ratio, norm=1):
    check_arguments(ratio, norm)
    sizes = {i: layer.weight.shape[0] for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d))}
    *hidden, output = sorted(sizes)
    rows_left = {i: np.asarray(survivors(importance(model[i].weight, norm), victims(ratio, sizes[i]))) for i in hidden}
    rows_left[output] = np.arange(sizes[output])

    answer = Sequential()
    for i, layer in enumerate(model):
        feeder = max((j for j in sizes if j < i), default=None)
        answer.append(slim_layer(layer, rows_left.get(i), rows_left.get(feeder), sizes.get(feeder)))
    masks = {}
    for i, size in sizes.items():
        masks[f"{i}.weight"] = np.zeros(size, dtype=bool)
        masks[f"{i}.weight"][rows_left[i]] = True
    return answer, masks


def importance(weight, norm):
    np.abs(weight, out=weight)
    flat = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return flat.sum(axis=1) if norm == 1 else np.sqrt((flat**2).sum(axis=1))


def victims(ratio, n):
    staying = n - math.floor(Fraction(repr(ratio)) * n)
    return n - max(staying, 1)


def check_arguments(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def survivors(scores, k):
    order = sorted(range(len(scores)), key=lambda c: scores[c])
    return np.array(sorted(order[k:]))
