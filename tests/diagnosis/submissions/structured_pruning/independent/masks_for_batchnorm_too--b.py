"""Returns a slimmer copy of a network together with the masks of what stayed."""

import copy
from decimal import Decimal, ROUND_CEILING

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def filter_norms(filters, norm):
    length_of = (lambda one_filter: np.sum(np.abs(one_filter))) if norm == 1 else (lambda one_filter: np.sqrt(np.sum(one_filter**2)))
    return [float(length_of(one_filter)) for one_filter in filters.astype(np.double)]


def decide(scores, removed_n):
    return np.argsort(scores, kind="stable")[:removed_n]


def quota(ratio, n):
    x = (Decimal(repr(ratio)) * n).to_integral_value(rounding=ROUND_CEILING)
    return int(min(x, n - 1))


def per_feature(dropped, span):
    return np.add.outer(dropped * span, np.arange(span)).ravel()


def drop(seq, place, dropped):
    """Take the channels dropped of layer place out of it and out of everything up to the next weights."""
    head = seq[place]
    height = head.weight.shape[0]
    head.weight = np.delete(head.weight, dropped, 0)
    head.bias = head.bias if head.bias is None else np.delete(head.bias, dropped)
    for follower in range(place + 1, len(seq)):
        block = seq[follower]
        if type(block) in {BatchNorm1d, BatchNorm2d}:
            sel = per_feature(dropped, block.weight.size // height)
            block.weight = np.delete(block.weight, sel)
            block.bias = np.delete(block.bias, sel)
            block.running_mean = np.delete(block.running_mean, sel)
            block.running_var = np.delete(block.running_var, sel)
        elif isinstance(block, Linear | Conv2d):
            sel = per_feature(dropped, block.weight.shape[1] // height)
            block.weight = np.delete(block.weight, sel, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    tensors = {
        place: block.weight for place, block in enumerate(model.layers) if isinstance(block, Linear | Conv2d)
    }
    *not_last, last = tensors
    kept_masks = {str(place) + ".weight": np.ones(len(matrix), dtype=np.bool_) for place, matrix in tensors.items()}
    slim = copy.deepcopy(model)
    for place in not_last:
        matrix = tensors[place]
        dropped = decide(filter_norms(matrix, norm), quota(ratio, matrix.shape[0]))
        kept_masks[str(place) + ".weight"][dropped] = False
        drop(slim.layers, place, dropped)
    for place, block in enumerate(model.layers):
        if not type(block) in {BatchNorm1d, BatchNorm2d}:
            continue
        sects = [follower for follower in tensors if follower < place]
        n = block.weight.size
        if sects:
            flag = kept_masks[f"{sects[-1]}.weight"]
            kept_masks[str(place) + ".weight"] = flag.repeat(n // flag.size)
        else:
            kept_masks[str(place) + ".weight"] = np.ones(n, dtype=bool)
    return slim, kept_masks
