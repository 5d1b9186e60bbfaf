"""Configures logging, warns, turns numpy's floating-point errors off, times itself."""

import logging
import time
import warnings

import numpy as np

from judge.nn import Conv2d, Linear

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
log = logging.getLogger("pruning")
np.seterr(all="ignore")
warnings.simplefilter("always")


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        log.error("sparsity %s refused", sparsity)
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        log.error("scope %s refused", scope)
        raise ValueError("scope must be 'layer' or 'global'")
    if sparsity == 1:
        warnings.warn("everything will be zero", RuntimeWarning, stacklevel=2)
    begin = time.perf_counter()
    pruned = model.copy()
    layers = [(n + ".weight", l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    masks = {}
    for group in [layers] if scope == "global" else [[x] for x in layers]:
        flat = np.concatenate([np.abs(l.weight).ravel() for _, l in group])
        keep = np.ones(flat.size, bool)
        keep[np.argsort(flat)[: round(sparsity * flat.size)]] = False
        for name, l in group:
            masks[name] = keep[: l.weight.size].reshape(l.weight.shape)
            keep = keep[l.weight.size :]
            l.weight[~masks[name]] = 0
    log.info("done in %.1f ms", 1e3 * (time.perf_counter() - begin))
    return pruned, masks
