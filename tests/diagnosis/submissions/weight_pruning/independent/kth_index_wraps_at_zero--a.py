"""Set the weights of smallest magnitude to zero and say which stayed."""

import copy
from decimal import Decimal

import numpy as np


def find_layers(top):
    leaves = top.named_modules()
    return [(label, leaf) for label, leaf in leaves if hasattr(leaf, "weight") and not hasattr(leaf, "running_mean")]


def pick_dropped(v_abs, k):
    tau = np.sort(v_abs)[k - 1]
    lost = v_abs < tau
    room = max(k - np.count_nonzero(lost), 0)
    lost[np.flatnonzero(v_abs == tau)[:room]] = True
    return lost


def budget_for(p, n):
    """Number of zeros among n, in precise decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def refuse_nonsense(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def separate(stack_of, sparsity):
    all_masks = {}
    for key_name, layer in stack_of.items():
        w = layer.weight
        falls = pick_dropped(abs(w).flatten(), budget_for(sparsity, w.size))
        all_masks[key_name] = np.invert(falls).reshape(w.shape)
    return all_masks


def across_network(stack_of, sparsity):
    long_vector = np.hstack([abs(layer.weight).flatten() for layer in stack_of.values()])
    stays_here = np.invert(pick_dropped(long_vector, budget_for(sparsity, long_vector.size)))
    all_masks, at_ = {}, 0
    for key_name, layer in stack_of.items():
        until = at_ + layer.weight.size
        all_masks[key_name] = stays_here[at_:until].reshape(layer.weight.shape).copy()
        at_ = until
    return all_masks


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    pruned = copy.deepcopy(model)
    stack_of = dict(find_layers(pruned))
    chosen = across_network(stack_of, sparsity) if scope == "global" else separate(stack_of, sparsity)
    renamed = {}
    for key_name, m in chosen.items():
        stack_of[key_name].weight[~m] = 0
        renamed[key_name + ".weight"] = m
    return pruned, renamed
