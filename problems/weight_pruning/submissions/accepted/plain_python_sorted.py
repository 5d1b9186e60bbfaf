"""No vectorised selection at all: lists, sorted(range(n), key=...), nested loops to write back."""

from fractions import Fraction
from itertools import product
from math import floor

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if sparsity != sparsity or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope == "layer":
        together = False
    elif scope == "global":
        together = True
    else:
        raise ValueError("scope must be 'layer' or 'global'")

    new_model = model.copy()
    tensors = []
    for name, layer in new_model.named_modules():
        if isinstance(layer, Linear) or isinstance(layer, Conv2d):
            tensors.append((name + ".weight", layer.weight))

    groups = [tensors] if together else [[t] for t in tensors]
    masks = {}
    for group in groups:
        entries = []  # magnitude of each entry, tensor after tensor, C order
        for _, weight in group:
            for value in weight.ravel().tolist():
                entries.append(value if value >= 0 else -value)
        k = floor(Fraction(repr(sparsity)) * len(entries))
        order = sorted(range(len(entries)), key=lambda i: entries[i])
        kept = [True] * len(entries)
        for i in order[:k]:
            kept[i] = False
        position = 0
        for name, weight in group:
            mask = np.empty(weight.shape, dtype=bool)
            for index in product(*[range(d) for d in weight.shape]):
                mask[index] = kept[position]
                if not kept[position]:
                    weight[index] = 0.0
                position += 1
            masks[name] = mask
    return new_model, masks
