"""Magnitude pruning, by layer or over the whole network."""

import copy

import numpy as np

from judge.nn import Conv2d, Linear


def refuse_nonsense(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def find_layers(top):
    for name, layer in top.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield name, layer


SMALL = 0.1


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    fresh = copy.deepcopy(model)
    found_layers = []
    for name, module in find_layers(fresh):
        found_layers.append((name, module))
    table = [[abs(v) for v in module.weight.ravel().tolist()] for _, module in found_layers]
    remain = [[True] * len(line_of) for line_of in table]
    batches = []
    for i, line_of in enumerate(table):
        places = [(i, j) for j in range(len(line_of))]
        if scope == "global" and batches:
            batches[0].extend(places)
        else:
            batches.append(places)
    for rankable in batches:
        for i, j in rankable:
            if table[i][j] <= SMALL:
                remain[i][j] = False
    book = {}
    for (name, module), line_of in zip(found_layers, remain):
        stays_here = np.array(line_of, dtype=bool).reshape(module.weight.shape)
        module.weight[np.logical_not(stays_here)] = 0.0
        book["%s.weight" % name] = stays_here
    return fresh, book
