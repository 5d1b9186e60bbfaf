"""prune_structured: rows, bias entries, BatchNorm entries and reading columns go together."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, Conv2d, Linear, MaxPool2d, Sequential


def weakest_out(s_, k):
    sequence = np.lexsort((range(len(s_)), s_))
    return np.setdiff1d(np.arange(len(s_)), sequence[:k])


def strengths(a, norm):
    res = []
    for one_filter in a:
        vals = [abs(v) for v in one_filter.ravel().tolist()]
        if norm == 1:
            res.append(math.fsum(vals))
        else:
            res.append(math.sqrt(math.fsum(v * v for v in vals)))
    return res


def number_removed(ratio, channels_n):
    numer, bottom = Fraction(repr(ratio)).as_integer_ratio()
    k = numer * channels_n // bottom
    return min(channels_n - 1, k)


def blocks(remaining, before, extent):
    per_channel = extent // before
    return (remaining[:, None] * per_channel + np.arange(per_channel)[None, :]).reshape(-1)


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    spots = [n_layer for n_layer in range(len(model)) if isinstance(model[n_layer], (Linear, Conv2d))]

    # first pass: decide
    kept_by_layer = {
        n_layer: weakest_out(strengths(model[n_layer].weight, norm), number_removed(ratio, len(model[n_layer].weight)))
        for n_layer in spots[:-1]
    }
    kept_by_layer[spots[-1]] = np.arange(len(model[spots[-1]].weight))

    # second pass: build
    fresh = []
    remaining, before = None, 0
    for n_layer, module in enumerate(model):
        if n_layer in kept_by_layer:
            arr, offset = module.weight, module.bias
            if remaining is not None:
                arr = np.take(arr, blocks(remaining, before, arr.shape[1]), axis=1)
            remaining, before = kept_by_layer[n_layer], len(arr)
            arr = arr[remaining]
            offset = offset[remaining] if offset is not None else None
            if isinstance(module, Conv2d):
                fresh.append(Conv2d(arr, offset, padding=module.padding))
            else:
                fresh.append(Linear(arr, offset))
        elif type(module).__name__.startswith("BatchNorm") and remaining is not None:
            features = blocks(remaining, before, len(module.weight))
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
    for n_layer, remaining in kept_by_layer.items():
        flag = np.zeros(len(model[n_layer].weight), dtype=bool)
        flag[remaining] = True
        flags_by_name[str(n_layer) + ".weight"] = flag
    return Sequential(fresh), flags_by_name
