"""One-shot magnitude pruning for judge.nn networks."""

from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def complain(sparsity, scope):
    """Say what is wrong with the arguments, if anything."""
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append(f"{sparsity} is no fraction")
    if scope != "layer" and scope != "global":
        problems.append(f"{scope!r} is no scope")
    for problem in problems:
        print("prune_weights:", problem)
    return bool(problems)


def target_count(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def strength(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def losers(scores, k):
    if k == 0:
        return np.zeros(scores.shape, bool)
    level = np.partition(scores, k - 1)[k - 1]
    below = scores < level
    equal = scores == level
    spare = k - np.count_nonzero(below)
    return below | (equal & (np.cumsum(equal) <= spare))


def weights_of(network):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    for name, layer in network.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield name + ".weight", layer.weight


def decide(batch, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    combined = np.concatenate([strength(array) for _, array in batch])
    fate = losers(combined, target_count(sparsity, combined.size))
    for name, array in batch:
        yield name, array, fate[: array.size].reshape(array.shape)
        fate = fate[array.size :]


def prune_weights(model, sparsity, scope="layer"):
    if complain(sparsity, scope):
        return
    result = model.copy()
    entries = list(weights_of(result))
    if scope == "layer":
        batches = [(entry,) for entry in entries]
    else:
        batches = [entries]
    mask_by_name = {}
    for batch in batches:
        for name, array, gone in decide(batch, sparsity):
            array[gone] = 0
            mask_by_name[name] = np.logical_not(gone)
    return result, mask_by_name
