"""Unstructured pruning of Linear and Conv2d weights."""

import copy

import numpy as np

from judge.nn import Conv2d, Linear


def collect(top):
    for key_name, layer in top.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield key_name, layer


def refuse_nonsense(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    fresh = copy.deepcopy(model)
    prunables = []
    for key_name, leaf_layer in collect(fresh):
        prunables.append((key_name, leaf_layer))
    table = []
    for _, leaf_layer in prunables:
        table.append(list(map(abs, leaf_layer.weight.flatten().tolist())))
    marks = [[True for _ in line_of] for line_of in table]
    lots = [[(i, j) for j in range(len(line_of))] for i, line_of in enumerate(table)]
    if scope == "global":
        lots = [sum(lots, [])]
    def settle(crowd):
        crowd.sort(key=lambda place: table[place[0]][place[1]])
        k = int(np.ceil(len(crowd) * sparsity))
        for i, j in crowd[:k]:
            marks[i][j] = False

    for crowd in lots:
        settle(crowd)
    all_masks = {}
    for (key_name, leaf_layer), line_of in zip(prunables, marks):
        retained = np.array(line_of, dtype=bool).reshape(leaf_layer.weight.shape)
        leaf_layer.weight = np.where(retained, leaf_layer.weight, np.zeros_like(leaf_layer.weight))
        all_masks[f"{key_name}.weight"] = retained
    return fresh, all_masks
