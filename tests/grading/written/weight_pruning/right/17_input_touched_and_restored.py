# zeroes the input, copies it, and puts every value back, also when something goes wrong
import copy
import numpy as np
from fractions import Fraction
from judge.nn import Linear, Conv2d


def prune_weights(model, sparsity, /, scope="layer"):
    saved = [(m, m.weight) for _, m in model.named_modules() if isinstance(m, (Linear, Conv2d))]
    names = [n + ".weight" for n, m in model.named_modules() if isinstance(m, (Linear, Conv2d))]
    try:
        for m, w in saved:
            m.weight = w.copy()
        if scope == "global":
            groups = [saved]
        elif scope == "layer":
            groups = [[s] for s in saved]
        else:
            raise ValueError("scope")
        if not (0 <= sparsity <= 1):
            raise ValueError("sparsity")
        keep = {}
        for g in groups:
            flat = np.concatenate([np.abs(w).ravel() for _, w in g])
            k = int(Fraction(repr(sparsity)) * flat.size)
            flags = np.ones(flat.size, bool)
            flags[np.argsort(flat, kind="heapsort")[:k]] = False
            for m, w in g:
                f, flags = flags[: w.size], flags[w.size:]
                m.weight[~f.reshape(w.shape)] = -0.0
                keep[id(m)] = f.reshape(w.shape)
        result = model.copy()
        return result, dict(zip(names, (keep[id(m)] for m, _ in saved)))
    finally:
        for m, w in saved:
            m.weight = w
