import numpy as np
from decimal import Decimal, ROUND_FLOOR
from judge.nn import Linear, Conv2d
import copy


def prune_weights(model, sparsity, scope="layer"):
    s = float(sparsity)
    if not (s >= 0 and s <= 1):
        raise ValueError("sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("scope")
    mods = {n + ".weight": m for n, m in model.named_modules() if isinstance(m, (Linear, Conv2d))}
    sizes = [m.weight.size for m in mods.values()]
    ks = [int((Decimal(repr(s)) * n).to_integral_value(ROUND_FLOOR)) for n in (sizes if scope == "layer" else [sum(sizes)])]
    if not any(ks):
        return model, {n: np.ones(m.weight.shape, "?") for n, m in mods.items()}
    if scope == "global":
        order = np.argsort(np.concatenate([np.abs(m.weight).ravel() for m in mods.values()]), kind="stable")
        flags = np.ones(sum(sizes), bool)
        flags[order[: ks[0]]] = False
        masks = {n: f.reshape(m.weight.shape) for (n, m), f in zip(mods.items(), np.split(flags, np.cumsum(sizes)[:-1]))}
    else:
        masks = {}
        for (n, m), k in zip(mods.items(), ks):
            f = np.ones(m.weight.size, bool)
            f[np.argsort(np.abs(m.weight).ravel())[:k]] = False
            masks[n] = f.reshape(m.weight.shape)

    # a shallow clone of every container; leaves that stay the same are the input's own
    def clone(seq, prefix):
        new = copy.copy(seq)
        new.layers = []
        for i, l in enumerate(seq):
            n = f"{prefix}{i}"
            if n + ".weight" in masks:
                if not masks[n + ".weight"].all():
                    l = copy.copy(l)
                    l.weight = np.where(masks[n + ".weight"], l.weight, l.weight.dtype.type(0))
            elif hasattr(l, "body"):
                l = copy.copy(l)
                l.body = clone(l.body, n + ".body.")
                if l.shortcut is not None:
                    l.shortcut = clone(l.shortcut, n + ".shortcut.")
            new.layers.append(l)
        return new

    return clone(model, ""), masks
