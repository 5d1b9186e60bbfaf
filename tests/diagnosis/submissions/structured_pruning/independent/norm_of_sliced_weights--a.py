"""Takes the channels of smallest L1 or L2 norm out of every layer but the output."""

from decimal import Decimal, ROUND_CEILING

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


class InvalidInput(ValueError):
    """An argument that cannot be worked with."""


def measure(a, norm):
    axes = tuple(range(1, a.ndim))
    raised = np.abs(a.astype("float64")) ** norm
    return raised.sum(axis=axes) ** (1 / norm)


def count_of(ratio, channels_n):
    exact = (Decimal(repr(ratio)) * channels_n).to_integral_value(rounding=ROUND_CEILING)
    return int(min(exact, channels_n - 1))


def rank_and_cut(strength, removed_n):
    stays_on = np.ones(len(strength), dtype=bool)
    stays_on[np.argsort(strength, kind="stable")[:removed_n]] = False
    return stays_on


def unfold(incoming, length):
    """One flag per channel, repeated for every feature of the channel."""
    return np.array([v for v in incoming for _ in range(length // len(incoming))], dtype=bool)


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise InvalidInput("ratio")
    if norm == 1 or norm == 2:
        pass
    else:
        raise InvalidInput("norm")
    pruned = model.copy()
    spots = [at_layer for at_layer, block in enumerate(pruned.layers) if type(block) in (Linear, Conv2d)]
    flags_by_name = {}
    incoming = None
    for at_layer, block in enumerate(pruned.layers):
        if at_layer in spots:
            kernel = block.weight
            if incoming is not None:
                kernel = kernel[:, unfold(incoming, kernel.shape[1])]
            stay = np.ones(len(kernel), dtype=bool)
            if at_layer < max(spots):
                removed_n = count_of(ratio, len(kernel))
                stay = rank_and_cut(measure(kernel, norm), removed_n)
            flags_by_name[f"{at_layer}.weight"] = stay
            block.weight = np.compress(stay, kernel, axis=0)
            if isinstance(block.bias, np.ndarray):
                block.bias = np.compress(stay, block.bias)
            incoming = stay
        elif isinstance(block, (BatchNorm1d, BatchNorm2d)) and incoming is not None:
            picks = unfold(incoming, block.weight.size)
            for attr in ("weight", "bias", "running_mean", "running_var"):
                setattr(block, attr, getattr(block, attr)[picks])
    return pruned, flags_by_name
