"""Return a sparse copy of a network together with its masks."""

import heapq
import itertools
import math

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def validate(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def weight_layers(root_net, prefix=""):
    hits = []
    for spot, layer in enumerate(root_net.layers):
        label = f"{prefix}{spot}"
        if isinstance(layer, Residual):
            hits += weight_layers(layer.body, label + ".body.")
            if layer.shortcut is not None:
                hits += weight_layers(layer.shortcut, label + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            hits.append((label, layer))
    return hits


def sorted_entries(which, weight):
    """Entries of one tensor from small to large: (magnitude, tensor, slot)."""
    size = abs(weight).reshape(-1)
    order = np.argsort(size, kind="stable")
    return zip(size[order].tolist(), itertools.repeat(which), order.tolist())


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    outcome = model.copy()
    todo = tuple(weight_layers(outcome))
    volumes = [unit.weight.size for _, unit in todo]
    feeds = [sorted_entries(i, unit.weight) for i, (_, unit) in enumerate(todo)]
    if scope == "global":
        feeds, allowances = [heapq.merge(*feeds)], [math.floor(sum(volumes) * sparsity)]
    else:
        allowances = [math.floor(n * sparsity) for n in volumes]
    marks = [bytearray(b"\x01") * n for n in volumes]
    for items_sorted, budget in zip(feeds, allowances):
        for _, which, place in itertools.islice(items_sorted, budget):
            marks[which][place] = 0
    all_masks = {}
    for (key_name, unit), flag in zip(todo, marks):
        mask_array = np.array(flag, dtype=bool).reshape(unit.weight.shape)
        unit.weight = np.where(mask_array, unit.weight, np.zeros_like(unit.weight))
        all_masks[".".join((key_name, "weight"))] = mask_array
    return outcome, all_masks
