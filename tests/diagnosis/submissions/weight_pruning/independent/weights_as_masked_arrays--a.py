"""Sparsify Linear and Conv2d weights by |w|."""

import copy
import itertools
import math
from collections import defaultdict
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def count_for(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def select(scores, k):
    shelves = defaultdict(list)
    for place, value in enumerate(scores.tolist()):
        shelves[value].append(place)
    ordered = itertools.chain.from_iterable(shelves[value] for value in sorted(shelves))
    taken = np.zeros(scores.size, dtype=bool)
    for place in itertools.islice(ordered, k):
        taken[place] = True
    return taken


def strength(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


class Pruner:
    """Holds a copy of the network, and zeroes its weights."""

    def __init__(self, model, sparsity):
        self.clone = copy.deepcopy(model)
        self.sparsity = sparsity
        self.survivors = {}
        self.members_ = []
        self.scan(self.clone, "")

    def scan(self, module, path):
        below = module.named_children()
        if below is None:
            if isinstance(module, (Linear, Conv2d)):
                self.members_.append((path + "weight", module))
            return
        for step, inner in below:
            self.scan(inner, path + step + ".")

    def erase(self, title, owner, remove):
        remove = remove.reshape(owner.weight.shape)
        owner.weight = np.ma.masked_array(owner.weight, mask=remove)
        self.survivors[title] = ~remove

    def separately(self):
        for title, owner in self.members_:
            sizes = strength(owner.weight)
            k = count_for(self.sparsity, sizes.size)
            self.erase(title, owner, select(sizes, k))

    def jointly(self):
        big = np.hstack([strength(owner.weight) for _, owner in self.members_])
        fates = select(big, count_for(self.sparsity, big.size))
        for title, owner in self.members_:
            mine, fates = fates[: owner.weight.size], fates[owner.weight.size :]
            self.erase(title, owner, mine)


def prune_weights(model, sparsity, scope="layer"):
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    pruner = Pruner(model, sparsity)
    action = pruner.separately if scope == "layer" else pruner.jointly
    action()
    return pruner.clone, pruner.survivors
