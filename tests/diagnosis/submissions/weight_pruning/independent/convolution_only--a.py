"""prune_weights: magnitude pruning with masks."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d


def iter_prunable(root_net):
    return [(title, layer) for title, layer in root_net.named_modules() if isinstance(layer, Conv2d)]


def _check(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def number_to_prune(sparsity, strength):
    share = Fraction(repr(float(sparsity)))
    return -(-share.numerator * strength // share.denominator)


def weakest(vals, k):
    order = np.argsort(vals, kind="stable")
    zeroed = np.zeros(vals.size, dtype=bool)
    zeroed[order[:k]] = True
    return zeroed


def per_layer(layers, sparsity):
    collected = {}
    for key_name, node in layers.items():
        w = node.weight
        cutaway = weakest(np.fabs(w).flatten(), number_to_prune(sparsity, w.size))
        collected[key_name] = np.invert(cutaway).reshape(w.shape)
    return collected


def over_all(layers, sparsity):
    combined = np.hstack([np.zeros(0, np.float16)] + [np.fabs(node.weight).flatten() for node in layers.values()])
    kept_here = np.invert(weakest(combined, number_to_prune(sparsity, combined.size)))
    collected, at_ = {}, 0
    for key_name, node in layers.items():
        until = at_ + node.weight.size
        collected[key_name] = kept_here[at_:until].reshape(node.weight.shape).copy()
        at_ = until
    return collected


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    fresh = copy.deepcopy(model)
    layers = dict(iter_prunable(fresh))
    selection = over_all(layers, sparsity) if scope == "global" else per_layer(layers, sparsity)
    renamed = {}
    for key_name, stay_mask in selection.items():
        layers[key_name].weight[~stay_mask] = 0
        renamed["%s.weight" % key_name] = stay_mask
    return fresh, renamed
