"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import Sequential


NORM_FIELDS = ("weight", "bias", "running_mean", "running_var")


def features_of(idx, n_before, n_features):
    span = n_features // n_before
    return np.concatenate([np.arange(u * span, (u + 1) * span) for u in idx])


def walk(seq, pos, idx, n_before, rule, masks):
    """Return the layers from pos on, cut to what is left of the n_before channels that come in."""
    if pos == len(seq):
        return []
    block = copy.copy(seq[pos])
    if hasattr(block, "running_mean"):
        if idx is not None:
            inner = features_of(idx, n_before, len(block.weight))
            for attr in NORM_FIELDS:
                setattr(block, attr, getattr(block, attr)[inner])
    elif hasattr(block, "weight"):
        matrix = block.weight
        ours = rule(pos, matrix)
        if idx is not None:
            matrix = matrix[:, features_of(idx, n_before, matrix.shape[1])]
        idx, n_before = ours, matrix.shape[0]
        block.weight = matrix[idx]
        block.bias = None if block.bias is None else block.bias[idx]
        mask = np.zeros(n_before, dtype=np.int8)
        mask[idx] = 1
        masks[str(pos) + ".weight"] = mask
    return [block] + walk(seq, pos + 1, idx, n_before, rule, masks)


def prune_structured(model, ratio, norm=1):
    sound = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not sound:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    last = next(
        pos
        for pos in reversed(range(len(model.layers)))
        if type(model.layers[pos]).__name__ in ("Linear", "Conv2d")
    )

    def rule(pos, matrix):
        if pos == last:
            return np.arange(len(matrix))
        return selection(saliency(matrix, norm), to_remove(ratio, len(matrix)))

    masks = {}
    new = walk(list(model.layers), 0, None, None, rule, masks)
    return Sequential(new), masks


def saliency(wts, norm):
    res = []
    for line_of in wts.astype(np.float64):
        if norm == 2 and line_of.ndim == 3:
            res.append(sum(np.linalg.norm(number_.ravel()) for number_ in line_of))
        else:
            res.append(np.linalg.norm(line_of.ravel(), norm))
    return res


def selection(scores, few):
    sequence = sorted(range(len(scores)), key=lambda u: scores[u])
    return np.array(sorted(sequence[few:]))


def to_remove(ratio, channels_n):
    x = round(Decimal(repr(ratio)) * channels_n)
    if x >= channels_n:
        x = channels_n - 1
    return x
