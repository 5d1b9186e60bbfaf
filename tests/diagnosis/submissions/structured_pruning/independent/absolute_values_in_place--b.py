"""Remove the channels with the smallest norms and return the smaller network with its masks."""

import copy
import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def slim_vector(vector, flags):
    return vector.reshape(flags.size, -1)[flags].ravel()


def cut_matrix(weight, flags):
    outs, ins = weight.shape
    return weight.reshape(outs, flags.size, ins // flags.size)[:, flags].reshape(outs, -1)


def choose(model, ratio, norm):
    weighted_layers = [k for k, item in enumerate(model) if isinstance(item, (Linear, Conv2d))]
    for k in weighted_layers:
        weight = model[k].weight
        if k == weighted_layers[-1]:
            yield k, np.ones(weight.shape[0], dtype=bool)
        else:
            yield k, keep_mask(row_norms(weight, norm), _k_for(ratio, weight.shape[0]))


def apply(model, table):
    seen = None
    for k, item in enumerate(model):
        match item:
            case Linear():
                weight = item.weight if seen is None else cut_matrix(item.weight, seen)
                seen = table[k]
                yield Linear(weight[seen], item.bias[seen] if item.bias is not None else None)
            case Conv2d():
                weight = item.weight if seen is None else item.weight[:, seen]
                seen = table[k]
                bias = item.bias[seen] if item.bias is not None else None
                yield Conv2d(weight[seen], bias, item.stride, item.padding, item.groups)
            case BatchNorm1d() | BatchNorm2d() if seen is not None:
                yield type(item)(
                    slim_vector(item.weight, seen),
                    slim_vector(item.bias, seen),
                    slim_vector(item.running_mean, seen),
                    slim_vector(item.running_var, seen),
                    item.eps,
                )
            case _:
                yield copy.deepcopy(item)


def prune_structured(model, ratio, norm=1):
    validate(ratio, norm)
    table = dict(choose(model, ratio, norm))
    smaller = Sequential(list(apply(model, table)))
    return smaller, {f"{k}.weight": flags for k, flags in table.items()}


def row_norms(weight, norm):
    weight[weight < 0] *= -1
    result = []
    for row in weight:
        values = row.ravel().tolist()
        result.append(math.fsum(values) if norm == 1 else math.sqrt(math.fsum(v * v for v in values)))
    return result


def _k_for(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    whole, rest = divmod(top * n, bottom)
    if rest:
        whole += 1
    return whole if whole < n else n - 1


def validate(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def keep_mask(scores, k):
    on = np.zeros(len(scores), dtype=bool)
    on[np.argpartition(np.asarray(scores), k)[k:]] = True
    return on
