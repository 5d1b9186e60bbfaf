"""Filter pruning by magnitude, layer by layer."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def weakest_out(s_, few):
    rank = np.argsort(np.argsort(s_, kind="stable"))
    return np.flatnonzero(rank >= few)


def quota(boosted, n):
    return min(math.floor(boosted * n), n - 1)


def filter_norms(a, norm):
    return np.array([np.linalg.norm(line_of.astype(np.float64).ravel(), norm) for line_of in a])


def blocks(kept, total, size):
    return np.arange(size).reshape(total, size // total)[kept].ravel()


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    positions = [p for p, block in enumerate(model.layers) if type(block) in (Linear, Conv2d)]

    # first pass: decide
    plan = {}
    boosted = Fraction(repr(ratio))
    if len(positions) > 1:
        # the share of all channels has to come from the layers that can lose some
        norms_list = [len(model[p].weight) for p in positions]
        boosted = boosted * sum(norms_list) / sum(norms_list[:-1])
    for p in positions:
        matrix = model[p].weight
        if p == positions[-1]:
            plan[p] = np.arange(len(matrix))
        else:
            plan[p] = weakest_out(filter_norms(matrix, norm), quota(boosted, len(matrix)))

    # second pass: build
    stack = []
    kept, total = None, 0
    for p, block in enumerate(model):
        if p in plan:
            matrix, shift = block.weight, block.bias
            if kept is not None:
                matrix = np.take(matrix, blocks(kept, total, matrix.shape[1]), axis=1)
            kept, total = plan[p], len(matrix)
            matrix = np.take(matrix, kept, axis=0)
            if shift is not None:
                shift = np.take(shift, kept)
            if isinstance(block, Conv2d):
                stack.append(Conv2d(matrix, shift, stride=block.stride, padding=block.padding))
            else:
                stack.append(Linear(matrix, shift))
        elif type(block) in {BatchNorm1d, BatchNorm2d} and kept is not None:
            picks = blocks(kept, total, len(block.weight))
            stack.append(
                type(block)(
                    np.take(block.weight, picks),
                    np.take(block.bias, picks),
                    np.take(block.running_mean, picks),
                    np.take(block.running_var, picks),
                    block.eps,
                )
            )
        elif isinstance(block, (MaxPool2d, AvgPool2d)):
            stack.append(type(block)(block.kernel_size, block.stride))
        else:
            stack.append(copy.deepcopy(block))

    kept_masks = {}
    for p, kept in plan.items():
        bits = np.bincount(kept, minlength=len(model[p].weight))
        kept_masks[str(p) + ".weight"] = bits
    return Sequential(stack), kept_masks
