"""Channel pruning on plain NumPy arrays."""

import copy
import math

import numpy as np

from judge.nn import AvgPool2d, Conv2d, Linear, MaxPool2d, Sequential


def widen(left, channels, extent):
    return np.flatnonzero(np.isin(np.arange(extent) // (extent // channels), left))


def prune_structured(model, ratio, norm=1):
    ensure(ratio, norm)
    where = [place for place, module in enumerate(model.layers) if type(module) in (Linear, Conv2d)]

    # first pass: decide
    plan = {}
    f64 = {place: np.asarray(model[place].weight, dtype=float) for place in where}
    for place in where:
        w = f64[place]
        if place == where[-1]:
            plan[place] = np.arange(len(w))
        else:
            plan[place] = pick(strengths(w, norm), removal_count(ratio, len(w)))

    # second pass: build
    built = []
    left, channels = None, 0
    for place, module in enumerate(model):
        if place in plan:
            w, b = f64[place], module.bias
            if left is not None:
                w = np.take(w, widen(left, channels, w.shape[1]), axis=1)
            left, channels = plan[place], len(w)
            w = w[left]
            b = b[left] if b is not None else None
            if isinstance(module, Conv2d):
                built.append(Conv2d(w, b, stride=module.stride, padding=module.padding))
            else:
                built.append(Linear(w, b))
        elif hasattr(module, "running_mean") and left is not None:
            cols = widen(left, channels, len(module.weight))
            built.append(
                type(module)(
                    weight=module.weight[cols],
                    bias=module.bias[cols],
                    running_mean=module.running_mean[cols],
                    running_var=module.running_var[cols],
                    eps=module.eps,
                )
            )
        elif isinstance(module, (MaxPool2d, AvgPool2d)):
            built.append(type(module)(module.kernel_size, module.stride))
        else:
            built.append(copy.deepcopy(module))

    mask_of = {}
    for place, left in plan.items():
        mask = np.bincount(left, minlength=len(model[place].weight))
        mask_of[str(place) + ".weight"] = mask
    return Sequential(built), mask_of


def ensure(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def strengths(wts, norm):
    return np.array([np.linalg.norm(row.astype(np.float64).ravel(), norm) for row in wts])


def removal_count(ratio, full):
    # nine decimals wash out the binary rounding error of the product
    return min(math.floor(round(ratio * full, 9)), full - 1)


def pick(sizes, drop_n):
    rank = np.argsort(np.argsort(sizes, kind="stable"))
    return np.flatnonzero(rank >= drop_n)
