"""Drop output channels by magnitude and rewire what reads them."""

import copy
from decimal import ROUND_FLOOR, Decimal
import numpy as np

from judge import nn


def slim_vector(vector, bits):
    return vector.reshape(bits.size, -1)[bits].ravel()


def slim_matrix(weight, bits):
    height, ins = weight.shape
    return weight.reshape(height, bits.size, ins // bits.size)[:, bits].reshape(height, -1)


def choose(model, ratio, norm):
    heavy = [k for k, item in enumerate(model) if isinstance(item, (nn.Linear, nn.Conv2d))]
    for k in heavy:
        weight = model[k].weight
        if model[k] is model[-1]:
            yield k, np.ones(weight.shape[0], dtype=bool)
        else:
            yield k, choose_mask(importance(weight, norm), victims(ratio, weight.shape[0]))


def apply(model, decisions):
    active = None
    for k, item in enumerate(model):
        match item:
            case nn.Linear():
                weight = item.weight if active is None else slim_matrix(item.weight, active)
                active = decisions[k]
                yield nn.Linear(weight[active], item.bias[active] if item.bias is not None else None)
            case nn.Conv2d():
                weight = item.weight if active is None else item.weight[:, active]
                active = decisions[k]
                bias = item.bias[active] if item.bias is not None else None
                yield nn.Conv2d(weight[active], bias, item.stride, item.padding, item.groups)
            case nn.BatchNorm1d() | nn.BatchNorm2d() if active is not None:
                yield type(item)(
                    slim_vector(item.weight, active),
                    slim_vector(item.bias, active),
                    slim_vector(item.running_mean, active),
                    slim_vector(item.running_var, active),
                    item.eps,
                )
            case _:
                yield copy.deepcopy(item)


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    decisions = dict(choose(model, ratio, norm))
    smaller = nn.Sequential(list(apply(model, decisions)))
    return smaller, {f"{k}.weight": bits for k, bits in decisions.items()}


def choose_mask(scores, k):
    position = np.empty(len(scores), dtype=int)
    position[np.argsort(scores, kind="mergesort")] = np.arange(len(scores))
    return position >= k


def victims(ratio, n):
    exact = Decimal(repr(ratio)) * n
    return min(int(exact.to_integral_value(rounding=ROUND_FLOOR)), n - 1)


def importance(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))
