"""Magnitude pruning of single weights, per layer or over the whole network."""

import copy
import itertools
from collections import defaultdict
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def validate(sparsity, scope):
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")


def cut_positions(scores, k):
    shelves = defaultdict(list)
    for place, value in enumerate(scores.tolist()):
        shelves[value].append(place)
    ordered = itertools.chain.from_iterable(shelves[value] for value in sorted(shelves))
    taken = np.zeros(scores.size, dtype=bool)
    for place in itertools.islice(ordered, k):
        taken[place] = True
    return taken


def target_count(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def size_of_weights(w):
    return np.round(np.abs(w.astype(np.float64)), 4).ravel()


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    final = copy.deepcopy(model)
    carriers = []
    def explore(seq, path):
        for i, module in enumerate(seq.layers):
            if isinstance(module, Residual):
                explore(module.body, f"{path}{i}.body.")
                if module.shortcut is not None:
                    explore(module.shortcut, f"{path}{i}.shortcut.")
            elif isinstance(module, (Linear, Conv2d)):
                carriers.append((f"{path}{i}.weight", module))

    explore(final, "")

    sizes = [module.weight.size for _, module in carriers]
    bounds = [0, *itertools.accumulate(sizes)]
    values = np.concatenate([size_of_weights(module.weight) for _, module in carriers])
    edges = bounds if scope == "layer" else [0, len(values)]
    keep_flags = np.concatenate(
        [~cut_positions(values[low:high], target_count(sparsity, high - low)) for low, high in itertools.pairwise(edges)]
    )
    mask_by_name = {}
    for (key_name, module), low, high in zip(carriers, bounds, bounds[1:]):
        mask_by_name[key_name] = keep_flags[low:high].reshape(module.weight.shape).copy()
        module.weight = np.multiply(module.weight, mask_by_name[key_name], dtype=module.weight.dtype)
    return final, mask_by_name
