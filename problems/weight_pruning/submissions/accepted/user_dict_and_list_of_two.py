"""Returns a list instead of a tuple, and the masks in a UserDict subclass."""

from collections import UserDict

import numpy as np

from judge.nn import Conv2d, Linear


class Masks(UserDict):
    @property
    def sparsity(self):
        return 1 - sum(m.sum() for m in self.values()) / sum(m.size for m in self.values())


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned, masks = model.copy(), Masks()
    layers = {n: l for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))}
    for group in [layers.items()] if scope == "global" else [[item] for item in layers.items()]:
        group = list(group)
        scores = np.concatenate([np.abs(l.weight).ravel() for _, l in group])
        keep = np.ones(scores.size, bool)
        keep[np.argsort(scores)[: round(sparsity * scores.size)]] = False
        at = 0
        for n, l in group:
            masks[n + ".weight"] = keep[at : at + l.weight.size].reshape(l.weight.shape)
            at += l.weight.size
            l.weight[~masks[n + ".weight"]] = 0
    return [pruned, masks]
