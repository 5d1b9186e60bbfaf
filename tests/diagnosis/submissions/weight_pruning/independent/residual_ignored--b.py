"""Solution for weight pruning."""

import copy
import itertools
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def mark_small(scores, k):
    total = scores.size
    if k <= 0 or k >= total:
        return np.full(total, k > 0)
    out = np.zeros(total, bool)
    out[np.argpartition(scores, k)[:k]] = True
    return out


def flat_abs(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def quota_of(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def prune_weights(model, sparsity, scope="layer"):
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    res = copy.deepcopy(model)
    carriers = []
    for i, module in enumerate(res):
        if isinstance(module, (Linear, Conv2d)):
            carriers.append((f"{i}.weight", module))
    if len(carriers) == 0:
        return res, {}

    offsets = np.cumsum([0] + [module.weight.size for _, module in carriers]).tolist()
    line_of_scores = np.concatenate([flat_abs(module.weight) for _, module in carriers])
    edges = offsets if scope == "layer" else [0, len(line_of_scores)]
    standing = np.concatenate(
        [~mark_small(line_of_scores[low:high], quota_of(sparsity, high - low)) for low, high in itertools.pairwise(edges)]
    )
    mask_by_name = {}
    for (full_name, module), low, high in zip(carriers, offsets, offsets[1:]):
        mask_by_name[full_name] = standing[low:high].reshape(module.weight.shape).copy()
        module.weight = np.multiply(module.weight, mask_by_name[full_name], dtype=module.weight.dtype)
    return res, mask_by_name
