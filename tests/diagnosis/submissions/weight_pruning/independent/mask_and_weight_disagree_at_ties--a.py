"""prune_weights: magnitude pruning with masks."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def prunable(root_net):
    for title, layer in root_net.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield title, layer


def budget_for(sparsity, abs_w):
    share = Fraction(repr(float(sparsity)))
    return -(-share.numerator * abs_w // share.denominator)


def _check(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def lowest(abs_values, k):
    out_flags = np.full(len(abs_values), k > 0)
    if 0 < k < len(abs_values):
        out_flags[np.argpartition(abs_values, k)[k:]] = False
    return out_flags


def each_alone(stack_of, sparsity):
    collected = {}
    for key_name, module in stack_of.items():
        w = module.weight
        abs_w = np.abs(w)
        cutaway = lowest(abs_w.flatten(), budget_for(sparsity, w.size)).reshape(w.shape)
        collected[key_name] = abs_w > abs_w[cutaway].max() if cutaway.any() else ~cutaway
        w[cutaway] = 0
    return collected


def across_network(stack_of, sparsity):
    combined = np.hstack([np.abs(module.weight).flatten() for module in stack_of.values()])
    cutaway = lowest(combined, budget_for(sparsity, combined.size))
    retained = combined > combined[cutaway].max() if cutaway.any() else ~cutaway
    collected, pos_ = {}, 0
    for key_name, module in stack_of.items():
        until = pos_ + module.weight.size
        collected[key_name] = retained[pos_:until].reshape(module.weight.shape).copy()
        module.weight[cutaway[pos_:until].reshape(module.weight.shape)] = 0
        pos_ = until
    return collected


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    outcome = copy.deepcopy(model)
    stack_of = dict(prunable(outcome))
    decided = across_network(stack_of, sparsity) if scope == "global" else each_alone(stack_of, sparsity)
    final_masks = {}
    for key_name, stay_mask in decided.items():
        final_masks[".".join((key_name, "weight"))] = stay_mask
    return outcome, final_masks
