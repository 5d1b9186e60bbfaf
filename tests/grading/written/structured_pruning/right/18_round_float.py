"""round(ratio * out): always floor or ceil of x, and a float error never matters at an integer."""
import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear
def prune_structured(model, ratio, norm=1):
    if not (0.0 <= ratio < 1.0) or norm not in (1, 2): raise ValueError((ratio, norm))
    net = model.copy()
    stages, current = [], None                 # [prunable layer index, followers...]
    for i, l in enumerate(net):
        if isinstance(l, (Linear, Conv2d)):
            stages.append(i)
    masks = {}
    for s, i in enumerate(stages):
        out = net[i].weight.shape[0]
        w = np.asarray(model[i].weight, np.float64)
        score = np.array([np.abs(r).sum() if norm == 1 else np.sqrt((r ** 2).sum()) for r in w])
        mask = np.ones(out, bool)
        if s + 1 < len(stages):
            for c in np.argsort(score)[: min(round(ratio * out), out - 1)]: mask[c] = False
        masks[f"{i}.weight"] = mask
    for i, j in zip(stages[:-1], stages[1:]):
        mask = masks[f"{i}.weight"]
        net[i].weight = net[i].weight[mask]
        net[i].bias = net[i].bias if net[i].bias is None else net[i].bias[mask]
        for b in range(i + 1, j):
            if isinstance(net[b], (BatchNorm1d, BatchNorm2d)):
                rep = np.repeat(mask, net[b].num_features // len(mask))
                for attr in vars(net[b]):
                    if attr != "eps": setattr(net[b], attr, getattr(net[b], attr)[rep])
        net[j].weight = net[j].weight[:, np.repeat(mask, net[j].weight.shape[1] // len(mask))]
    return net, masks
