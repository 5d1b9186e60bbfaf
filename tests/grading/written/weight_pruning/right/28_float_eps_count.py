# int(s * n + 1e-9): the error of the product is far below 1e-9, so this is floor(x), or ceil(x) just below an integer
import copy
import numpy as np
import judge.nn as nn


def prune_weights(model, sparsity, scope="layer"):
    assert hasattr(model, "layers")
    if np.isnan(sparsity) or sparsity < 0. or sparsity > 1.:
        raise ValueError("sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("scope")
    net = copy.deepcopy(model)
    stack, leaves = [("", net)], []
    while stack:
        name, node = stack.pop()
        if isinstance(node, nn.Sequential):
            stack += [(f"{name}{i}.", l) for i, l in enumerate(node)][::-1]
        elif isinstance(node, nn.Residual):
            if node.shortcut is not None:
                stack.append((name + "shortcut.", node.shortcut))
            stack.append((name + "body.", node.body))
        elif isinstance(node, (nn.Linear, nn.Conv2d)):
            leaves.append((name + "weight", node))
    sizes = np.array([l.weight.size for _, l in leaves])
    flat = np.hstack([abs(l.weight).flatten() for _, l in leaves])
    keep = np.ones(flat.shape, bool)
    bounds = np.r_[0, sizes.cumsum()]
    for a, b in ([(0, flat.size)] if scope == "global" else zip(bounds[:-1], bounds[1:])):
        k = int(sparsity * (b - a) + 1e-9)
        keep[a + flat[a:b].argsort()[:k]] = False
    masks = {}
    for (name, l), a, b in zip(leaves, bounds[:-1], bounds[1:]):
        masks[name] = keep[a:b].reshape(l.weight.shape)
        l.weight *= masks[name]
    return net, masks
