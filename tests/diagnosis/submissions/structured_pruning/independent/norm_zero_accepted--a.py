"""Drops a share of each hidden layer, smallest norm first."""

import math
from decimal import Decimal

import numpy as np


def measure(array_in, norm):
    answer = []
    for row in array_in:
        flat = [abs(number_) for number_ in row.ravel().tolist()]
        if norm == 1:
            answer.append(math.fsum(flat))
        else:
            answer.append(math.sqrt(math.fsum(number_ * number_ for number_ in flat)))
    return answer


def pick(norms, drop_n):
    by_norm = list(range(len(norms)))
    by_norm.sort(key=lambda ci: -norms[ci])
    top_ones = by_norm[: len(by_norm) - drop_n]
    top_ones.sort()
    return top_ones


channels_to_drop = lambda ratio, n: min(math.floor(Decimal(repr(ratio)) * n), n - 1)


def unfold(left, size, channels):
    step = size // channels
    answer = []
    for unit in left:
        answer.extend(range(unit * step, unit * step + step))
    return answer


def prune_structured(model, ratio, norm=1):
    if not 0.0 <= ratio < 1.0:
        raise ValueError("ratio")
    if norm > 2:
        raise ValueError("norm")
    smaller = model.copy()
    seq = smaller.layers
    prunable = [at_layer for at_layer, block in enumerate(seq) if type(block).__name__ in ("Linear", "Conv2d")]

    all_kept, kept_masks = [], {}
    for at_layer in prunable:
        height = seq[at_layer].weight.shape[0]
        drop_n = 0 if at_layer == prunable[-1] else channels_to_drop(ratio, height)
        left = pick(measure(seq[at_layer].weight, norm), drop_n)
        all_kept.append(left)
        lookup = set(left)
        kept_masks["%d.weight" % at_layer] = np.fromiter((unit in lookup for unit in range(height)), dtype=bool, count=height)

    for turn in reversed(range(len(prunable) - 1)):
        block = seq[prunable[turn]]
        left = all_kept[turn]
        height = block.weight.shape[0]
        block.weight = block.weight[left]
        if block.bias is not None:
            block.bias = block.bias[left]
        for q in range(prunable[turn] + 1, prunable[turn + 1]):
            mid = seq[q]
            if hasattr(mid, "running_var"):
                cols = unfold(left, mid.weight.shape[0], height)
                for what in "weight bias running_mean running_var".split():
                    setattr(mid, what, getattr(mid, what)[cols])
        nxt = seq[prunable[turn + 1]]
        nxt.weight = nxt.weight[:, unfold(left, nxt.weight.shape[1], height)]
    return smaller, kept_masks
