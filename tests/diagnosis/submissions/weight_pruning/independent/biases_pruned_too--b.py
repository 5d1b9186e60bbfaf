"""prune_weights: magnitude pruning with masks."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def mark_small(vec1, k):
    numbers = vec1.tolist()
    ranking = sorted(range(len(numbers)), key=numbers.__getitem__)
    lost = [False] * len(numbers)
    for place in ranking[:k]:
        lost[place] = True
    return np.array(lost, dtype=bool)


def pruned_count(sparsity, abs_w):
    share = Fraction(repr(float(sparsity)))
    return -(-share.numerator * abs_w // share.denominator)


def iter_prunable(net):
    todo_stack = [("", net)]
    while todo_stack:
        trail, node = todo_stack.pop()
        kids = node.named_children()
        if kids is not None:
            todo_stack.extend(reversed([(f"{trail}.{key}" if trail else key, child) for key, child in kids]))
        elif isinstance(node, (Conv2d, Linear)):
            yield trail, node


def validate(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def each_alone(modules_, sparsity):
    all_masks = {}
    for key_name, layer in modules_.items():
        w = layer.weight
        cutaway = mark_small(np.fabs(w).flatten(), pruned_count(sparsity, w.size))
        all_masks[key_name] = np.invert(cutaway).reshape(w.shape)
    return all_masks


def jointly(modules_, sparsity):
    row_of_all = np.hstack([np.fabs(layer.weight).flatten() for layer in modules_.values()])
    kept_here = np.invert(mark_small(row_of_all, pruned_count(sparsity, row_of_all.size)))
    all_masks, at_ = {}, 0
    for key_name, layer in modules_.items():
        stop_at = at_ + layer.weight.size
        all_masks[key_name] = kept_here[at_:stop_at].reshape(layer.weight.shape).copy()
        at_ = stop_at
    return all_masks


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    answer = copy.deepcopy(model)
    modules_ = dict(iter_prunable(answer))
    chosen = jointly(modules_, sparsity) if scope == "global" else each_alone(modules_, sparsity)
    final_masks = {}
    for key_name, mask in chosen.items():
        modules_[key_name].weight[~mask] = 0
        final_masks[f"{key_name}.weight"] = mask
    biases = [layer.bias for layer in modules_.values() if layer.bias is not None]
    if biases and scope == "global":
        row_vector = np.concatenate(biases)
        row_vector[mark_small(np.fabs(row_vector), pruned_count(sparsity, row_vector.size))] = 0
        for bias in biases:
            bias[:], row_vector = row_vector[: bias.size], row_vector[bias.size :]
    elif biases:
        for bias in biases:
            bias[mark_small(np.fabs(bias), pruned_count(sparsity, bias.size))] = 0
    return answer, final_masks
