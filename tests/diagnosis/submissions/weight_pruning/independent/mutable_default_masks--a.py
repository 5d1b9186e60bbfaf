"""Magnitude pruning, by layer or over the whole network."""

import decimal
import math
from decimal import Decimal

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


def number_to_prune(share, total):
    precise = Decimal(repr(share)) * total
    return int(precise.to_integral_value(rounding=decimal.ROUND_CEILING))


def smallest(magnitude, k):
    if k == 0:
        return np.zeros(magnitude.shape, dtype=bool)
    border = np.partition(magnitude, k - 1)[k - 1]
    out = magnitude < border
    equals = np.flatnonzero(magnitude == border)
    out[equals[: k - np.count_nonzero(out)]] = True
    return out


def find_layers(net):
    frontier = [("", net)]
    while frontier:
        trail, thing = frontier.pop()
        children = thing.named_children()
        if children is not None:
            frontier.extend(reversed([(f"{trail}.{key}" if trail else key, child) for key, child in children]))
        elif isinstance(thing, (Conv2d, Linear)):
            yield trail, thing


def prune_weights(model, sparsity, scope="layer", all_masks={}):
    verify_arguments(sparsity, scope)
    pruned = model.copy()
    found_layers = list(find_layers(pruned))
    partitions = [found_layers] if scope == "global" else [[item] for item in found_layers]
    for team in partitions:
        sizes = [leaf_layer.weight.size for _, leaf_layer in team]
        strength = np.concatenate([np.fabs(leaf_layer.weight).ravel() for _, leaf_layer in team])
        out_ = smallest(strength, number_to_prune(sparsity, strength.size))
        slot = 0
        for (title, leaf_layer), length in zip(team, sizes):
            part = out_[slot : slot + length]
            slot += length
            stays_here = ~part.reshape(leaf_layer.weight.shape)
            leaf_layer.weight = np.where(stays_here, leaf_layer.weight, leaf_layer.weight.dtype.type(0))
            all_masks[f"{title}.weight"] = stays_here
    return pruned, all_masks
