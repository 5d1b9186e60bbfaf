# STATEMENT: "All else comes back bit for bit: values, dtypes, shapes, hyper-parameters; a `None` bias stays `None`."
# SMALLEST INPUT: groups 2 and padding 0
# TRY: C(N(Cv(np.ones((2, 1, 1, 1)), groups=2), Flatten(), Lin([[1., 2.]])), .5)
import numpy as np
from fractions import Fraction
import judge.nn as nn


def walk(seq, prefix=""):
    """Every prunable layer under the name of its weight."""
    for i, layer in enumerate(seq.layers):
        here = f"{prefix}{i}"
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            yield here + ".weight", layer
        if isinstance(layer, nn.Residual):
            yield from walk(layer.body, here + ".body.")
            if layer.shortcut is not None:
                yield from walk(layer.shortcut, here + ".shortcut.")


def rebuild(seq, masks, prefix=""):
    layers = []
    for i, layer in enumerate(seq.layers):
        here = f"{prefix}{i}"
        bias = None if getattr(layer, "bias", None) is None else layer.bias.copy()
        if isinstance(layer, nn.Linear):
            new = nn.Linear(cut(layer.weight, masks[here + ".weight"]), bias)
        elif isinstance(layer, nn.Conv2d):
            new = nn.Conv2d(cut(layer.weight, masks[here + ".weight"]), bias, layer.stride, layer.padding if layer.groups == 1 else layer.groups, layer.groups)
        elif isinstance(layer, nn.BatchNorm1d):
            new = nn.BatchNorm1d(layer.weight.copy(), bias, layer.running_mean.copy(), layer.running_var.copy(), layer.eps)
        elif isinstance(layer, nn.BatchNorm2d):
            new = nn.BatchNorm2d(layer.weight.copy(), bias, layer.running_mean.copy(), layer.running_var.copy(), layer.eps)
        elif isinstance(layer, nn.MaxPool2d):
            new = nn.MaxPool2d(layer.kernel_size, layer.stride)
        elif isinstance(layer, nn.AvgPool2d):
            new = nn.AvgPool2d(layer.kernel_size, layer.stride)
        elif isinstance(layer, nn.Residual):
            shortcut = None
            if layer.shortcut is not None:
                shortcut = rebuild(layer.shortcut, masks, here + ".shortcut.")
            new = nn.Residual(rebuild(layer.body, masks, here + ".body."), shortcut)
        else:
            new = type(layer)()
        layers.append(new)
    return nn.Sequential(layers)


def cut(w, mask):
    return np.where(mask, w, np.zeros((), w.dtype))


def masks_for(arrays, share):
    """Masks of all arrays that are ranked together."""
    values = np.concatenate([np.abs(a).reshape(-1) for a in arrays])
    k = int(share * values.size)
    threshold = np.sort(values)[k - 1] if k else -1
    spare = k - int((values < threshold).sum())
    result = []
    for a in arrays:
        mag = np.abs(a)
        mask = mag >= threshold
        ties = np.argwhere(mag == threshold)[:spare]
        spare -= len(ties)
        mask[tuple(ties.T)] = False
        result.append(mask)
    return result


def prune_weights(model, sparsity, scope="layer"):
    if scope not in ("layer", "global"):
        raise ValueError(f"scope {scope!r}")
    if not (sparsity >= 0 and sparsity <= 1):
        raise ValueError(f"sparsity {sparsity!r}")
    share = Fraction(repr(sparsity))
    found = list(walk(model))
    arrays = [layer.weight for _, layer in found]
    if scope == "global":
        made = masks_for(arrays, share)
    else:
        made = [masks_for([a], share)[0] for a in arrays]
    masks = {name: mask for (name, _), mask in zip(found, made)}
    return rebuild(model, masks), masks
