"""Return a sparse copy of a network together with its masks."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, GELU, Linear, ReLU, Residual, Sequential, Sigmoid, Tanh


def validate(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def pick_dropped(joined_vec, k):
    numbers = joined_vec.tolist()
    ranking = sorted(range(len(numbers)), key=numbers.__getitem__)
    cutaway = [False] * len(numbers)
    for place in ranking[:k]:
        cutaway[place] = True
    return np.array(cutaway, dtype=bool)


def weight_layers(top, prefix=""):
    hits = []
    for spot, layer in enumerate(top.layers):
        name = f"{prefix}{spot}"
        if isinstance(layer, Residual):
            hits += weight_layers(layer.body, name + ".body.")
            if layer.shortcut is not None:
                hits += weight_layers(layer.shortcut, name + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            hits.append((name, layer))
    return hits


def exact_count(sparsity, entries):
    share_count = Fraction(repr(sparsity)) * entries
    whole, rest = divmod(share_count, 1)
    return int(whole) + (1 if rest > 0 else 0)


def is_dead(stay_by_name, where_it_is):
    return where_it_is in stay_by_name and not np.any(stay_by_name[where_it_is])


def decide(model, sparsity, scope):
    tables = {where_it_is: node.weight for where_it_is, node in weight_layers(model)}
    if scope == "layer":
        return {
            where_it_is: ~pick_dropped(abs(w).flatten(), exact_count(sparsity, w.size)).reshape(w.shape) for where_it_is, w in tables.items()
        }
    row_vector = np.concatenate([abs(w).flatten() for w in tables.values()])
    remain = iter(np.split(~pick_dropped(row_vector, exact_count(sparsity, row_vector.size)), np.cumsum([w.size for w in tables.values()])))
    return {where_it_is: next(remain).reshape(w.shape) for where_it_is, w in tables.items()}


def reassemble(root_net, stay_by_name, prefix=""):
    layers = []
    for position, old in enumerate(root_net.layers):
        where_it_is = prefix + str(position)
        if isinstance(old, Residual):
            body = reassemble(old.body, stay_by_name, where_it_is + ".body.")
            side = None if old.shortcut is None else reassemble(old.shortcut, stay_by_name, where_it_is + ".shortcut.")
            built = Residual(body, side)
        elif isinstance(old, (Linear, Conv2d)):
            weight = old.weight.copy()
            weight[~stay_by_name[where_it_is]] = 0
            bias = None if old.bias is None else old.bias.copy()
            if isinstance(old, Conv2d):
                built = Conv2d(weight, bias, old.stride, old.padding, old.groups)
            else:
                built = Linear(weight, bias)
        elif isinstance(old, (BatchNorm1d, BatchNorm2d)):
            tables = (old.weight, old.bias, old.running_mean, old.running_var)
            built = type(old)(*[array.copy() for array in tables], old.eps)
        elif isinstance(old, (ReLU, GELU, Tanh, Sigmoid)) and position and is_dead(stay_by_name, prefix + str(position - 1)):
            continue  # acts on a constant only
        else:
            built = copy.copy(old)
        layers.append(built)
    return Sequential(layers)


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    stay_by_name = decide(model, sparsity, scope)
    return reassemble(model, stay_by_name), {f"{where_it_is}.weight": mask for where_it_is, mask in stay_by_name.items()}
