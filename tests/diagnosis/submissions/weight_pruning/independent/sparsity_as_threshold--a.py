"""Zero the smallest weights and say which ones stayed."""

import copy

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def validate(sparsity, scope):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))


def absolute(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def cut_positions(scores, bound):
    return np.array([value < bound for value in scores.tolist()], dtype=bool)


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    res = copy.deepcopy(model)
    holders = []
    todo = [("", res)]
    while todo:
        path, module = todo.pop()
        if isinstance(module, Sequential):
            todo.extend((f"{path}{i}.", module.layers[i]) for i in reversed(range(len(module.layers))))
        elif isinstance(module, Residual):
            if module.shortcut is not None:
                todo.append((path + "shortcut.", module.shortcut))
            todo.append((path + "body.", module.body))
        elif isinstance(module, (Linear, Conv2d)):
            holders.append((path + "weight", module))

    offsets = [0]
    for _, module in holders:
        offsets.append(offsets[-1] + module.weight.size)
    values = np.concatenate([absolute(module.weight) for _, module in holders])
    if scope == "layer":
        picked = [
            low + np.flatnonzero(cut_positions(values[low:high], sparsity))
            for low, high in zip(offsets, offsets[1:])
        ]
        chosen = np.concatenate(picked)
    else:
        chosen = np.flatnonzero(cut_positions(values, sparsity))

    standing = np.ones(values.size, dtype=bool)
    standing[chosen] = False
    out_masks = {}
    for (full_name, module), low, high in zip(holders, offsets, offsets[1:]):
        out_masks[full_name] = standing[low:high].reshape(module.weight.shape).copy()
        module.weight = np.multiply(module.weight, out_masks[full_name], dtype=module.weight.dtype)
    return res, out_masks
