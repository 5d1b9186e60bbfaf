"""Sparsify a trained network, one tensor at a time or jointly."""

import copy
import heapq
import itertools
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def how_many(sparsity, abs_w):
    share = Fraction(repr(float(sparsity)))
    return -(-share.numerator * abs_w // share.denominator)


def weight_layers(net, prefix=""):
    seen = []
    for position, layer in enumerate(net.layers):
        title = f"{prefix}{position}"
        if isinstance(layer, Residual):
            seen += weight_layers(layer.body, title + ".body.")
            if layer.shortcut is not None:
                seen += weight_layers(layer.shortcut, title + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            seen.append((title, layer))
    return seen


def verify_arguments(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def stream(which, weight):
    """Entries of one tensor from small to large: (magnitude, tensor, spot)."""
    size = np.absolute(weight).ravel()
    order = np.argsort(size, kind="stable")
    return zip(size[order].tolist(), itertools.repeat(which), order.tolist())


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    outcome = copy.deepcopy(model)
    found_layers = list(weight_layers(outcome))
    volumes = [module.weight.size for _, module in found_layers]
    feeds = [stream(i, module.weight) for i, (_, module) in enumerate(found_layers)]
    if scope == "global":
        feeds, limits = [heapq.merge(*feeds)], [how_many(sparsity, sum(volumes))]
    else:
        limits = [how_many(sparsity, n) for n in volumes]
    stays = [bytearray(b"\x01") * n for n in volumes]
    for entries, budget in zip(feeds, limits):
        for _, which, place in itertools.islice(entries, budget):
            stays[which][place] = 0
    mask_of = {}
    for (name, module), byte_row in zip(found_layers, stays):
        mask_array = np.empty(module.weight.shape, dtype=bool, order="F")
        mask_array.T.flat = [staying == 1 for staying in byte_row]
        module.weight = np.where(mask_array, module.weight, np.zeros_like(module.weight))
        mask_of[f"{name}.weight"] = mask_array
    return outcome, mask_of
