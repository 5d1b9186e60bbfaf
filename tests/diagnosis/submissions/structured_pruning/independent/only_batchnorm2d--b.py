"""Returns a slimmer copy of a network together with the masks of what stayed."""

import heapq
from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm2d, Conv2d, Linear


class BadArgument(ValueError):
    """An argument that cannot be worked with."""


def selection(s_, few):
    weakest = heapq.nsmallest(few, range(len(s_)), key=lambda u: s_[u])
    return np.array(weakest, dtype=int)


def removal_count(ratio, full):
    """How many of full channels go, by the decimal digits of the ratio."""
    amount = Decimal(repr(ratio)) * full
    few = int(amount)
    return few if few < full else full - 1


def measure(a, norm):
    rows2d = a.astype(np.float64).reshape(a.shape[0], -1)
    if norm == 1:
        return np.abs(rows2d).sum(axis=1)
    return np.sqrt((rows2d * rows2d).sum(axis=1))


def expand(dropped, per_channel):
    return np.array([u * per_channel + j for u in dropped for j in range(per_channel)], dtype=int)


def excise(parts_list, i, dropped):
    """Take the channels dropped of layer i out of it and out of everything up to the next weights."""
    head = parts_list[i]
    n_out = head.weight.shape[0]
    head.weight = np.delete(head.weight, dropped, axis=0)
    if head.bias is not None:
        head.bias = np.delete(head.bias, dropped)
    for block in parts_list[i + 1 :]:
        if isinstance(block, BatchNorm2d):
            cols = expand(dropped, block.weight.size // n_out)
            block.weight = np.delete(block.weight, cols)
            block.bias = np.delete(block.bias, cols)
            block.running_mean = np.delete(block.running_mean, cols)
            block.running_var = np.delete(block.running_var, cols)
        elif isinstance(block, (Linear, Conv2d)):
            cols = expand(dropped, block.weight.shape[1] // n_out)
            block.weight = np.delete(block.weight, cols, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise BadArgument("ratio")
    if norm == 1 or norm == 2:
        pass
    else:
        raise BadArgument("norm")
    weight_at = {
        i: block.weight for i, block in enumerate(model.layers) if isinstance(block, (Linear, Conv2d))
    }
    *earlier, head_pos = weight_at
    out_masks = {"%d.weight" % i: np.ones(len(w), dtype=np.bool_) for i, w in weight_at.items()}
    smaller = model.copy()
    for i in earlier:
        w = weight_at[i]
        dropped = selection(measure(w, norm), removal_count(ratio, w.shape[0]))
        out_masks["%d.weight" % i][dropped] = False
        excise(smaller.layers, i, dropped)
    return smaller, out_masks
