"""Channel pruning on plain NumPy arrays."""

from fractions import Fraction

import numpy as np

import judge.nn as nn


def quota(ratio, channels_n):
    return min(int(Fraction(repr(ratio)) * channels_n), channels_n - 1)


def select(sizes, removed_n):
    return np.isin(np.arange(len(sizes)), np.argsort(sizes)[removed_n:])


def importance(array_in, norm):
    norm_fn = (lambda one_filter: np.sum(np.abs(one_filter))) if norm == 1 else (lambda one_filter: np.sqrt(np.sum(one_filter**2)))
    return [float(norm_fn(one_filter)) for one_filter in array_in.astype(np.double)]


def sections(chain):
    """Split into [position of weights, positions of what follows up to the next weights]."""
    spots = [place for place, lay in enumerate(chain) if isinstance(lay, (nn.Linear, nn.Conv2d))]
    final = spots[1:] + [len(chain)]
    return [(place, list(range(place + 1, q))) for place, q in zip(spots, final)]


def prune_structured(model, ratio, norm=1):
    if not ratio >= 0 or not ratio < 1:
        raise ValueError(ratio)
    chain = model.layers
    runs = sections(chain)
    updates = {}
    flags_by_name = {}
    for (place, rest_of), nxt in zip(runs, [*(tup[0] for tup in runs[1:]), None]):
        w, b = chain[place].weight, chain[place].bias
        n_out = len(w)
        if nxt is None:
            flags_by_name[f"{place}.weight"] = np.ones(n_out, dtype=float)
            continue
        stay = select(importance(w, norm), quota(ratio, n_out))
        flags_by_name[f"{place}.weight"] = stay.astype(float)
        updates[place, "weight"] = updates.get((place, "weight"), w)[stay]
        if b is not None:
            updates[place, "bias"] = b[stay]
        for q in rest_of:
            lay = chain[q]
            if isinstance(lay, nn.BatchNorm1d) or isinstance(lay, nn.BatchNorm2d):
                sel = np.repeat(stay, len(lay.weight) // n_out)
                updates.update(((q, field), v[sel]) for field, v in vars(lay).items() if field != "eps")
        consumer_w = chain[nxt].weight
        updates[nxt, "weight"] = consumer_w[:, stay[np.arange(consumer_w.shape[1]) // (consumer_w.shape[1] // n_out)]]

    clone = model.copy()
    for (q, field), content in updates.items():
        setattr(clone.layers[q], field, content)
    return clone, flags_by_name
