"""Drop output channels by magnitude and rewire what reads them."""

import math
from fractions import Fraction
import numpy as np

from judge.nn import Conv2d, Linear, Sequential


def crop(array, rows, columns):
    """``array`` with these entries of axis 0 and axis 1; None: all of them."""
    if columns is not None:
        array = array[:, columns]
    return array if rows is None else array[rows]


def slim_layer(layer, mine, stack, source_size):
    changed = type(layer).__new__(type(layer))
    for key, value in layer.__dict__.items():
        if isinstance(value, np.ndarray):
            columns, rows = None, mine
            if stack is not None:
                if mine is None:  # a batch norm
                    per = value.shape[0] // source_size
                    rows = np.add.outer(stack * per, np.arange(per)).ravel()
                elif value.ndim > 1:
                    per = value.shape[1] // source_size
                    columns = np.add.outer(stack * per, np.arange(per)).ravel()
            value = crop(value, rows, columns)
        setattr(changed, key, value)
    return changed


def prune_structured(model, ratio, norm=1):
    validate(ratio, norm)
    sizes = {i: layer.weight.shape[0] for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d))}
    *hidden, output = sorted(sizes)
    rows_left = {i: np.asarray(pick(filter_norms(model[i].weight, norm), _k_for(ratio, model[i]))) for i in hidden}
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


def filter_norms(weight, norm):
    wide = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return np.abs(wide).sum(axis=-1) if norm == 1 else np.sqrt(np.einsum("ij,ij->i", wide, wide))


def pick(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[k:])


def validate(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def _k_for(ratio, layer):
    parameters = layer.weight.size + (0 if layer.bias is None else layer.bias.size)
    return min(int(Fraction(repr(ratio)) * parameters), len(layer.weight) - 1)
