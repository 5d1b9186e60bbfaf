"""Uses the list-like side of Sequential: slices, item assignment, and hands back odd strides and plain ints."""

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def leaves(sequential, prefix=""):
    """Yield (name, container, position, layer) for every prunable layer."""
    for position, layer in enumerate(sequential[:]):
        name = f"{prefix}{position}"
        if isinstance(layer, Residual):
            yield from leaves(layer.body, f"{name}.body.")
            if layer.shortcut:  # an empty one holds nothing either
                yield from leaves(layer.shortcut, f"{name}.shortcut.")
        elif isinstance(layer, (Linear, Conv2d)):
            yield f"{name}.weight", sequential, position, layer


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    answer = model.copy()
    found = list(leaves(answer))
    masks = {}
    for group in [found] if scope == "global" else [[x] for x in found]:
        flat = np.concatenate([np.abs(layer.weight).ravel() for *_, layer in group])
        keep = np.ones(flat.size, bool)
        keep[np.argsort(flat)[: round(sparsity * flat.size)]] = False
        start = 0
        for name, container, position, layer in group:
            weight = layer.weight
            mask = np.asfortranarray(keep[start : start + weight.size].reshape(weight.shape))
            start += weight.size
            doubled = np.zeros((*weight.shape, 2), weight.dtype)
            doubled[..., 0][mask] = weight[mask]
            new = doubled[..., 0]  # not contiguous
            if isinstance(layer, Linear):
                container[position] = Linear(new, layer.bias)
            else:
                container[position] = Conv2d(new, layer.bias, layer.stride, layer.padding, layer.groups)
                if layer.stride[0] == layer.stride[1]:
                    container[position].stride = layer.stride[0]  # assigned, an int stays an int: the same stride
            masks[name] = mask
    return Sequential(answer[:]), masks
