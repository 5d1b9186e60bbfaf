import numpy as np
from decimal import Decimal
from judge.nn import Conv2d, Linear, Residual, Sequential
import copy


class MaskedMixin:
    def __call__(self, x):
        raise RuntimeError("not for calling")


class MaskedLinear(MaskedMixin, Linear):
    def __init__(self, base, mask):
        self._base, self._mask, self.bias = base.weight, mask, base.bias

    @property
    def weight(self):
        return np.where(self._mask, self._base, 0).astype(self._base.dtype)


class MaskedConv(MaskedMixin, Conv2d):
    def __init__(self, base, mask):
        self.__dict__.update({k: v for k, v in vars(base).items() if k != "weight"})
        self._base, self._mask = base.weight, mask

    @property
    def weight(self):
        return np.where(self._mask, self._base, 0).astype(self._base.dtype)


class Frozen(Sequential):
    def __init__(self, layers):
        self.layers = tuple(layers)


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError
    if scope not in ("layer", "global"):
        raise ValueError
    todo = {n: m for n, m in model.named_modules() if isinstance(m, (Linear, Conv2d))}
    masks = {}
    for group in [list(todo)] if scope == "global" else [[n] for n in todo]:
        flat = np.concatenate([np.abs(todo[n].weight).ravel() for n in group])
        keep = np.ones(len(flat), bool)
        keep[np.argsort(flat)[: int(Decimal(repr(sparsity)) * len(flat))]] = False
        for n in group:
            masks[n], keep = keep[: todo[n].weight.size].reshape(todo[n].weight.shape), keep[todo[n].weight.size:]

    def build(seq, prefix):
        out = []
        for i, l in enumerate(seq):
            n = prefix + str(i)
            if isinstance(l, Linear):
                out.append(MaskedLinear(l, masks[n].copy()))
            elif isinstance(l, Conv2d):
                out.append(MaskedConv(l, masks[n].copy()))
            elif isinstance(l, Residual):
                r = copy.copy(l)
                r.body = build(l.body, n + ".body.")
                r.shortcut = None if l.shortcut is None else build(l.shortcut, n + ".shortcut.")
                out.append(r)
            else:
                out.append(l)
        return Frozen(out)

    return build(model, ""), {n + ".weight": m for n, m in masks.items()}
