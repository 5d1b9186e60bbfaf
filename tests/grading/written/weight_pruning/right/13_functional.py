from functools import partial, reduce
from itertools import accumulate, chain, starmap
from math import isfinite
from operator import attrgetter, itemgetter
from fractions import Fraction
import numpy as np
from judge.nn import Conv2d, Linear, Residual, Sequential
from copy import copy

is_prunable = lambda l: isinstance(l, (Linear, Conv2d))
check = lambda ok, what: None if ok else (_ for _ in ()).throw(ValueError(what))


def with_weight(layer, weight):
    twin = copy(layer)
    twin.weight = weight
    return twin


def map_net(f, seq, prefix=""):
    def go(i, layer):
        here = f"{prefix}{i}"
        if is_prunable(layer):
            return f(here + ".weight", layer)
        if isinstance(layer, Residual):
            return Residual(map_net(f, layer.body, here + ".body."), layer.shortcut and map_net(f, layer.shortcut, here + ".shortcut."))
        return layer
    return Sequential(starmap(go, enumerate(seq)))


def keep_flags(k, flat):
    return np.isin(np.arange(flat.size), np.argsort(flat, kind="mergesort")[:k], invert=True)


def prune_weights(model, sparsity, scope="layer"):
    check(isfinite(sparsity) and 0 <= sparsity <= 1, "sparsity")
    check(scope in ("layer", "global"), "scope")
    pairs = [(n, a) for n, a in model.named_parameters() if n.rsplit(".", 1)[1] == "weight" and a.ndim > 1]
    names, arrays = map(list, zip(*pairs))
    flats = [np.abs(a.ravel()) for a in arrays]
    number = lambda flat: int(Fraction(repr(sparsity)) * flat.size)
    keeps = (
        [keep_flags(number(f), f) for f in flats]
        if scope == "layer"
        else (lambda c: np.split(keep_flags(number(c), c), list(accumulate(f.size for f in flats))[:-1]))(np.concatenate(flats))
    )
    masks = {n: k.reshape(a.shape) for n, k, a in zip(names, keeps, arrays)}
    return map_net(lambda n, l: with_weight(l, np.where(masks[n], l.weight, l.weight.dtype.type())), model), masks
