"""Returns a slimmer copy of a network together with the masks of what stayed."""

import copy
import math

import numpy as np

from judge.nn import AvgPool2d, Conv2d, Linear, MaxPool2d, Sequential


class ArgumentError(ValueError):
    """An argument that cannot be worked with."""


def survivors(s_, k):
    rank = np.argsort(np.argsort(s_, kind="stable"))
    return np.flatnonzero(rank >= k)


def magnitudes(filters, norm):
    return np.array([np.linalg.norm(line_of.astype(np.float64).ravel(), norm) for line_of in filters])


def removal_count(ratio, how_wide):
    # nine decimals wash out the binary rounding error of the product
    return min(math.floor(round(ratio * how_wide, 9)), how_wide - 1)


def per_feature(kept, total, length):
    return np.flatnonzero(np.isin(np.arange(length) // (length // total), kept))


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise ArgumentError("ratio")
    if norm == 1 or norm == 2:
        pass
    else:
        raise ArgumentError("norm")
    idx_list = [pos for pos, block in enumerate(model.layers) if type(block) in (Linear, Conv2d)]

    # first pass: decide
    choice = dict.fromkeys(idx_list)
    for pos, block in ((t, model[t]) for t in idx_list):
        how_wide = block.weight.shape[0]
        choice[pos] = np.array(range(how_wide))
        if pos != idx_list[-1]:
            choice[pos] = survivors(magnitudes(block.weight, norm), removal_count(ratio, how_wide))

    # second pass: build
    stack = []
    kept, total = None, 0
    for pos, block in enumerate(model):
        if pos in choice:
            w, offset = block.weight, block.bias
            depthwise_like = isinstance(block, Conv2d) and block.groups == block.out_channels
            if kept is not None and not depthwise_like:
                w = np.take(w, per_feature(kept, total, w.shape[1]), axis=1)
            kept, total = choice[pos], len(w)
            w = w[kept]
            offset = offset[kept] if offset is not None else None
            if isinstance(block, Conv2d):
                stack.append(Conv2d(w, offset, stride=block.stride, padding=block.padding))
            else:
                stack.append(Linear(w, offset))
        elif hasattr(block, "running_mean") and kept is not None:
            features = per_feature(kept, total, len(block.weight))
            stack.append(
                type(block)(
                    weight=block.weight[features],
                    bias=block.bias[features],
                    running_mean=block.running_mean[features],
                    running_var=block.running_var[features],
                    eps=block.eps,
                )
            )
        elif isinstance(block, (MaxPool2d, AvgPool2d)):
            stack.append(type(block)(block.kernel_size, block.stride))
        else:
            stack.append(copy.deepcopy(block))

    kept_masks = {}
    for pos, kept in choice.items():
        flag = np.zeros(len(model[pos].weight), dtype=bool)
        flag[kept] = True
        kept_masks[str(pos) + ".weight"] = flag
    return Sequential(stack), kept_masks
