"""Remove the channels with the smallest norms and return the smaller network with its masks."""

import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def number_to_cut(ratio, n):
    """How many of ``n`` go."""
    top, bottom = Decimal(repr(ratio)).as_integer_ratio()
    return min(top * n // bottom, n - 1)


def strengths(weight):
    result = []
    for row in weight:
        row = row.astype(np.float64).ravel()
        result.append(math.sqrt(float(np.dot(row, row))))
    return result


def refuse_bad(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def to_remove(scores, k):
    ranking = sorted((score, c) for c, score in enumerate(scores))
    return sorted(c for _, c in ranking[:k])


def prune_structured(model, ratio, norm=1):
    refuse_bad(ratio, norm)
    positions = []
    for number, given in enumerate(model.layers):
        if isinstance(given, Linear) or isinstance(given, Conv2d):
            positions.append(number)

    result = model.copy()
    masks = {}
    removed = set()
    channels = 0  # none before the first weighted layer
    for number, given in enumerate(model.layers):
        fresh = result.layers[number]
        if number in positions:
            height = given.weight.shape[0]
            ins = given.weight.shape[1]
            if channels:
                block = ins // channels
                columns = [f for f in range(ins) if f // block not in removed]
            else:
                columns = list(range(ins))
            removed = set()
            if number != positions[-1]:
                removed = set(int(c) for c in to_remove(strengths(given.weight), number_to_cut(ratio, height)))
            rows = [c for c in range(height) if c not in removed]
            fresh.weight = given.weight[np.ix_(rows, columns)]
            if given.bias is not None:
                fresh.bias = given.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in removed for c in range(height)])
            channels = height
        elif isinstance(given, (BatchNorm1d, BatchNorm2d)) and channels:
            entries = given.weight.shape[0]
            block = entries // channels
            kept = [f for f in range(entries) if f // block not in removed]
            fresh.weight = given.weight[kept]
            fresh.bias = given.bias[kept]
            fresh.running_mean = given.running_mean[kept]
            fresh.running_var = given.running_var[kept]
    return result, masks
