"""Unstructured pruning of Linear and Conv2d weights."""

import heapq
import itertools
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def verify_arguments(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def budget_for(sparsity, n):
    return min(n, math.floor(Fraction(repr(sparsity)) * n) + 1)


def prunable(top, prefix=""):
    found = []
    for spot, layer in enumerate(top.layers):
        where_it_is = f"{prefix}{spot}"
        if isinstance(layer, Residual):
            found += prunable(layer.body, where_it_is + ".body.")
            if layer.shortcut is not None:
                found += prunable(layer.shortcut, where_it_is + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            found.append((where_it_is, layer))
    return found


def stream(which, weight):
    """Entries of one tensor from small to large: (magnitude, tensor, spot)."""
    abs_w = np.absolute(weight).reshape(-1)
    perm = np.argsort(abs_w, kind="stable")
    return zip(abs_w[perm].tolist(), itertools.repeat(which), perm.tolist())


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    fresh = model.copy()
    entries_list = [*prunable(fresh)]
    volumes = [terminal.weight.size for _, terminal in entries_list]
    feeds = [stream(i, terminal.weight) for i, (_, terminal) in enumerate(entries_list)]
    if scope == "global":
        feeds, allowances = [heapq.merge(*feeds)], [budget_for(sparsity, sum(volumes))]
    else:
        allowances = [budget_for(sparsity, n) for n in volumes]
    remain = [bytearray(b"\x01") * n for n in volumes]
    for ordered, budget in zip(feeds, allowances):
        for _, which, place in itertools.islice(ordered, budget):
            remain[which][place] = 0
    mask_of = {}
    for (label, terminal), byte_row in zip(entries_list, remain):
        stays_here = np.array(byte_row, dtype=bool).reshape(terminal.weight.shape)
        terminal.weight = np.where(stays_here, terminal.weight, np.zeros_like(terminal.weight))
        mask_of["%s.weight" % label] = stays_here
    return fresh, mask_of
