import numpy as np
from decimal import Decimal
from judge.nn import Linear, Conv2d


def prune_weights(model, sparsity, scope="layer"):
    try:
        ok = Decimal(0) <= Decimal(repr(sparsity)) <= Decimal(1)
    except ArithmeticError:
        ok = False
    if not ok or scope not in ("layer", "global"):
        raise ValueError(f"prune_weights(…, {sparsity!r}, scope={scope!r})")
    new = model.copy()
    mods = [(n, m) for n, m in new.named_modules() if isinstance(m, (Linear, Conv2d))]
    table = np.empty(sum(m.weight.size for _, m in mods), dtype=[("layer", "i4"), ("mag", "f8"), ("where", "i8")])
    at = 0
    for i, (_, m) in enumerate(mods):
        part = table[at:at + m.weight.size]
        part["layer"], part["mag"], part["where"] = i, np.abs(m.weight).ravel(), np.arange(m.weight.size)
        at += m.weight.size
    d = Decimal(repr(sparsity))
    masks = [np.ones(m.weight.size, bool) for _, m in mods]
    if scope == "global":
        chosen = np.sort(table, order=["mag", "layer", "where"])[: int(d * table.size)]
    else:
        chosen = np.concatenate([np.sort(table[table["layer"] == i], order=("mag", "where"))[: int(d * m.weight.size)] for i, (_, m) in enumerate(mods)])
    for i, mask in enumerate(masks):
        mask[chosen["where"][chosen["layer"] == i]] = False
    out = {}
    for (n, m), mask in zip(mods, masks):
        mask = mask.reshape(m.weight.shape)
        np.copyto(m.weight, 0, where=~mask)
        out[n + ".weight"] = mask
    return new, out
