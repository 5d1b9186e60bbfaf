"""Returns a slimmer copy of a network together with the masks of what stayed."""

import copy
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def pick(strength, drop_n):
    return np.argsort(strength, kind="stable")[:drop_n]


def count_of(ratio, full):
    """How many of full channels go, by the decimal digits of the ratio."""
    share = Decimal(repr(ratio)) * full
    drop_n = int(share)
    return drop_n if drop_n < full else full - 1


def importance(filters, norm):
    others = tuple(range(1, filters.ndim))
    if norm == 1:
        return np.sum(filters, axis=others, dtype=np.float64)
    return np.sqrt(np.sum(np.square(filters, dtype=np.float64), axis=others))


def spread(dropped, chunk):
    return np.add.outer(dropped * chunk, np.arange(chunk)).ravel()


def remove_channels(seq, place, dropped):
    """Take the channels dropped of layer place out of it and out of everything up to the next weights."""
    front = seq[place]
    height = front.weight.shape[0]
    front.weight = np.delete(front.weight, dropped, 0)
    front.bias = front.bias if front.bias is None else np.delete(front.bias, dropped)
    for j in range(place + 1, len(seq)):
        lay = seq[j]
        if hasattr(lay, "running_mean"):
            picks = spread(dropped, lay.weight.size // height)
            lay.weight = np.delete(lay.weight, picks)
            lay.bias = np.delete(lay.bias, picks)
            lay.running_mean = np.delete(lay.running_mean, picks)
            lay.running_var = np.delete(lay.running_var, picks)
        elif isinstance(lay, Linear | Conv2d):
            picks = spread(dropped, lay.weight.shape[1] // height)
            lay.weight = np.delete(lay.weight, picks, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    candidates_by_pos = {
        place: lay.weight for place, lay in enumerate(model.layers) if isinstance(lay, Linear | Conv2d)
    }
    *not_last, head_pos = candidates_by_pos
    kept_masks = {str(place) + ".weight": np.ones(matrix.shape[0], dtype=bool) for place, matrix in candidates_by_pos.items()}
    pruned = copy.deepcopy(model)
    for place in not_last:
        matrix = candidates_by_pos[place]
        dropped = pick(importance(matrix, norm), count_of(ratio, matrix.shape[0]))
        kept_masks[str(place) + ".weight"][dropped] = False
        remove_channels(pruned.layers, place, dropped)
    return pruned, kept_masks
