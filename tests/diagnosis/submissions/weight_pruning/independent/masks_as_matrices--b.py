"""Magnitude pruning, by layer or over the whole network."""

from fractions import Fraction

import numpy as np

from judge.nn import Linear


def weight_layers(item, path=()):
    kids = item.named_children()
    if kids is None:
        weight = getattr(item, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), item
        return
    for key, child in kids:
        yield from weight_layers(child, (*path, key))


def guard(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def share_of(sparsity, items_sorted):
    share_count = Fraction(repr(sparsity)) * items_sorted
    whole, rest = divmod(share_count, 1)
    return int(whole) + (1 if rest > 0 else 0)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    fresh = model.copy()
    found_layers = tuple(weight_layers(fresh))
    sheet = []
    for _, thing in found_layers:
        sheet.append(list(map(abs, thing.weight.flatten().tolist())))
    kept_flags = [[True] * len(numbers) for numbers in sheet]
    crowds = [[(i, j) for j in range(len(numbers))] for i, numbers in enumerate(sheet)]
    if scope == "global":
        crowds = [sum(crowds, [])]
    def settle(batch):
        batch.sort(key=lambda place: sheet[place[0]][place[1]])
        k = share_of(sparsity, len(batch))
        for i, j in batch[:k]:
            kept_flags[i][j] = False

    for batch in crowds:
        settle(batch)
    record = {}
    for (key_name, thing), numbers in zip(found_layers, kept_flags):
        mask_array = np.array(numbers, dtype=bool).reshape(thing.weight.shape)
        thing.weight[np.logical_not(mask_array)] = 0.0
        if isinstance(thing, Linear):
            mask_array = np.matrix(mask_array)
        record["%s.weight" % key_name] = mask_array
    return fresh, record
