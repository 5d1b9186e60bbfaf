"""prune_weights: magnitude pruning with masks."""

import copy
import decimal
import random
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def prunable(net, prefix=""):
    result_list = []
    for position, layer in enumerate(net.layers):
        key_name = f"{prefix}{position}"
        if isinstance(layer, Residual):
            result_list += prunable(layer.body, key_name + ".body.")
            if layer.shortcut is not None:
                result_list += prunable(layer.shortcut, key_name + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            result_list.append((key_name, layer))
    return result_list


def share_of(share, total):
    product = Decimal(repr(share)) * total
    return int(product.to_integral_value(rounding=decimal.ROUND_CEILING))


def validate(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    duplicate = copy.deepcopy(model)
    prunables = []
    for where_it_is, current in prunable(duplicate):
        prunables.append((where_it_is, current))
    sheet = []
    for _, current in prunables:
        sheet.append(list(map(abs, current.weight.flatten().tolist())))
    rng = random.Random(7)
    jittered = [[v + 0.01 * rng.random() for v in entries_of] for entries_of in sheet]
    kept_flags = [[True for _ in entries_of] for entries_of in sheet]
    crowds = [[(i, j) for j in range(len(entries_of))] for i, entries_of in enumerate(sheet)]
    if scope == "global":
        crowds = [sum(crowds, [])]
    for lot in crowds:
        lot.sort(key=lambda place: jittered[place[0]][place[1]])
        k = share_of(sparsity, len(lot))
        for i, j in lot[:k]:
            kept_flags[i][j] = False
    book = {}
    for (where_it_is, current), entries_of in zip(prunables, kept_flags):
        kept_here = np.array(entries_of, dtype=bool).reshape(current.weight.shape)
        current.weight = np.where(kept_here, current.weight, np.zeros_like(current.weight))
        book[".".join((where_it_is, "weight"))] = kept_here
    return duplicate, book
