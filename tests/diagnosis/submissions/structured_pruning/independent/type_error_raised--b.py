"""Takes the channels of smallest L1 or L2 norm out of every layer but the output."""

import copy
import math

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def ensure(ratio, norm):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio must be in [0, 1)")
    if norm == 1 or norm == 2:
        return
    raise TypeError("unsupported norm: " + str(norm))


def magnitudes(a, norm):
    res = []
    for filt in a:
        flat = [abs(v) for v in filt.ravel().tolist()]
        if norm == 1:
            res.append(math.fsum(flat))
        else:
            res.append(math.sqrt(math.fsum(v * v for v in flat)))
    return res


def quota(ratio, full):
    # nine decimals wash out the binary rounding error of the product
    return min(math.floor(round(ratio * full, 9)), full - 1)


def rank_and_cut(norms, removed_n):
    return np.sort(np.argsort(norms, kind="stable")[removed_n:])


def features_of(idx, before, extent):
    return np.flatnonzero(np.isin(np.arange(extent) // (extent // before), idx))


def prune_structured(model, ratio, norm=1):
    ensure(ratio, norm)
    weighted = [index for index in range(len(model)) if isinstance(model[index], (Linear, Conv2d))]

    # first pass: decide
    plan = {}
    for index in weighted:
        kernel = model[index].weight
        if index == weighted[-1]:
            plan[index] = np.arange(len(kernel))
        else:
            plan[index] = rank_and_cut(magnitudes(kernel, norm), quota(ratio, len(kernel)))

    # second pass: build
    built = []
    idx, before = None, 0
    for index, op in enumerate(model):
        if index in plan:
            kernel, offset = op.weight, op.bias
            if idx is not None:
                kernel = np.take(kernel, features_of(idx, before, kernel.shape[1]), axis=1)
            idx, before = plan[index], len(kernel)
            kernel = kernel[idx]
            offset = offset[idx] if offset is not None else None
            if isinstance(op, Conv2d):
                built.append(Conv2d(kernel, offset, stride=op.stride, padding=op.padding))
            else:
                built.append(Linear(kernel, offset))
        elif isinstance(op, (BatchNorm1d, BatchNorm2d)) and idx is not None:
            cols = features_of(idx, before, len(op.weight))
            built.append(
                type(op)(
                    weight=op.weight[cols],
                    bias=op.bias[cols],
                    running_mean=op.running_mean[cols],
                    running_var=op.running_var[cols],
                    eps=op.eps,
                )
            )
        elif isinstance(op, (MaxPool2d, AvgPool2d)):
            built.append(type(op)(op.kernel_size, op.stride))
        else:
            built.append(copy.deepcopy(op))

    masks = {}
    for index, idx in plan.items():
        mask = np.zeros(len(model[index].weight), dtype=bool)
        mask[idx] = True
        masks[str(index) + ".weight"] = mask
    return Sequential(built), masks
