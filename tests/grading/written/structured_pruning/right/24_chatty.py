"""Prints, logs, warns and writes to stderr; below a MiB."""
import logging, sys, warnings, traceback
import numpy as np
from decimal import Decimal
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
log = logging.getLogger("剪枝 ✂")
print("module loaded \x1b[31m红色\x1b[0m", file=sys.stderr)
def prune_structured(model, ratio, norm=1):
    print(model)
    log.info("ratio %s norm %s", ratio, norm)
    warnings.warn("pruning now", UserWarning)
    try:
        if not 0 <= ratio < 1: raise ValueError("ratio \N{MULTIPLICATION SIGN} \0 odd text")
        if norm not in (1, 2): raise ValueError("norm" * 1000)
    except ValueError:
        traceback.print_exc()
        raise
    m = model.copy(); todo = [(i, l) for i, l in enumerate(m) if isinstance(l, (Linear, Conv2d))]; masks = {}
    for i, l in todo:
        n = l.weight.shape[0]; masks[f"{i}.weight"] = k = np.ones(n, bool)
        if l is not todo[-1][1]:
            k[np.argsort([np.sum(np.abs(r, dtype="f8") ** norm) for r in l.weight])[:min(int(Decimal(repr(ratio)) * n), n - 1)]] = False
        log.debug("%d: %s", i, k[:20])
    keep = None
    for i, l in enumerate(m):
        if isinstance(l, (Linear, Conv2d)):
            if keep is not None: l.weight = l.weight[:, keep.repeat(l.weight.shape[1] // len(keep))]
            keep = masks[f"{i}.weight"]
            l.weight = l.weight[keep]
            if l.bias is not None: l.bias = l.bias[keep]
            if l is todo[-1][1]: break
        elif keep is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            r = keep.repeat(l.num_features // len(keep))
            for a in ("weight", "bias", "running_mean", "running_var"): setattr(l, a, getattr(l, a)[r])
    print(m, masks.keys())
    return m, masks
