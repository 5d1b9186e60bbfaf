"""Make a network narrower: prune_structured(model, ratio, norm)."""

import copy
import heapq
import math
from fractions import Fraction
import numpy as np

import judge.nn as nn


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


def cut_inputs(reader, cut, n):
    if reader.weight.shape[1] == n:
        reader.weight = np.delete(reader.weight, cut, axis=1)


def prune_structured(model, ratio, norm=1):
    check_arguments(ratio, norm)
    slim = copy.deepcopy(model)
    at = [p for p, item in enumerate(model.layers) if type(item).__name__ in ("Linear", "Conv2d")]
    masks = {"%d.weight" % p: np.ones(model.layers[p].weight.shape[0], dtype=np.uint8) for p in at}
    for a, consumer in zip(at, at[1:]):
        original = model.layers[a].weight
        n = original.shape[0]
        cut = losers(filter_norms(original, norm), quota(ratio, n))
        if len(cut) == 0:
            continue
        masks["%d.weight" % a][cut] = 0
        strip_rows(slim.layers[a], cut)
        for between in slim.layers[a + 1 : consumer]:
            if isinstance(between, (nn.BatchNorm1d, nn.BatchNorm2d)):
                cut_norm(between, cut, n)
        cut_inputs(slim.layers[consumer], cut, n)
    return slim, masks


def losers(scores, k):
    return sorted(heapq.nsmallest(k, range(len(scores)), key=lambda c: scores[c]))


def quota(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def filter_norms(weight, norm):
    wide = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return np.abs(wide).sum(axis=-1) if norm == 1 else np.sqrt(np.einsum("ij,ij->i", wide, wide))


def check_arguments(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))
