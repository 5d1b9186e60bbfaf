"""Set the weights of smallest magnitude to zero and say which stayed."""

import copy
import itertools
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


class Refusal(ValueError):
    """An argument that makes no sense."""


def verify_arguments(amount, kind):
    if math.isnan(amount):
        raise Refusal("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise Refusal("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise Refusal("no such scope: " + str(kind))


def collect(network):
    for label, layer in network.named_modules():
        if isinstance(layer, Conv2d) and layer.groups > 1:
            continue
        if isinstance(layer, (Conv2d, Linear)):
            yield label, layer


def weakest(v_abs, k):
    sequence = np.argsort(v_abs, kind="stable")
    going = np.zeros(v_abs.size, dtype=bool)
    going[sequence[:k]] = True
    return going


def exact_count(sparsity, entries):
    share_count = Fraction(repr(sparsity)) * entries
    whole, rest = divmod(share_count, 1)
    return int(whole) + (1 if rest > 0 else 0)


def magnitudes(ws):
    return np.concatenate([np.abs(w).ravel() for w in ws]) if ws else np.zeros(0)


def cut_up(vector, ws):
    """Cut one long vector into arrays of the ws' shapes."""
    rest = vector
    for w in ws:
        head, rest = rest[: w.size], rest[w.size :]
        yield head.reshape(w.shape)


def survivors(ws, sparsity):
    vector = magnitudes(ws)
    return cut_up(~weakest(vector, exact_count(sparsity, vector.size)), ws)


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    slim = copy.deepcopy(model)
    todo = tuple(collect(slim))
    ws = [layer.weight for _, layer in todo]
    lots = ([w] for w in ws) if scope == "layer" else iter([ws])
    keepflag = itertools.chain.from_iterable(survivors(lot, sparsity) for lot in lots)
    record = {}
    for (key_name, layer), bitmap in zip(todo, keepflag):
        np.putmask(layer.weight, ~bitmap, 0)
        record[f"{key_name}.weight"] = bitmap.copy()
    return slim, record
