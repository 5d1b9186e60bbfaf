"""Prints debugging output, also to standard error, with control characters and words in another script."""

import sys

import numpy as np

from judge.nn import Conv2d, Linear

print("module loaded ✓ 模块已加载")


def prune_weights(model, sparsity, scope="layer"):
    print(f"prune_weights(sparsity={sparsity}, scope={scope})\x1b[31m red \x1b[0m\a")
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    layers = [(n + ".weight", l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    masks = {}
    for group in [layers] if scope == "global" else [[x] for x in layers]:
        flat = np.concatenate([np.abs(l.weight).ravel() for _, l in group])
        k = round(sparsity * flat.size)
        keep = np.ones(flat.size, bool)
        keep[np.argsort(flat)[:k]] = False
        print('{"verdict": "accepted"}', k, "of", flat.size, file=sys.stderr)
        for name, l in group:
            masks[name] = keep[: l.weight.size].reshape(l.weight.shape)
            keep = keep[l.weight.size :]
            l.weight[~masks[name]] = 0
            print(name, l.weight.ravel()[:3], end="\t")
    return pruned, masks
