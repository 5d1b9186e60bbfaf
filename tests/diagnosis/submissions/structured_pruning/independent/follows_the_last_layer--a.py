"""Drop output channels by magnitude and rewire what reads them."""

import copy
import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d


def strengths(weight, norm):
    result = []
    for row in weight:
        values = row.ravel().tolist()
        if norm == 1:
            result.append(math.fsum(abs(v) for v in values))
        else:
            result.append(math.sqrt(math.fsum(v * v for v in values)))
    return result


def to_remove(scores, k):
    return np.sort(np.argpartition(np.asarray(scores), k)[:k])


def number_to_cut(ratio, n):
    staying = n - math.floor(Fraction(repr(ratio)) * n)
    return n - max(staying, 1)


def check_arguments(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def spans(cut, hw):
    return [c * hw + j for c in cut for j in range(hw)]


def strip_rows(target, cut):
    target.weight = np.delete(target.weight, cut, axis=0)
    if target.bias is not None:
        target.bias = np.delete(target.bias, cut)


def cut_norm(bn, cut, n):
    dead = spans(cut, len(bn.weight) // n)
    for attribute in ("weight", "bias", "running_mean", "running_var"):
        setattr(bn, attribute, np.delete(getattr(bn, attribute), dead))


def drop_inputs(reader, cut, n):
    dead = spans(cut, reader.weight.shape[1] // n)
    reader.weight = np.delete(reader.weight, dead, axis=1)


def prune_structured(model, ratio, norm=1):
    check_arguments(ratio, norm)
    slim = copy.deepcopy(model)
    spots = [p for p, item in enumerate(model.layers) if type(item).__name__ in ("Linear", "Conv2d")]
    masks = {"%d.weight" % p: np.ones(model.layers[p].weight.shape[0], dtype=np.uint8) for p in spots}
    for order, producer in enumerate(spots):
        b = spots[order + 1]
        if producer == spots[-1]:
            continue
        original = model.layers[producer].weight
        n = original.shape[0]
        cut = to_remove(strengths(original, norm), number_to_cut(ratio, n))
        if len(cut) == 0:
            continue
        masks["%d.weight" % producer][cut] = 0
        strip_rows(slim.layers[producer], cut)
        for between in slim.layers[producer + 1 : b]:
            if isinstance(between, (BatchNorm1d, BatchNorm2d)):
                cut_norm(between, cut, n)
        drop_inputs(slim.layers[b], cut, n)
    return slim, masks
