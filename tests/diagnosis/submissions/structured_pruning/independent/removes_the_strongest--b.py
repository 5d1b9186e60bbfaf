"""Channel pruning on plain NumPy arrays."""

import heapq
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def weakest_out(s_, removed_n):
    return np.array(heapq.nlargest(removed_n, range(len(s_)), key=s_.__getitem__), dtype=int)


to_remove = lambda ratio, channels_n: min(math.floor(Decimal(repr(ratio)) * channels_n), channels_n - 1)


def saliency(tensor, norm):
    norms_list = []
    for line_of in tensor:
        abs_vals = [abs(v) for v in line_of.ravel().tolist()]
        if norm == 1:
            norms_list.append(math.fsum(abs_vals))
        else:
            norms_list.append(math.sqrt(math.fsum(v * v for v in abs_vals)))
    return norms_list


def widen(gone, step):
    return np.add.outer(gone * step, np.arange(step)).ravel()


def remove_channels(seq, place, gone):
    """Take the channels gone of layer place out of it and out of everything up to the next weights."""
    producer = seq[place]
    height = producer.weight.shape[0]
    producer.weight = np.delete(producer.weight, gone, axis=0)
    if producer.bias is not None:
        producer.bias = np.delete(producer.bias, gone)
    for block in seq[place + 1 :]:
        if hasattr(block, "running_mean"):
            take_these = widen(gone, block.weight.size // height)
            for field in ("weight", "bias", "running_mean", "running_var"):
                block.__dict__[field] = np.delete(block.__dict__[field], take_these)
        elif isinstance(block, Linear | Conv2d):
            take_these = widen(gone, block.weight.shape[1] // height)
            block.weight = np.delete(block.weight, take_these, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    valid = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not valid:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    candidates_by_pos = {
        place: block.weight for place, block in enumerate(model.layers) if isinstance(block, Linear | Conv2d)
    }
    *hidden, last = candidates_by_pos
    mask_of = {"{}.weight".format(place): np.ones(len(matrix), dtype=np.bool_) for place, matrix in candidates_by_pos.items()}
    result = model.copy()
    for place in hidden:
        matrix = candidates_by_pos[place]
        gone = weakest_out(saliency(matrix, norm), to_remove(ratio, matrix.shape[0]))
        mask_of["{}.weight".format(place)][gone] = False
        remove_channels(result.layers, place, gone)
    return result, mask_of
