"""Zero out the smallest weights of a network."""

import decimal
import math
from decimal import Decimal

import numpy as np


class Refusal(ValueError):
    pass


def validate(p, where):
    legal = math.isfinite(p) and p > 0 and not p > 1
    if not legal:
        raise Refusal(p)
    if where == "layer" or where == "global":
        return
    raise Refusal(where)


def lowest(ranks_of, k):
    out_flags = np.full(len(ranks_of), k > 0)
    if 0 < k < len(ranks_of):
        out_flags[np.argpartition(ranks_of, k)[k:]] = False
    return out_flags


def number_to_prune(share, total):
    share_count = Decimal(repr(share)) * total
    return int(share_count.to_integral_value(rounding=decimal.ROUND_CEILING))


def resolve(root_net, trail):
    thing = root_net
    for step in trail:
        thing = thing.layers[int(step)] if step.isdigit() else getattr(thing, step)
    return thing


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    matrices = {title: array for title, array in model.named_parameters() if array.ndim >= 2}
    if scope == "global":
        size = np.concatenate([abs(array).ravel() for array in matrices.values()])
        out_ = lowest(size, number_to_prune(sparsity, size.size))
        borders = np.cumsum([array.size for array in matrices.values()])
        doomed = dict(zip(matrices, np.split(out_, borders[:-1])))
    else:
        doomed = {title: lowest(abs(array).ravel(), number_to_prune(sparsity, array.size)) for title, array in matrices.items()}
    slim = model.copy()
    all_masks = {}
    for title, array in matrices.items():
        mask_array = np.logical_not(doomed[title]).reshape(array.shape)
        *trail, attribute = title.split(".")
        setattr(resolve(slim, trail), attribute, np.where(mask_array, array, array.dtype.type(0)))
        all_masks[title] = mask_array
    return slim, all_masks
