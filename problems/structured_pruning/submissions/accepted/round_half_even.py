"""round() counts the channels; negative norms sorted so that the kept come first."""
import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def prune_structured(model, ratio, norm=1):
    if np.isnan(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("ratio must be in [0, 1)")
    if norm not in (1, 2):
        raise ValueError("norm must be 1 or 2")
    prunable = [i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))]
    chosen = {}
    for i in prunable:
        w = model[i].weight
        n = w.shape[0]
        keep = n if i == prunable[-1] else max(n - round(n * ratio), 1)
        v = np.linalg.norm(w.reshape(n, -1).astype(np.float64), ord=norm, axis=1)
        chosen[i] = sorted(np.argsort(-v, kind="stable")[:keep])
    net = model.copy()
    prev = None
    for i, l in enumerate(net):
        if i in chosen:
            if prev is not None:
                size = model[prev].weight.shape[0]
                w = l.weight.reshape(l.weight.shape[0], size, -1, *l.weight.shape[2:])
                w = w[:, chosen[prev]]
                l.weight = w.reshape(w.shape[0], -1, *l.weight.shape[2:])
            l.weight = l.weight[chosen[i]]
            l.bias = l.bias if l.bias is None else l.bias[chosen[i]]
            prev = i
        elif prev is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            for a in ("weight", "bias", "running_mean", "running_var"):
                setattr(l, a, getattr(l, a).reshape(model[prev].weight.shape[0], -1)[chosen[prev]].ravel())
    return net, {f"{i}.weight": np.isin(np.arange(model[i].weight.shape[0]), c) for i, c in chosen.items()}
