"""All weights are read-only views of one flat buffer, all masks of another: shared memory in the answer."""

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    layers = [(n + ".weight", l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    values = np.concatenate([l.weight.ravel() for _, l in layers])
    ends = np.cumsum([l.weight.size for _, l in layers])
    spans = [slice(e - l.weight.size, e) for e, (_, l) in zip(ends, layers)]
    keep = np.ones(values.size, bool)
    for span in [slice(0, values.size)] if scope == "global" else spans:
        part = np.abs(values[span])
        keep[span][np.argsort(part)[: round(sparsity * part.size)]] = False
    values[~keep] = 0
    values.setflags(write=False)
    keep.setflags(write=False)
    masks = {}
    for span, (name, l) in zip(spans, layers):
        shape = l.weight.shape
        l.weight = values[span].reshape(shape)
        masks[name] = keep[span].reshape(shape)
    return pruned, masks
