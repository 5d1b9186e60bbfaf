"""Solution for weight pruning."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def list_weights(seq, prefix=""):
    """All weights below a container, with their names."""
    items = list()
    for number in range(len(seq)):
        layer, where = seq[number], "%s%d." % (prefix, number)
        if isinstance(layer, Residual):
            items += list_weights(layer.body, where + "body.")
            if layer.shortcut is not None:
                items += list_weights(layer.shortcut, where + "shortcut.")
        elif isinstance(layer, (Linear, Conv2d)):
            items.append((where + "weight", layer.weight))
    return items


def own_copy(array):
    if array is not None:
        return np.array(array)
    return None


def cleared(weight, mask):
    return np.where(mask, weight, np.zeros_like(weight))


def rebuild(seq, masks, prefix=""):
    result = Sequential()
    for number, layer in enumerate(seq):
        result.append(remake(layer, masks, f"{prefix}{number}."))
    return result


def remake(layer, masks, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        body = rebuild(layer.body, masks, where + "body.")
        shortcut = None if layer.shortcut is None else rebuild(layer.shortcut, masks, where + "shortcut.")
        return Residual(body, shortcut)
    if isinstance(layer, Linear):
        return Linear(cleared(layer.weight, masks[where + "weight"]), own_copy(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            cleared(layer.weight, masks[where + "weight"]), own_copy(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            own_copy(layer.weight), own_copy(layer.bias), own_copy(layer.running_mean), own_copy(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def absolute(w):
    by_columns = w.flags.f_contiguous and not w.flags.c_contiguous
    line = w.T.reshape(-1) if by_columns else w.reshape(-1)
    return np.abs(line)


def mark_small(scores, k):
    by_size = scores.argsort(kind="mergesort")
    rank = np.empty(by_size.shape, dtype=np.int64)
    rank[by_size] = np.arange(rank.size)
    return rank < k


def n_pruned(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def prune_weights(model, sparsity, scope="layer"):
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    items = list_weights(model)
    if scope == "global":
        borders = np.cumsum([0] + [weight.size for _, weight in items])
        joined = np.concatenate([absolute(weight) for _, weight in items])
        flags_all = mark_small(joined, n_pruned(sparsity, int(borders[-1])))
        masks = {
            name: np.logical_not(flags_all[borders[j] : borders[j + 1]]).reshape(weight.shape)
            for j, (name, weight) in enumerate(items)
        }
    else:
        masks = dict()
        for name, weight in items:
            lost = mark_small(absolute(weight), n_pruned(sparsity, weight.size))
            masks[name] = np.logical_not(lost.reshape(weight.shape))
    return rebuild(model, masks), masks
