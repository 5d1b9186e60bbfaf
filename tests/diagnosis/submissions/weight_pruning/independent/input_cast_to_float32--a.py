"""prune_weights: magnitude pruning with masks."""

import copy
from decimal import Decimal

import numpy as np


def quota(fraction, abs_w):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * abs_w // bottom


def lowest(vec1, k):
    numbers = vec1.tolist()
    ranking = sorted(range(len(numbers)), key=numbers.__getitem__)
    falls = [False] * len(numbers)
    for place in ranking[:k]:
        falls[place] = True
    return np.array(falls, dtype=bool)


def verify_arguments(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def weight_layers(current, path=()):
    subs = current.named_children()
    if subs is None:
        weight = getattr(current, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), current
        return
    for key, child in subs:
        yield from weight_layers(child, (*path, key))


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    for _, module in weight_layers(model):
        module.weight = module.weight.astype(np.float32)
    answer = copy.deepcopy(model)
    found_layers = tuple(weight_layers(answer))
    partitions = zip(found_layers) if scope == "layer" else (found_layers,)
    book = {}
    for cohort in partitions:
        sizes = [module.weight.size for _, module in cohort]
        strength = np.concatenate([np.fabs(module.weight).flatten() for _, module in cohort])
        removed_flags = lowest(strength, quota(sparsity, strength.size))
        parts = np.split(removed_flags, np.cumsum(sizes)[:-1])
        for (label, module), part in zip(cohort, parts):
            mask_array = ~part.reshape(module.weight.shape)
            module.weight[~mask_array] = 0
            book[f"{label}.weight"] = mask_array
    return answer, book
