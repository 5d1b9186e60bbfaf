"""prune_structured: rows, bias entries, BatchNorm entries and reading columns go together."""

import functools
import math
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def importance(wts, norm):
    res = []
    for row in wts:
        abs_vals = [abs(number_) for number_ in row.ravel().tolist()]
        if norm == 1:
            res.append(math.fsum(abs_vals))
        else:
            res.append(math.sqrt(math.fsum(number_ * number_ for number_ in abs_vals)))
    return res


def quota(ratio, full):
    cut_n = min(int(Fraction(repr(ratio)) * full), full - 1)
    x = -(-(full - cut_n) // 8) * 8
    return max(0, full - x)


def select(sizes, cut_n):
    true_where = np.ones(len(sizes), dtype=bool)
    true_where[np.argsort(sizes, kind="stable")[:cut_n]] = False
    return true_where


def unfold(marks, n_features):
    if marks is None:
        return np.ones(n_features, dtype=bool)
    return np.repeat(marks, n_features // len(marks))


@functools.singledispatch
def shrink(module, came_in, retained):
    """Layers that hold nothing."""
    return type(module)()


@shrink.register(Linear)
def shrink_linear(module, came_in, retained):
    cells = np.ix_(retained, unfold(came_in, module.in_features))
    return Linear(module.weight[cells], None if module.bias is None else module.bias[retained])


@shrink.register(Conv2d)
def of_conv(module, came_in, retained):
    cells = np.ix_(np.flatnonzero(retained), np.flatnonzero(unfold(came_in, module.weight.shape[1])))
    shift = None if module.bias is None else module.bias[retained]
    return Conv2d(module.weight[cells], shift, module.stride, module.padding, module.groups)


@shrink.register(BatchNorm1d)
@shrink.register(BatchNorm2d)
def bn_case(module, came_in, retained):
    cols = unfold(came_in, module.num_features)
    return type(module)(
        weight=module.weight[cols],
        bias=module.bias[cols],
        running_mean=module.running_mean[cols],
        running_var=module.running_var[cols],
        eps=module.eps,
    )


@shrink.register(MaxPool2d)
@shrink.register(AvgPool2d)
def of_pool(module, came_in, retained):
    return type(module)(kernel_size=module.kernel_size, stride=module.stride)


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    weight_at = [
        (n_layer, module.weight) for n_layer, module in enumerate(model) if isinstance(module, Linear | Conv2d)
    ]
    flags = {n_layer: select(importance(w, norm), quota(ratio, len(w))) for n_layer, w in weight_at[:-1]}
    for n_layer, w in weight_at[-1:]:
        flags[n_layer] = np.ones(len(w), dtype=bool)

    def stream():
        parts, came_in = [], None
        for n_layer, module in enumerate(model.layers):
            parts.append(shrink(module, came_in, flags.get(n_layer)))
            came_in = flags.get(n_layer, came_in)
        return parts

    out_masks = {"%d.weight" % n_layer: retained for n_layer, retained in flags.items()}
    return Sequential(stream()), out_masks
