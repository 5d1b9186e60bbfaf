"""Channel pruning for plain NumPy networks."""

import copy
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, GELU, ReLU, Sigmoid, Tanh


def response(layer, behind):
    """What the channels of ``layer`` give, after all that stands behind it, when the input is zero."""
    level = np.zeros(layer.weight.shape[0]) if layer.bias is None else layer.bias.astype(np.float64)
    for item in behind:
        if isinstance(item, (BatchNorm1d, BatchNorm2d)):
            level = np.repeat(level, item.num_features // level.size)
            level = (level - item.running_mean) / np.sqrt(item.running_var.astype(np.float64) + item.eps) * item.weight + item.bias
        elif isinstance(item, (ReLU, GELU, Tanh, Sigmoid)):
            level = item(level[None, :])[0]
    return level


def compensate(reader, weight, level, dead):
    level = np.repeat(level, weight.shape[1] // level.size)
    per_input = weight.astype(np.float64).reshape(*weight.shape[:2], -1).sum(axis=2)
    extra = per_input[:, dead] @ level[dead]
    base = 0.0 if reader.bias is None else reader.bias
    reader.bias = (base + extra).astype(weight.dtype)


def quota(ratio, n):
    """How many of ``n`` go."""
    top, bottom = Decimal(repr(ratio)).as_integer_ratio()
    return min(top * n // bottom, n - 1)


def _measure(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def doomed(scores, k):
    ranking = sorted((score, c) for c, score in enumerate(scores))
    return sorted(c for _, c in ranking[:k])


def blocks(cut, hw):
    return [c * hw + j for c in cut for j in range(hw)]


def strip_rows(target, cut):
    target.weight = np.delete(target.weight, cut, axis=0)
    if target.bias is not None:
        target.bias = np.delete(target.bias, cut)


def strip_norm(bn, cut, n):
    dead = blocks(cut, len(bn.weight) // n)
    for attribute in ("weight", "bias", "running_mean", "running_var"):
        setattr(bn, attribute, np.delete(getattr(bn, attribute), dead))


def drop_inputs(reader, cut, n):
    dead = blocks(cut, reader.weight.shape[1] // n)
    reader.weight = np.delete(reader.weight, dead, axis=1)


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    twin_net = copy.deepcopy(model)
    at = [p for p, item in enumerate(model.layers) if type(item).__name__ in ("Linear", "Conv2d")]
    masks = {"%d.weight" % p: np.ones(model.layers[p].weight.shape[0], dtype=np.uint8) for p in at}
    for producer, there in zip(at, at[1:]):
        original = model.layers[producer].weight
        n = original.shape[0]
        cut = doomed(_measure(original, norm), quota(ratio, n))
        if len(cut) == 0:
            continue
        masks["%d.weight" % producer][cut] = 0
        strip_rows(twin_net.layers[producer], cut)
        for between in twin_net.layers[producer + 1 : there]:
            if isinstance(between, (BatchNorm1d, BatchNorm2d)):
                strip_norm(between, cut, n)
        constant = response(model.layers[producer], model.layers[producer + 1 : there])
        compensate(twin_net.layers[there], model.layers[there].weight, constant, blocks(cut, model.layers[there].weight.shape[1] // n))
        drop_inputs(twin_net.layers[there], cut, n)
    return twin_net, masks
