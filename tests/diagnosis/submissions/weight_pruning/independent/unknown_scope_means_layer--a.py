"""Unstructured pruning: the least weights go, masks tell which."""

import itertools
from collections import defaultdict
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def list_weights(seq, prefix=""):
    """All weights below a container, with their names."""
    found = []
    for number, layer in enumerate(seq.layers):
        where = f"{prefix}{number}."
        if isinstance(layer, Residual):
            found += list_weights(layer.body, where + "body.")
            if layer.shortcut is not None:
                found += list_weights(layer.shortcut, where + "shortcut.")
        elif isinstance(layer, (Linear, Conv2d)):
            found.append((where + "weight", layer.weight))
    return found


def twin(array):
    if array is not None:
        return np.array(array)
    return None


def masked_weight(weight, mask):
    fresh = weight.copy()
    fresh[~mask] = 0
    return fresh


def rebuild(seq, out_masks, prefix=""):
    result = Sequential()
    for number, layer in enumerate(seq):
        result.append(remake(layer, out_masks, f"{prefix}{number}."))
    return result


def remake(layer, out_masks, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        branches = {label: rebuild(branch, out_masks, f"{where}{label}.") for label, branch in layer.named_children()}
        return Residual(**branches)
    if isinstance(layer, Linear):
        return Linear(masked_weight(layer.weight, out_masks[where + "weight"]), twin(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            masked_weight(layer.weight, out_masks[where + "weight"]), twin(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            twin(layer.weight), twin(layer.bias), twin(layer.running_mean), twin(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def losers(scores, k):
    shelves = defaultdict(list)
    for place, value in enumerate(scores.tolist()):
        shelves[value].append(place)
    ordered = itertools.chain.from_iterable(shelves[value] for value in sorted(shelves))
    taken = np.zeros(scores.size, dtype=bool)
    for place in itertools.islice(ordered, k):
        taken[place] = True
    return taken


def target_count(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def saliency(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def prune_weights(model, sparsity, scope="layer"):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    found = list_weights(model)
    if scope == "global":
        everything = np.hstack([saliency(weight) for _, weight in found])
        flags_all = ~losers(everything, target_count(sparsity, everything.size))
        out_masks = {}
        for name, weight in found:
            out_masks[name], flags_all = flags_all[: weight.size].reshape(weight.shape), flags_all[weight.size :]
    else:
        out_masks = dict()
        for name, weight in found:
            lost = losers(saliency(weight), target_count(sparsity, weight.size))
            out_masks[name] = np.logical_not(lost.reshape(weight.shape))
    return rebuild(model, out_masks), out_masks
