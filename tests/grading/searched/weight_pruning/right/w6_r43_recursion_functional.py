from functools import reduce
from itertools import accumulate, chain, islice
from operator import itemgetter
from decimal import Decimal
import copy
import numpy as np
from judge.nn import Residual
def leaves(seq, path=()):
    return chain.from_iterable(
        chain(leaves(l.body, path + (i, "body")), leaves(l.shortcut, path + (i, "shortcut")) if l.shortcut is not None else ())
        if isinstance(l, Residual) else ((path + (i,), l),)
        for i, l in enumerate(seq.layers))
def prune_weights(model, sparsity, scope="layer"):
    if not (0 <= sparsity <= 1 and scope in ("layer", "global")):
        raise ValueError
    twin = copy.deepcopy(model)
    targets = [(".".join(map(str, p)) + ".weight", l) for p, l in leaves(twin) if type(l).__name__ in ("Linear", "Conv2d")]
    flat = lambda ls: np.fromiter(chain.from_iterable(map(lambda l: map(abs, l.weight.flat), ls)), np.float64)
    def kill(x):
        gone = set(map(itemgetter(0), islice(sorted(enumerate(x), key=itemgetter(1)), int(Decimal(repr(sparsity)) * len(x)))))
        return [i not in gone for i in range(len(x))]
    groups = [targets] if scope == "global" else [[t] for t in targets]
    masks = {}
    for g in groups:
        bits = iter(kill(flat(map(itemgetter(1), g))))
        for name, l in g:
            m = np.array(list(islice(bits, l.weight.size)), dtype=np.bool_).reshape(l.weight.shape)
            masks[name] = m
            l.weight = (l.weight * m).astype(l.weight.dtype)
    return twin, masks
