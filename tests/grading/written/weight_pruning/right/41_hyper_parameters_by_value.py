# hyper-parameters come back as other types of the same value: numpy ints, lists, a pooling stride of None
import copy
import numpy as np
from decimal import Decimal
from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual


def tidy(seq):
    for l in seq:
        if isinstance(l, Conv2d):
            l.stride = np.array(l.stride)
            l.padding = [np.int64(p) for p in l.padding]
            l.groups = np.int32(l.groups)
        elif isinstance(l, (BatchNorm1d, BatchNorm2d)):
            l.eps = np.float64(l.eps)
        elif isinstance(l, (MaxPool2d, AvgPool2d)):
            if tuple(l.stride) == tuple(l.kernel_size):
                l.stride = None
            l.kernel_size = list(l.kernel_size)
        elif isinstance(l, Residual):
            tidy(l.body)
            if l.shortcut is not None:
                tidy(l.shortcut)


def prune_weights(model, sparsity, scope="layer"):
    if not (0 <= sparsity <= 1):
        raise ValueError("sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("scope")
    net = copy.deepcopy(model)
    tidy(net)
    ms = [(n + ".weight", m) for n, m in net.named_modules() if isinstance(m, (Conv2d, Linear))]
    masks = {}
    for part in [ms] if scope == "global" else [[x] for x in ms]:
        v = np.abs(np.concatenate([m.weight.ravel() for _, m in part]))
        keep = np.ones(v.size, np.bool_)
        keep[v.argsort()[: int(Decimal(repr(sparsity)) * v.size)]] = 0
        for n, m in part:
            masks[n], keep = keep[: m.weight.size].reshape(m.weight.shape), keep[m.weight.size:]
            m.weight = np.where(masks[n], m.weight, m.weight.dtype.type(0))
    return net, masks
