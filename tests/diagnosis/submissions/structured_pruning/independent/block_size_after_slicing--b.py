"""Cut weak filters out of a network, layer by layer."""

import copy
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d


def as_features(gone, hw):
    return [c * hw + j for c in gone for j in range(hw)]


def strip_rows(target, gone):
    target.weight = np.delete(target.weight, gone, axis=0)
    if target.bias is not None:
        target.bias = np.delete(target.bias, gone)


def cut_norm(bn, gone, n):
    for attribute in ("weight", "bias", "running_mean", "running_var"):
        dead = as_features(gone, bn.num_features // n)
        setattr(bn, attribute, np.delete(getattr(bn, attribute), dead))


def drop_inputs(reader, gone, n):
    dead = as_features(gone, reader.weight.shape[1] // n)
    reader.weight = np.delete(reader.weight, dead, axis=1)


def prune_structured(model, ratio, norm=1):
    guard(ratio, norm)
    net = copy.deepcopy(model)
    at = [p for p, item in enumerate(model.layers) if type(item).__name__ in ("Linear", "Conv2d")]
    masks = {"%d.weight" % p: np.ones(model.layers[p].weight.shape[0], dtype=np.uint8) for p in at}
    for producer, b in zip(at, at[1:]):
        untouched = model.layers[producer].weight
        n = untouched.shape[0]
        gone = weakest(filter_norms(untouched, norm), drop_count(ratio, n))
        if len(gone) == 0:
            continue
        masks["%d.weight" % producer][gone] = 0
        strip_rows(net.layers[producer], gone)
        for between in net.layers[producer + 1 : b]:
            if isinstance(between, (BatchNorm1d, BatchNorm2d)):
                cut_norm(between, gone, n)
        drop_inputs(net.layers[b], gone, n)
    return net, masks


def guard(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def drop_count(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    whole, rest = divmod(top * n, bottom)
    if rest:
        whole += 1
    return whole if whole < n else n - 1


def filter_norms(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)


def weakest(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[:k])
