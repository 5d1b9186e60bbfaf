"""Channel pruning for plain NumPy networks."""

import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d


def as_features(cut, hw):
    return [c * hw + j for c in cut for j in range(hw)]


def cut_rows(target, cut):
    target.weight = np.delete(target.weight, cut, axis=0)
    if target.bias is not None:
        target.bias = np.delete(target.bias, cut)


def strip_norm(bn, cut, n):
    dead = as_features(cut, len(bn.weight) // n)
    for attribute in ("weight", "bias", "running_mean", "running_var"):
        setattr(bn, attribute, np.delete(getattr(bn, attribute), dead))


def drop_inputs(reader, cut, n):
    dead = as_features(cut, reader.weight.shape[1] // n)
    reader.weight = np.delete(reader.weight, dead, axis=1)


def prune_structured(model, ratio, norm=1):
    check_arguments(ratio, norm)
    net = model
    prunable = [p for p, item in enumerate(model.layers) if type(item).__name__ in ("Linear", "Conv2d")]
    masks = {"%d.weight" % p: np.ones(model.layers[p].weight.shape[0], dtype=np.uint8) for p in prunable}
    weights = {p: model.layers[p].weight for p in prunable}
    for here, consumer in zip(prunable, prunable[1:]):
        untouched = weights[here]
        n = untouched.shape[0]
        cut = pick_dead(row_norms(untouched, norm), _k_for(ratio, n))
        if len(cut) == 0:
            continue
        masks["%d.weight" % here][cut] = 0
        cut_rows(net.layers[here], cut)
        for between in net.layers[here + 1 : consumer]:
            if isinstance(between, (BatchNorm1d, BatchNorm2d)):
                strip_norm(between, cut, n)
        drop_inputs(net.layers[consumer], cut, n)
    return net, masks


def pick_dead(scores, k):
    return np.sort(np.argpartition(np.asarray(scores), k)[:k])


def check_arguments(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def _k_for(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    whole, rest = divmod(top * n, bottom)
    if rest:
        whole += 1
    return whole if whole < n else n - 1


def row_norms(weight, norm):
    result = []
    for row in weight:
        values = row.ravel().tolist()
        if norm == 1:
            result.append(math.fsum(abs(v) for v in values))
        else:
            result.append(math.sqrt(math.fsum(v * v for v in values)))
    return result
