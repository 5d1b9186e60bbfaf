"""Remove the channels with the smallest norms and return the smaller network with its masks."""

from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, AvgPool2d


VECTORS = ("weight", "bias", "running_mean", "running_var")


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    small = model.copy()
    head = max(i for i, old in enumerate(model.layers) if isinstance(old, (Linear, Conv2d)))
    masks = {}
    mask = None
    level = None  # per channel, for an input of zeros
    for i, old in enumerate(model.layers):
        dst = small.layers[i]
        if isinstance(old, (Linear, Conv2d)):
            w = old.weight
            shift = np.zeros(len(w))
            if mask is not None:
                level = np.repeat(level, w.shape[1] // level.size)
                level[np.repeat(mask, w.shape[1] // mask.size)] = 0
                axes = tuple(range(2, w.ndim))
                shift = w.sum(axis=axes, dtype=np.float64) @ level
                w = w[:, np.repeat(mask, w.shape[1] // mask.size)]
            n = len(old.weight)
            if i == head:
                mask = np.ones(n, dtype=bool)
            else:
                mask = choose_mask(_measure(old.weight, norm), number_to_cut(ratio, n))
            dst.weight = w[mask]
            if old.bias is not None:
                dst.bias = (old.bias + shift).astype(old.bias.dtype)[mask]
            level = np.zeros(n) if old.bias is None else old.bias.astype(np.float64)
            masks[str(i) + ".weight"] = mask.copy()
        elif isinstance(old, (BatchNorm1d, BatchNorm2d)) and mask is not None:
            spread = np.repeat(mask, old.weight.size // mask.size)
            for name in VECTORS:
                setattr(dst, name, getattr(old, name)[spread])
            level = np.repeat(level, old.weight.size // level.size)
            level = (level - old.running_mean) * old.weight / np.sqrt(old.running_var + old.eps) + old.bias
        elif mask is not None and not isinstance(old, (BatchNorm1d, BatchNorm2d, Flatten, MaxPool2d, AvgPool2d)):
            level = old(level)
    return small, masks


def _measure(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def choose_mask(scores, k):
    on = np.zeros(len(scores), dtype=bool)
    on[np.argpartition(np.asarray(scores), k)[k:]] = True
    return on


def number_to_cut(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)
