"""Sparsify a trained network, one tensor at a time or jointly."""

import bisect
import math
from decimal import Decimal

import numpy as np


def pick_dropped(values, k):
    if not k:
        return np.zeros(len(values), bool)
    in_order = sorted(values.tolist())
    border = in_order[k - 1]
    room = k - bisect.bisect_left(in_order, border)
    answer = []
    for value in values.tolist():
        equal = value == border and room > 0
        room -= equal
        answer.append(value < border or equal)
    return np.array(answer, bool)


def budget_for(fraction, amounts):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * amounts // bottom


def _check(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def follow(net, path):
    item = net
    for step in path:
        item = item.layers[int(step)] if step.isdigit() else getattr(item, step)
    return item


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    matrices = {label: array for label, array in model.named_parameters() if label.endswith("weight")}
    if scope == "global":
        abs_w = np.concatenate([np.abs(array).ravel() for array in matrices.values()])
        out_flags = pick_dropped(abs_w, budget_for(sparsity, abs_w.size))
        bounds = np.cumsum([array.size for array in matrices.values()])
        doomed = dict(zip(matrices, np.split(out_flags, bounds[:-1])))
    else:
        doomed = {label: pick_dropped(np.abs(array).ravel(), budget_for(sparsity, array.size)) for label, array in matrices.items()}
    outcome = model.copy()
    record = {}
    for label, array in matrices.items():
        surviving = np.logical_not(doomed[label]).reshape(array.shape)
        *path, attribute = label.split(".")
        setattr(follow(outcome, path), attribute, np.where(surviving, array, array.dtype.type(0)))
        record[label] = surviving
    return outcome, record
