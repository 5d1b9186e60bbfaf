"""Structured pruning: a smaller dense network and one mask per prunable layer."""

from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def saliency(wts, norm):
    flat = np.abs(np.ascontiguousarray(wts, dtype=np.float64)).ravel()
    starts = np.arange(0, flat.size, flat.size // len(wts))
    return np.add.reduceat(flat if norm == 1 else np.square(flat), starts)


def pick(s_, k):
    if k == 0:
        return np.zeros(0, dtype=int)
    return np.argpartition(s_, k - 1)[:k]


def count_of(ratio, n):
    """How many of n channels go, by the decimal digits of the ratio."""
    amount = Decimal(repr(ratio)) * n
    k = int(amount)
    return k if k < n else n - 1


def blocks(dropped, span):
    return np.add.outer(dropped * span, np.arange(span)).ravel()


def strip(parts_list, index, dropped):
    """Take the channels dropped of layer index out of it and out of everything up to the next weights."""
    head = parts_list[index]
    rows = head.weight.shape[0]
    head.weight = np.delete(head.weight, dropped, 0)
    head.bias = head.bias if head.bias is None else np.delete(head.bias, dropped)
    for op in parts_list[index + 1 :]:
        if isinstance(op, (BatchNorm1d, BatchNorm2d)):
            features = blocks(dropped, op.weight.size // rows)
            for name in ("weight", "bias", "running_mean", "running_var"):
                op.__dict__[name] = np.delete(op.__dict__[name], features)
        elif isinstance(op, Linear | Conv2d):
            features = blocks(dropped, op.weight.shape[1] // rows)
            op.weight = np.delete(op.weight, features, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    weight_at = {
        index: op.weight for index, op in enumerate(model.layers) if isinstance(op, Linear | Conv2d)
    }
    *not_last, head_pos = weight_at
    out_masks = {f"{index}.weight": np.ones(len(kernel), dtype=np.bool_) for index, kernel in weight_at.items()}
    smaller = model.copy()
    for index in not_last:
        kernel = weight_at[index]
        dropped = pick(saliency(kernel, norm), count_of(ratio, kernel.shape[0]))
        out_masks[f"{index}.weight"][dropped] = False
        strip(smaller.layers, index, dropped)
        break
    return smaller, out_masks
