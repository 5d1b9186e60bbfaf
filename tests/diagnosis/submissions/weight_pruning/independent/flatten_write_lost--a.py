"""prune_weights: magnitude pruning with masks."""

import decimal
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def weight_layers(net, prefix=""):
    result_list = []
    for position, layer in enumerate(net.layers):
        label = f"{prefix}{position}"
        if isinstance(layer, Residual):
            result_list += weight_layers(layer.body, label + ".body.")
            if layer.shortcut is not None:
                result_list += weight_layers(layer.shortcut, label + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            result_list.append((label, layer))
    return result_list


def pruned_count(share, total):
    share_count = Decimal(repr(share)) * total
    return int(share_count.to_integral_value(rounding=decimal.ROUND_CEILING))


def lowest(magnitude, k):
    if k == 0:
        return np.zeros(magnitude.shape, dtype=bool)
    pivot_value = np.partition(magnitude, k - 1)[k - 1]
    out = magnitude < pivot_value
    equals = np.flatnonzero(magnitude == pivot_value)
    out[equals[: k - np.count_nonzero(out)]] = True
    return out


def ensure_valid(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    slim = model.copy()
    todo = list(weight_layers(slim))
    scopes = [todo] if scope == "global" else [[item] for item in todo]
    collected = {}
    for members in scopes:
        sizes = [mod.weight.size for _, mod in members]
        strength = np.concatenate([np.fabs(mod.weight).flatten() for _, mod in members])
        removed_flags = lowest(strength, pruned_count(sparsity, strength.size))
        i = 0
        for (key_name, mod), length in zip(members, sizes):
            section = removed_flags[i : i + length]
            i += length
            stays_here = ~section.reshape(mod.weight.shape)
            mod.weight.flatten()[section] = 0
            collected[f"{key_name}.weight"] = stays_here
    return slim, collected
