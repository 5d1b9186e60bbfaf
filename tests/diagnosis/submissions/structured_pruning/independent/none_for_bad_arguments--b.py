"""Channel pruning on plain NumPy arrays."""

import math
from decimal import Decimal

import numpy as np

import judge.nn as nn


def validate(ratio, norm):
    if math.isnan(ratio) or ratio < 0 or ratio >= 1:
        return "ratio %s is out of range" % ratio
    return "" if norm in (1, 2) else "norm %s is not known" % norm


def count_of(ratio, channels_n):
    """How many of channels_n channels go, by the decimal digits of the ratio."""
    amount = Decimal(repr(ratio)) * channels_n
    few = int(amount)
    return few if few < channels_n else channels_n - 1


def importance(wts, norm):
    """Norm of each filter; for L2 the root is left out, it does not change the order."""
    flat2d = np.array(wts, dtype=np.float64).reshape(wts.shape[0], -1)
    if norm == 2:
        return np.einsum("ij,ij->i", flat2d, flat2d)
    return np.einsum("ij->i", np.fabs(flat2d))


def select(s_, few):
    stays_on = np.ones(len(s_), dtype=bool)
    stays_on[np.argsort(s_, kind="stable")[:few]] = False
    return stays_on


def groups_of(everything):
    """Split into [position of weights, positions of what follows up to the next weights]."""
    idx_list = [place for place, m in enumerate(everything) if isinstance(m, (nn.Linear, nn.Conv2d))]
    last = idx_list[1:] + [len(everything)]
    return [(place, list(range(place + 1, q))) for place, q in zip(idx_list, last)]


def prune_structured(model, ratio, norm=1):
    complaint = validate(ratio, norm)
    if complaint:
        print("prune_structured:", complaint)
        return
    everything = model.layers
    parts = groups_of(everything)
    edits = {}
    mask_of = {}
    for (place, behind), nxt in zip(parts, [*(pr[0] for pr in parts[1:]), None]):
        matrix, offset = everything[place].weight, everything[place].bias
        n_out = len(matrix)
        if nxt is None:
            mask_of[f"{place}.weight"] = np.ones(n_out, dtype=float)
            continue
        own = select(importance(matrix, norm), count_of(ratio, n_out))
        mask_of[f"{place}.weight"] = own.astype(float)
        if (place, "weight") not in edits:
            edits[place, "weight"] = matrix
        edits[place, "weight"] = np.compress(own, edits[place, "weight"], axis=0)
        if offset is not None:
            edits[place, "bias"] = offset[own]
        for q in behind:
            m = everything[q]
            if isinstance(m, nn.BatchNorm1d) or isinstance(m, nn.BatchNorm2d):
                take_these = np.repeat(own, len(m.weight) // n_out)
                edits.update(((q, field), number_[take_these]) for field, number_ in vars(m).items() if field != "eps")
        reading = everything[nxt].weight
        edits[nxt, "weight"] = reading[:, np.repeat(own, reading.shape[1] // n_out)]

    slim = model.copy()
    for (q, field), value in edits.items():
        setattr(slim.layers[q], field, value)
    return slim, mask_of
