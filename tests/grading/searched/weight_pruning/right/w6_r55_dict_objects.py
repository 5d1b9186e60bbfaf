import copy
from decimal import Decimal
import numpy as np
def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1 or scope not in ("layer", "global"): raise ValueError("?")
    model = copy.deepcopy(model)
    ws = {n: w for n, w in model.named_parameters() if w.ndim > 1}
    masks = {n: np.ones(w.shape, bool) for n, w in ws.items()}
    for keys in ([list(ws)] if scope == "global" else [[k] for k in ws]):
        rows = [{"v": abs(x), "n": n, "i": i} for n in keys for i, x in enumerate(ws[n].ravel().tolist())]
        rows.sort(key=lambda r: r["v"])
        for r in rows[:int(Decimal(repr(sparsity)) * len(rows))]:
            masks[r["n"]].flat[r["i"]] = False
    for n, w in ws.items():
        w[~masks[n]] = 0
    return model, masks
