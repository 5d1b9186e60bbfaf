"""Drop output channels by magnitude and rewire what reads them."""

import copy
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def cut_vector(vector, bits):
    return vector.reshape(bits.size, -1)[bits].ravel()


def m_cut(weight, bits):
    height, ins = weight.shape
    return weight.reshape(height, bits.size, ins // bits.size)[:, bits].reshape(height, -1)


def choose(model, ratio, norm):
    heavy = [k for k, item in enumerate(model) if isinstance(item, (Linear, Conv2d))]
    for k in heavy:
        weight = model[k].weight
        if k == heavy[-1]:
            yield k, np.ones(weight.shape[0], dtype=bool)
        else:
            yield k, mark(filter_norms(weight, norm), number_to_cut(ratio, weight.shape[0]))


def apply(model, kept_by):
    latest = None
    for k, item in enumerate(model):
        match item:
            case Linear():
                weight = item.weight if latest is None else m_cut(item.weight, latest)
                latest = kept_by[k]
                yield Linear(weight[latest], item.bias)
            case Conv2d():
                weight = item.weight if latest is None else item.weight[:, latest]
                latest = kept_by[k]
                yield Conv2d(weight[latest], item.bias, item.stride, item.padding, item.groups)
            case BatchNorm1d() | BatchNorm2d() if latest is not None:
                yield type(item)(
                    cut_vector(item.weight, latest),
                    cut_vector(item.bias, latest),
                    cut_vector(item.running_mean, latest),
                    cut_vector(item.running_var, latest),
                    item.eps,
                )
            case _:
                yield copy.deepcopy(item)


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    kept_by = dict(choose(model, ratio, norm))
    smaller = Sequential(list(apply(model, kept_by)))
    return smaller, {f"{k}.weight": bits for k, bits in kept_by.items()}


def filter_norms(weight, norm):
    rows = np.asarray(weight, dtype=np.float64).reshape(len(weight), -1)
    return np.linalg.norm(rows, ord=norm, axis=1)


def mark(scores, k):
    on = np.zeros(len(scores), dtype=bool)
    on[np.argpartition(np.asarray(scores), k)[k:]] = True
    return on


def number_to_cut(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)
