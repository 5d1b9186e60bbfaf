"""Channel pruning on plain NumPy arrays."""

from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


class ArgumentError(ValueError):
    """An argument that cannot be worked with."""


def channels_to_drop(ratio, full):
    """How many of full channels go, by the decimal digits of the ratio."""
    share = Decimal(repr(ratio)) * full
    few = int(share)
    return few if few < full else full - 1


def row_norms(filters, norm):
    length_of = (lambda one_filter: np.sum(np.abs(one_filter))) if norm == 1 else (lambda one_filter: np.sqrt(np.sum(one_filter**2)))
    return [float(length_of(one_filter)) for one_filter in filters.astype(np.double)]


def weakest_out(s_, few):
    return np.isin(np.arange(len(s_)), np.argsort(s_)[few:])


def expand(prev_keep, n_features):
    """One flag per channel, repeated for every feature of the channel."""
    return prev_keep[np.arange(n_features) * prev_keep.size // n_features]


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise ArgumentError("ratio")
    if norm == 1 or norm == 2:
        pass
    else:
        raise ArgumentError("norm")
    result = model.copy()
    idx_list = [n_layer for n_layer, lay in enumerate(result.layers) if isinstance(lay, Linear | Conv2d)]
    out_masks = {}
    prev_keep = None
    for n_layer, lay in enumerate(result.layers):
        if n_layer in idx_list:
            matrix = lay.weight
            retained = np.ones(len(matrix), dtype=bool)
            if n_layer < max(idx_list):
                few = channels_to_drop(ratio, len(matrix))
                retained = weakest_out(row_norms(matrix, norm), few)
            vec = np.zeros(matrix.shape, dtype=bool)
            vec[retained] = True
            out_masks[f"{n_layer}.weight"] = vec
            if prev_keep is not None:
                matrix = matrix[:, expand(prev_keep, matrix.shape[1])]
            lay.weight = matrix[retained]
            if lay.bias is not None:
                lay.bias = lay.bias[retained]
            prev_keep = retained
        elif type(lay) in {BatchNorm1d, BatchNorm2d} and prev_keep is not None:
            inner = expand(prev_keep, lay.weight.size)
            lay.weight, lay.bias = lay.weight[inner], lay.bias[inner]
            lay.running_mean = lay.running_mean[inner]
            lay.running_var = lay.running_var[inner]
    return result, out_masks
