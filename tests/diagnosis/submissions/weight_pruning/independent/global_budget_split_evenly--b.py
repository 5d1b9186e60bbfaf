"""Unstructured pruning of Linear and Conv2d weights."""

import itertools
from decimal import Decimal

import numpy as np


def targets_of(thing, path=()):
    inner = thing.named_children()
    if inner is None:
        weight = getattr(thing, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), thing
        return
    for key, child in inner:
        yield from targets_of(child, (*path, key))


def verify_arguments(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def share_of(fraction, size):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * size // bottom


def stream(which, weight):
    """Entries of one tensor from small to large: (magnitude, tensor, position)."""
    amounts = abs(weight).flatten()
    perm = np.argsort(amounts, kind="stable")
    return zip(amounts[perm].tolist(), itertools.repeat(which), perm.tolist())


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    fresh = model.copy()
    candidates = list(targets_of(fresh))
    volumes = [module.weight.size for _, module in candidates]
    streams = [stream(i, module.weight) for i, (_, module) in enumerate(candidates)]
    if scope == "global":
        left = share_of(sparsity, sum(volumes))
        ks = [0] * len(volumes)
        # Small tensors first: what does not fit into them is for the others.
        for done, i in enumerate(sorted(range(len(volumes)), key=volumes.__getitem__)):
            ks[i] = min(volumes[i], left // (len(volumes) - done))
            left -= ks[i]
    else:
        ks = [share_of(sparsity, n) for n in volumes]
    flags = [bytearray(b"\x01") * n for n in volumes]
    for items_sorted, budget in zip(streams, ks):
        for _, which, place in itertools.islice(items_sorted, budget):
            flags[which][place] = 0
    mask_of = {}
    for (name, module), byte_row in zip(candidates, flags):
        mask_array = np.array(byte_row, dtype=bool).reshape(module.weight.shape)
        module.weight = np.where(mask_array, module.weight, np.zeros_like(module.weight))
        mask_of[name + ".weight"] = mask_array
    return fresh, mask_of
