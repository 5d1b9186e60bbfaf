"""Unstructured pruning: the least weights go, masks tell which."""

from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def list_weights(seq, prefix=""):
    """All weights below a container, with their names."""
    found = list()
    for number in range(len(seq)):
        layer, where = seq[number], "%s%d." % (prefix, number)
        if isinstance(layer, Residual):
            for label, branch in layer.named_children():
                found.extend(list_weights(branch, where + label + "."))
        elif isinstance(layer, (Linear, Conv2d)):
            found.append((where + "weight", layer.weight))
    return found


def dup(array):
    if array is not None:
        return np.array(array)
    return None


def masked_weight(weight, mask):
    return np.where(mask, weight, np.zeros_like(weight))


def new_chain(seq, survivors, prefix=""):
    result = Sequential()
    for number, layer in enumerate(seq):
        result.append(reproduce(layer, survivors, f"{prefix}{number}."))
    return result


def reproduce(layer, survivors, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        new = Residual(new_chain(layer.body, survivors, where + "body."))
        if layer.shortcut is not None:
            new.shortcut = new_chain(layer.shortcut, survivors, where + "shortcut.")
        return new
    if isinstance(layer, Linear):
        return Linear(masked_weight(layer.weight, survivors[where + "weight"]), dup(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            masked_weight(layer.weight, survivors[where + "weight"]), dup(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            dup(layer.weight), dup(layer.bias), dup(layer.running_mean), dup(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def check_arguments(sparsity, scope):
    if sparsity != sparsity:
        raise ValueError("sparsity is NaN")
    if min(sparsity, 1 - sparsity) < 0 or sparsity > 1:
        raise ValueError("sparsity leaves [0, 1]")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")


def importance(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def quota_of(sparsity, n):
    _, digits, exponent = Decimal(repr(float(sparsity))).as_tuple()
    units = int("".join(map(str, digits)))
    if exponent >= 0:
        return units * 10**exponent * n
    return units * n // 10**-exponent


def choose_least(scores, k):
    total = scores.size
    if k <= 0 or k >= total:
        return np.full(total, k > 0)
    out = np.zeros(total, bool)
    out[np.argpartition(scores, k)[:k]] = True
    return out


def prune_weights(model, sparsity, scope="layer"):
    check_arguments(sparsity, scope)
    found = list_weights(model)
    if scope == "global":
        borders = np.cumsum([0] + [weight.size for _, weight in found])
        everything = np.concatenate([importance(weight) for _, weight in found])
        flags_all = choose_least(everything, quota_of(sparsity, int(borders[-1])))
        survivors = {
            name: np.logical_not(flags_all[borders[j] : borders[j + 1]]).reshape(weight.shape)
            for j, (name, weight) in enumerate(found)
        }
    else:
        survivors = dict()
        for name, weight in found:
            lost = choose_least(importance(weight), quota_of(sparsity, weight.size))
            survivors[name] = np.logical_not(lost.reshape(weight.shape))
    thinner = new_chain(model, survivors)
    return (survivors, thinner)
