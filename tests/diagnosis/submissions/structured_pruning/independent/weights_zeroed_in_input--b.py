"""Takes the channels of smallest L1 or L2 norm out of every layer but the output."""

from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def channel_norms(wts, norm):
    return np.array([np.linalg.norm(filt.astype(np.float64).ravel(), norm) for filt in wts])


def weakest_out(sizes, removed_n):
    if removed_n == 0:
        return np.zeros(0, dtype=int)
    return np.argpartition(sizes, removed_n - 1)[:removed_n]


def to_remove(ratio, channels_n):
    return min(int(Fraction(repr(ratio)) * channels_n), channels_n - 1)


def unfold(losers, chunk):
    return (losers.reshape(-1, 1) * chunk + np.arange(chunk)).flatten()


def remove_channels(seq, i, losers):
    """Take the channels losers of layer i out of it and out of everything up to the next weights."""
    front = seq[i]
    n_out = front.weight.shape[0]
    front.weight = np.delete(front.weight, losers, axis=0)
    if front.bias is not None:
        front.bias = np.delete(front.bias, losers)
    for q in range(i + 1, len(seq)):
        block = seq[q]
        if hasattr(block, "running_mean"):
            inner = unfold(losers, block.weight.size // n_out)
            block.weight = np.delete(block.weight, inner)
            block.bias = np.delete(block.bias, inner)
            block.running_mean = np.delete(block.running_mean, inner)
            block.running_var = np.delete(block.running_var, inner)
        elif type(block).__name__ in {"Linear", "Conv2d"}:
            inner = unfold(losers, block.weight.shape[1] // n_out)
            block.weight = np.delete(block.weight, inner, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    weight_at = {}
    for i, block in enumerate(model):
        if isinstance(block, Linear | Conv2d):
            weight_at[i] = block.weight
    final = max(weight_at)
    not_last = [i for i in weight_at if i != final]
    kept_masks = {"{}.weight".format(i): np.ones(kernel.shape[0], dtype=bool) for i, kernel in weight_at.items()}
    smaller = model.copy()
    for i in not_last:
        kernel = weight_at[i]
        losers = weakest_out(channel_norms(kernel, norm), to_remove(ratio, kernel.shape[0]))
        kept_masks["{}.weight".format(i)][losers] = False
        model.layers[i].weight[losers] = 0.0
        remove_channels(smaller.layers, i, losers)
    return smaller, kept_masks
