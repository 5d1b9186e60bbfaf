"""Returns a slimmer copy of a network together with the masks of what stayed."""

import heapq
import math
from decimal import Decimal, ROUND_CEILING

import numpy as np

from judge.nn import Conv2d, Linear


def check(condition, complaint):
    if not condition:
        raise ValueError(complaint)


def decide(scores, few):
    smallest = heapq.nsmallest(few, range(len(scores)), key=lambda cc: scores[cc])
    return np.array(smallest, dtype=int)


def filter_norms(a, norm):
    found = []
    for row in a:
        entries = [abs(number_) for number_ in row.ravel().tolist()]
        if norm == 1:
            found.append(math.fsum(entries))
        else:
            found.append(math.sqrt(math.fsum(number_ * number_ for number_ in entries)))
    return found


def channels_to_drop(ratio, how_wide):
    exact = (Decimal(repr(ratio)) * how_wide).to_integral_value(rounding=ROUND_CEILING)
    return int(min(exact, how_wide - 1))


def spread(dead, span):
    return (dead.reshape(-1, 1) * span + np.arange(span)).flatten()


def cut(parts_list, at_layer, dead):
    """Take the channels dead of layer at_layer out of it and out of everything up to the next weights."""
    producer = parts_list[at_layer]
    height = producer.weight.shape[0]
    producer.weight = np.delete(producer.weight, dead, 0)
    producer.bias = producer.bias if producer.bias is None else np.delete(producer.bias, dead)
    for m in parts_list[at_layer + 1 :]:
        if type(m).__name__.startswith("BatchNorm"):
            cols = spread(dead, m.weight.size // height)
            for field in ("weight", "bias", "running_mean", "running_var"):
                m.__dict__[field] = np.delete(m.__dict__[field], cols)
        elif isinstance(m, (Linear, Conv2d)):
            cols = spread(dead, m.weight.shape[1] // height)
            m.weight = np.delete(m.weight, cols, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    check(norm in [1, 2], "only the norms 1 and 2 are known")
    check(0.0 <= ratio < 1.0, "ratio must be at least 0 and below 1")
    weight_at = {}
    for at_layer, m in enumerate(model):
        if isinstance(m, Linear | Conv2d):
            weight_at[at_layer] = m.weight
    final = max(weight_at)
    hidden = [at_layer for at_layer in weight_at if at_layer != final]
    kept_masks = {str(at_layer) + ".weight": np.zeros(kernel.shape[0], dtype=bool) for at_layer, kernel in weight_at.items()}
    result = model.copy()
    for at_layer in hidden:
        kernel = weight_at[at_layer]
        dead = decide(filter_norms(kernel, norm), channels_to_drop(ratio, kernel.shape[0]))
        kept_masks[str(at_layer) + ".weight"][dead] = True
        cut(result.layers, at_layer, dead)
    return result, kept_masks
