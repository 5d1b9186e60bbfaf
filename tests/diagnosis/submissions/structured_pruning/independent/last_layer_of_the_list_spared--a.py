"""Channel pruning for plain NumPy networks."""

import math
from fractions import Fraction
import numpy as np

from judge import nn


def select_channels(scores, k):
    ranking = np.lexsort((np.arange(len(scores)), np.asarray(scores)))
    return np.setdiff1d(np.arange(len(scores)), ranking[:k])


def how_many(ratio, n):
    staying = n - math.floor(Fraction(repr(ratio)) * n)
    return n - max(staying, 1)


def filter_norms(weight, norm):
    rows = np.asarray(weight, dtype=np.float64).reshape(len(weight), -1)
    return np.linalg.norm(rows, ord=norm, axis=1)


def crop(array, rows, columns):
    """``array`` with these entries of axis 0 and axis 1; None: all of them."""
    if columns is not None:
        array = array[:, columns]
    return array if rows is None else array[rows]


def slim_layer(layer, mine, old_layers, source_size):
    changed = type(layer).__new__(type(layer))
    for key, value in layer.__dict__.items():
        if isinstance(value, np.ndarray):
            columns, rows = None, mine
            if old_layers is not None:
                if mine is None:  # a batch norm
                    per = value.shape[0] // source_size
                    rows = np.add.outer(old_layers * per, np.arange(per)).ravel()
                elif value.ndim > 1:
                    per = value.shape[1] // source_size
                    columns = np.add.outer(old_layers * per, np.arange(per)).ravel()
            value = crop(value, rows, columns)
        setattr(changed, key, value)
    return changed


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    sizes = {i: layer.weight.shape[0] for i, layer in enumerate(model) if isinstance(layer, (nn.Linear, nn.Conv2d))}
    rows_left = {i: np.asarray(select_channels(filter_norms(model[i].weight, norm), how_many(ratio, sizes[i]))) for i in sizes}
    last = len(model) - 1
    if last in sizes:
        rows_left[last] = np.arange(sizes[last])

    answer = nn.Sequential()
    for i, layer in enumerate(model):
        feeder = max((j for j in sizes if j < i), default=None)
        answer.append(slim_layer(layer, rows_left.get(i), rows_left.get(feeder), sizes.get(feeder)))
    masks = {}
    for i, size in sizes.items():
        masks[f"{i}.weight"] = np.zeros(size, dtype=bool)
        masks[f"{i}.weight"][rows_left[i]] = True
    return answer, masks
