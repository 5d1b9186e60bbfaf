"""Structured pruning: a smaller dense network and one mask per prunable layer."""

import copy
import math

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def weakest_out(scores, cut_n):
    ranking = np.lexsort((range(len(scores)), scores))
    return np.setdiff1d(np.arange(len(scores)), ranking[:cut_n])


def quota(ratio, n):
    # nine decimals wash out the binary rounding error of the product
    return min(math.floor(round(ratio * n, 9)), n - 1)


def magnitudes(array_in, norm):
    entries = np.abs(np.ascontiguousarray(array_in, dtype=np.float64)).ravel()
    begins = np.arange(0, entries.size, entries.size // len(array_in))
    return np.add.reduceat(entries if norm == 1 else np.square(entries), begins)


def unfold(chosen, before, n_features):
    return np.flatnonzero(np.isin(np.arange(n_features) // (n_features // before), chosen))


def prune_structured(model, ratio, norm=1):
    valid = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not valid:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    spots = [place for place in range(len(model)) if isinstance(model[place], (Linear, Conv2d))]

    # first pass: decide
    plan = dict.fromkeys(spots)
    for place, op in ((q, model[q]) for q in spots):
        n = op.weight.shape[0]
        plan[place] = np.array(range(n))
        if place != spots[-1]:
            plan[place] = weakest_out(magnitudes(op.weight, norm), quota(ratio, n))

    # second pass: build
    fresh = []
    chosen, before = None, 0
    for place, op in enumerate(model):
        if place in plan:
            w, b = op.weight, op.bias
            if chosen is not None:
                w = np.take(w, unfold(chosen, before, w.shape[1]), axis=1)
            chosen, before = plan[place], len(w)
            w = np.take(w, chosen, axis=0)
            if b is not None:
                b = np.take(b, chosen)
            if isinstance(op, Conv2d):
                fresh.append(Conv2d(w, b, stride=op.stride))
            else:
                fresh.append(Linear(w, b))
        elif type(op) in {BatchNorm1d, BatchNorm2d} and chosen is not None:
            take_these = unfold(chosen, before, len(op.weight))
            fresh.append(
                type(op)(
                    np.take(op.weight, take_these),
                    np.take(op.bias, take_these),
                    np.take(op.running_mean, take_these),
                    np.take(op.running_var, take_these),
                    op.eps,
                )
            )
        elif isinstance(op, (MaxPool2d, AvgPool2d)):
            fresh.append(type(op)(op.kernel_size, op.stride))
        else:
            fresh.append(copy.deepcopy(op))

    out_masks = {}
    for place, chosen in plan.items():
        mask = np.bincount(chosen, minlength=len(model[place].weight))
        out_masks[str(place) + ".weight"] = mask
    return Sequential(fresh), out_masks
