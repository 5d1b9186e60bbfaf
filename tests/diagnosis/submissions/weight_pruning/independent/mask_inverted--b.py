"""Zero out the smallest weights of a network."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def budget_for(fraction, amounts):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * amounts // bottom


def targets_of(top, prefix=""):
    hits = []
    for position, layer in enumerate(top.layers):
        where_it_is = f"{prefix}{position}"
        if isinstance(layer, Residual):
            hits += targets_of(layer.body, where_it_is + ".body.")
            if layer.shortcut is not None:
                hits += targets_of(layer.shortcut, where_it_is + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            hits.append((where_it_is, layer))
    return hits


def guard(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def weakest(values, k):
    # Non-negative floats sort like their bit patterns.
    bits = np.ascontiguousarray(values).view(f"u{values.dtype.itemsize}")
    decided = np.zeros(bits.size, dtype=bool)
    np.put(decided, np.argsort(bits, kind="stable")[:k], True)
    return decided


def twin(item, masks, path=""):
    """A copy of the network below item in which masked ws are zero."""
    new = object.__new__(type(item))
    for attribute, value in vars(item).items():
        if isinstance(value, np.ndarray):
            value = value.copy()
        elif isinstance(value, Sequential):
            value = twin(value, masks, f"{path}{attribute}.")
        elif attribute == "layers":
            value = [twin(child, masks, f"{path}{i}.") for i, child in enumerate(value)]
        setattr(new, attribute, value)
    key = path + "weight"
    if key in masks:
        new.weight = np.where(masks[key], new.weight, np.zeros((), new.weight.dtype))
    return new


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    ws = {f"{title}.weight": terminal.weight for title, terminal in targets_of(model)}
    masks = {key: np.ones(w.shape, dtype=bool) for key, w in ws.items()}
    tasks = [list(ws)] if scope == "global" else [[key] for key in ws]
    for keys in tasks:
        whose = np.concatenate([np.full(ws[key].size, i) for i, key in enumerate(keys)])
        amounts = np.concatenate([np.absolute(ws[key]).flatten() for key in keys])
        falls = weakest(amounts, budget_for(sparsity, amounts.size))
        for i, key in enumerate(keys):
            masks[key] = ~falls[whose == i].reshape(ws[key].shape)
    return twin(model, masks), {key: np.logical_not(bitmap) for key, bitmap in masks.items()}
