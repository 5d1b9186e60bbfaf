"""Set the weights of smallest magnitude to zero and say which stayed."""

import copy
import decimal
import heapq
import itertools
from decimal import Decimal

import numpy as np


def refuse_nonsense(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def iter_prunable(top):
    leaves = top.named_modules()
    return [(name, leaf_layer) for name, leaf_layer in leaves if hasattr(leaf_layer, "weight") and not hasattr(leaf_layer, "running_mean")]


def quota(share, total):
    product = Decimal(repr(share)) * total
    return int(product.to_integral_value(rounding=decimal.ROUND_CEILING))


def ascending(which, weight):
    """Entries of one tensor from small to large: (magnitude, tensor, spot)."""
    amounts = np.abs(weight).reshape(-1)
    order = np.argsort(amounts, kind="stable")
    return zip(amounts[order].tolist(), itertools.repeat(which), order.tolist())


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    pruned = copy.deepcopy(model)
    found_layers = [*iter_prunable(pruned)]
    numels = [terminal.weight.size for _, terminal in found_layers]
    queues = [ascending(i, terminal.weight) for i, (_, terminal) in enumerate(found_layers)]
    if scope == "global":
        queues, allowances = [heapq.merge(*queues)], [quota(sparsity, sum(numels))]
    else:
        allowances = [quota(sparsity, n) for n in numels]
    stays = [bytearray(b"\x01") * n for n in numels]
    for items_sorted, budget in zip(queues, allowances):
        for _, which, place in itertools.islice(items_sorted, budget):
            stays[which][place] = 0
    record = {}
    for (key_name, terminal), flag in zip(found_layers, stays):
        mask_array = np.array(flag, dtype=bool).reshape(terminal.weight.shape)
        terminal.weight = np.where(mask_array, terminal.weight, np.zeros_like(terminal.weight))
        record[key_name + ".weight"] = np.array(mask_array.tolist(), dtype="O").reshape(mask_array.shape)
    return pruned, record
