# masks: a lazy Mapping of one's own; a namedtuple as the answer; mask = new != 0 throughout
from collections import namedtuple
from collections.abc import Mapping
import copy
import numpy as np
from decimal import Decimal
from judge.nn import Linear, Conv2d

Answer = namedtuple("Answer", "model masks")


class NonZero(Mapping):
    def __init__(self, net):
        self._net = net

    def __iter__(self):
        return (n + ".weight" for n, m in self._net.named_modules() if isinstance(m, (Linear, Conv2d)))

    def __len__(self):
        return sum(1 for _ in self)

    def __getitem__(self, key):
        for n, m in self._net.named_modules():
            if n + ".weight" == key and isinstance(m, (Linear, Conv2d)):
                return m.weight != 0
        raise KeyError(key)


def prune_weights(model, sparsity, *, scope="layer"):
    if not 0 <= sparsity <= 1 or scope not in ("layer", "global"):
        raise ValueError("bad arguments")
    net = copy.deepcopy(model)
    ws = [m.weight for _, m in net.named_modules() if isinstance(m, (Linear, Conv2d))]
    for group in [ws] if scope == "global" else [[w] for w in ws]:
        flat = np.concatenate([np.abs(w).ravel() for w in group])
        sel = np.zeros(flat.size, bool)
        sel[np.argsort(flat)[: int(Decimal(repr(sparsity)) * flat.size)]] = True
        for w in group:
            here, sel = sel[: w.size], sel[w.size:]
            w[here.reshape(w.shape)] = 0
    return Answer(net, NonZero(net))
