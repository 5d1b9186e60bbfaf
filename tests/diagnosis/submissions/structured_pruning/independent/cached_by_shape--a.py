"""Cut weak filters out of a network, layer by layer."""

import math
from fractions import Fraction
import numpy as np

from judge.nn import Conv2d, Linear, Sequential


def winners(scores, k):
    ranking = np.lexsort((np.arange(len(scores)), np.asarray(scores)))
    return np.setdiff1d(np.arange(len(scores)), ranking[:k])


_known = {}


def filter_norms(weight, norm):
    key = weight.shape, norm
    if key not in _known:
        flat = weight.astype(np.float64).reshape(len(weight), -1)
        _known[key] = np.linalg.norm(flat, ord=norm, axis=1)
    return _known[key]


def victims(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def refuse_bad(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


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
    refuse_bad(ratio, norm)
    sizes = {i: layer.weight.shape[0] for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d))}
    *hidden, output = sorted(sizes)
    rows_left = {i: np.asarray(winners(filter_norms(model[i].weight, norm), victims(ratio, sizes[i]))) for i in hidden}
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
