"""只看中文题面：全部用 Decimal 精确计算（L2 也不开方，次序一样）。"""
import decimal as d
import numpy as np
from judge.nn import *
上下文 = d.Context(prec=400, rounding=d.ROUND_HALF_EVEN, Emax=99999, Emin=-99999)
def 分数(行, p):
    和 = d.Decimal(0)
    for v in 行:
        x = d.Decimal(v)
        和 = 上下文.add(和, abs(x) if p == 1 else 上下文.multiply(x, x))
    return 和
def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2): raise ValueError("norm 只能取 1 或 2")
    if not 0 <= ratio < 1: raise ValueError("ratio 必须在 [0, 1) 内")
    net = model.copy(); 层号 = [i for i, l in enumerate(net) if isinstance(l, (Linear, Conv2d))]
    masks = {}
    for i in 层号:
        w = net[i].weight; n = w.shape[0]; 留 = np.ones(n, bool)
        if i != 层号[-1]:
            x = d.Decimal(repr(ratio)) * n
            k = min(int(x.to_integral_value(rounding=d.ROUND_HALF_UP)), n - 1)
            s = [分数(w[c].astype(float).ravel().tolist(), norm) for c in range(n)]
            留[sorted(range(n), key=s.__getitem__)[:k]] = False
        masks[f"{i}.weight"] = 留
    for a, b in zip(层号, 层号[1:]):
        留 = masks[f"{a}.weight"]; n = 留.size
        net[a].weight = net[a].weight[留]
        if net[a].bias is not None: net[a].bias = net[a].bias[留]
        for l in net[a + 1:b]:
            if hasattr(l, "running_mean"):
                块 = np.repeat(留, l.num_features // n)
                l.weight, l.bias, l.running_mean, l.running_var = l.weight[块], l.bias[块], l.running_mean[块], l.running_var[块]
        net[b].weight = net[b].weight[:, np.repeat(留, net[b].weight.shape[1] // n)]
    return net, masks
