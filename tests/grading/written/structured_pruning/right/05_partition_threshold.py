"""np.partition gives the cut; strictly below goes, ties at the cut from the right until k are gone."""
import numpy as np
from judge.nn import Linear, Conv2d, BatchNorm1d, BatchNorm2d, Sequential
from decimal import Decimal, ROUND_CEILING

BN = "weight", "bias", "running_mean", "running_var"

def select(score, k):
    keep = np.full(score.shape, True)
    if k:
        cut = np.partition(score, k - 1)[k - 1]
        keep[score < cut] = False
        missing = k - np.count_nonzero(~keep)
        at = np.flatnonzero(score == cut)
        keep[at[len(at) - missing:]] = False
    assert (~keep).sum() == k
    return keep

def prune_structured(model, ratio, norm=1):
    if not np.isfinite(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError(f"ratio {ratio} is not in [0, 1)")
    if norm == 1:
        measure = lambda w: np.abs(w, dtype=np.float64).sum(axis=tuple(range(1, w.ndim)))
    elif norm == 2:
        measure = lambda w: np.square(w, dtype=np.float64).sum(axis=tuple(range(1, w.ndim)))
    else:
        raise ValueError(f"norm {norm} unknown")
    layers, masks = [], {}
    n_prun = sum(isinstance(l, (Linear, Conv2d)) for l in model)
    seen, prev = 0, None
    for pos, l in enumerate(model):
        if isinstance(l, (Linear, Conv2d)):
            seen += 1
            n = l.weight.shape[0]
            k = 0
            if seen < n_prun:
                k = min(int((Decimal(repr(ratio)) * n).to_integral_value(ROUND_CEILING)), n - 1)
            keep = select(measure(l.weight), k)
            w = l.weight[keep, ...]
            if prev is not None:
                w = w.compress(np.repeat(prev, w.shape[1] // prev.size), axis=1)
            b = None if l.bias is None else l.bias.compress(keep)
            layers.append(Linear(w, b) if isinstance(l, Linear) else Conv2d(w, b, stride=l.stride, padding=l.padding))
            masks["%d.weight" % pos] = keep
            prev = keep
            if seen == n_prun:
                prev = None
        elif isinstance(l, (BatchNorm1d, BatchNorm2d)) and prev is not None:
            r = np.repeat(prev, l.num_features // prev.size)
            layers.append(l.__class__(*[getattr(l, a)[r] for a in BN], eps=l.eps))
        else:
            layers.append(l)
    return Sequential(layers), masks
