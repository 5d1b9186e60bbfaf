"""copy.deepcopy first, then everything in place through .flat and np.put."""

import copy

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("scope")
    model = copy.deepcopy(model)
    masks, todo = {}, []
    for name, layer in model.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            key = f"{name}.weight"
            masks[key] = np.ones_like(layer.weight, dtype=bool)
            todo.append((key, layer.weight))
    if scope == "layer":
        for key, weight in todo:
            n = weight.size
            victims = np.argsort(np.abs(weight), axis=None)[: round(n * sparsity)]
            np.put(weight, victims, 0)
            np.put(masks[key], victims, False)
    else:
        owner = np.repeat(np.arange(len(todo)), [w.size for _, w in todo])
        local = np.concatenate([np.arange(w.size) for _, w in todo])
        order = np.argsort(np.concatenate([np.abs(w).ravel() for _, w in todo]))[: round(owner.size * sparsity)]
        for i, (key, weight) in enumerate(todo):
            mine = local[order[owner[order] == i]]
            weight.flat[mine] = 0
            masks[key].flat[mine] = False
    return model, masks
