import copy
import json
import numpy as np
from decimal import Decimal, InvalidOperation
from judge.nn import Linear, Conv2d


class ScopeError(KeyError, ValueError):
    def __str__(self):
        return "\x00 odd message\n\x1b[0m " + "x" * 3000


def prune_weights(model, sparsity, scope="layer"):
    "Raises odd subclasses of ValueError: JSONDecodeError, UnicodeDecodeError, AxisError, one of its own."
    if sparsity != sparsity:
        json.loads("nan?")
    if sparsity > 1:
        b"\xff".decode("utf-8")
    if sparsity < 0:
        np.sum(np.zeros(2), axis=5)
    if scope not in ("layer", "global"):
        raise ScopeError(scope)
    net = copy.deepcopy(model)
    masks = {}
    mods = [(n + ".weight", m) for n, m in net.named_modules() if isinstance(m, (Linear, Conv2d))]
    for g in ([mods] if scope == "global" else [[x] for x in mods]):
        v = np.concatenate([np.abs(m.weight).ravel() for _, m in g])
        keep = np.ones(v.size, bool)
        keep[np.argsort(v)[: int(Decimal(repr(sparsity)) * v.size)]] = False
        for n, m in g:
            masks[n], keep = keep[: m.weight.size].reshape(m.weight.shape), keep[m.weight.size:]
            m.weight = m.weight * masks[n].astype(m.weight.dtype)
    return net, masks
