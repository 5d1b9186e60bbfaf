"""Return a sparse copy of a network together with its masks."""

import decimal
import heapq
import itertools
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def exact_count(share, total):
    exact = Decimal(repr(share)) * total
    return int(exact.to_integral_value(rounding=decimal.ROUND_CEILING))


def collect(net, prefix=""):
    found = []
    for spot, layer in enumerate(net.layers):
        title = f"{prefix}{spot}"
        if isinstance(layer, Residual):
            found += collect(layer.body, title + ".body.")
            if layer.shortcut is not None:
                found += collect(layer.shortcut, title + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            found.append((title, layer))
    return found


class PruningError(ValueError):
    """An argument that makes no sense."""


def guard(amount, kind):
    if math.isnan(amount):
        raise PruningError("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise PruningError("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise PruningError("no such scope: " + str(kind))


def ascending(which, weight):
    """Entries of one tensor from small to large: (magnitude, tensor, slot)."""
    abs_w = np.abs(weight).flatten()
    ranking = np.argsort(abs_w, kind="stable")
    return zip(abs_w[ranking].tolist(), itertools.repeat(which), ranking.tolist())


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    fresh = model.copy()
    found_layers = [*collect(fresh)]
    lengths = [terminal.weight.size for _, terminal in found_layers]
    rivers = [ascending(i, terminal.weight) for i, (_, terminal) in enumerate(found_layers)]
    if scope == "global":
        rivers, ks = [heapq.merge(*rivers)], [exact_count(sparsity, sum(lengths))]
    else:
        ks = [exact_count(sparsity, n) for n in lengths]
    kept_flags = [bytearray(b"\x01") * n for n in lengths]
    for entries, budget in zip(rivers, ks):
        for _, which, place in itertools.islice(entries, budget):
            kept_flags[which][place] = 0
    all_masks = {}
    for (_, terminal), bits in zip(found_layers, kept_flags):
        surviving = np.array(bits, dtype=bool).reshape(terminal.weight.shape)
        terminal.weight = np.where(surviving, terminal.weight, np.zeros_like(terminal.weight))
        all_masks["%d.weight" % len(all_masks)] = surviving
    return fresh, all_masks
