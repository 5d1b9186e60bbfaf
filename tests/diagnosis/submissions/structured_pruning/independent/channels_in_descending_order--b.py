"""Cut weak filters out of a network, layer by layer."""

import heapq
import math
from fractions import Fraction
import numpy as np

from judge.nn import Conv2d, Linear, Sequential


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
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    sizes = {i: layer.weight.shape[0] for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d))}
    *hidden, output = sorted(sizes)
    rows_left = {i: np.asarray(kept_indices(magnitudes(model[i].weight, norm), victims(ratio, sizes[i]))) for i in hidden}
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


def kept_indices(scores, k):
    return heapq.nlargest(len(scores) - k, range(len(scores)), key=lambda c: scores[c])


def victims(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def magnitudes(weight, norm):
    result = []
    for row in weight:
        values = row.ravel().tolist()
        if norm == 1:
            result.append(math.fsum(abs(v) for v in values))
        else:
            result.append(math.sqrt(math.fsum(v * v for v in values)))
    return result
