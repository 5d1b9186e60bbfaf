"""prune_weights: keep the large weights, drop the small ones."""

from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def list_weights(seq, prefix=""):
    """All weights below a container, with their names."""
    items = []
    for number, layer in enumerate(seq.layers):
        where = f"{prefix}{number}."
        if isinstance(layer, Residual):
            items.extend(list_weights(layer.body, f"{where}body."))
            items.extend(list_weights(layer.shortcut or Sequential(), f"{where}shortcut."))
        elif isinstance(layer, (Linear, Conv2d)):
            items.append((where + "weight", layer.weight))
    return items


def twin(array):
    if array is not None:
        return np.array(array)
    return None


def masked_weight(weight, mask):
    return np.where(mask, weight, np.zeros_like(weight))


def construct(seq, out_masks, prefix=""):
    return Sequential([reproduce(layer, out_masks, f"{prefix}{number}.") for number, layer in enumerate(seq.layers)])


def reproduce(layer, out_masks, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        body = construct(layer.body, out_masks, where + "body.")
        return Residual(body)
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


def number_to_drop(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def importance(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def lowest(scores, k):
    if k == 0:
        return np.zeros(scores.shape, bool)
    level = np.partition(scores, k - 1)[k - 1]
    below = scores < level
    equal = scores == level
    tie_quota = k - np.count_nonzero(below)
    return below | (equal & (np.cumsum(equal) <= tie_quota))


def prune_weights(model, sparsity, scope="layer"):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    items = list_weights(model)
    if scope == "global":
        borders = np.cumsum([0] + [weight.size for _, weight in items])
        joined = np.concatenate([importance(weight) for _, weight in items])
        outcome = lowest(joined, number_to_drop(sparsity, int(borders[-1])))
        out_masks = {
            name: np.logical_not(outcome[borders[j] : borders[j + 1]]).reshape(weight.shape)
            for j, (name, weight) in enumerate(items)
        }
    else:
        out_masks = dict()
        for name, weight in items:
            lost = lowest(importance(weight), number_to_drop(sparsity, weight.size))
            out_masks[name] = np.logical_not(lost.reshape(weight.shape))
    return construct(model, out_masks), out_masks
