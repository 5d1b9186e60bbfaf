import copy
import numpy as np
from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    """lexsort: by magnitude, ties from the end of the array; round() of the float product is floor or ceil of x."""
    if not (0 <= sparsity <= 1) or scope not in ("layer", "global"):
        raise ValueError((sparsity, scope))
    net = copy.deepcopy(model)
    targets = [(n, m) for n, m in net.named_modules() if isinstance(m, Conv2d | Linear)]
    mag = [abs(m.weight).ravel() for _, m in targets]
    owner = np.repeat(np.arange(len(mag)), [a.size for a in mag])
    flat = np.concatenate(mag)
    pos = np.arange(flat.size)
    if scope == "global":
        order = np.lexsort((-pos, flat))
        chosen = order[:round(sparsity * flat.size)]
    else:
        order = np.lexsort((-pos, flat, owner))
        starts = np.cumsum([0] + [a.size for a in mag[:-1]])
        chosen = np.concatenate([order[s:s + round(sparsity * a.size)] for s, a in zip(starts, mag)])
    keep = np.ones(flat.size, dtype=bool)
    keep[chosen] = False
    masks = {}
    for (name, m), part in zip(targets, np.split(keep, np.cumsum([a.size for a in mag])[:-1])):
        mask = part.reshape(m.weight.shape)
        m.weight = m.weight * mask  # bool times float keeps the dtype
        masks[name + ".weight"] = mask
    return net, masks
