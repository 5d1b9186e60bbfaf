"""Remove the channels with the smallest norms and return the smaller network with its masks."""

from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


VECTORS = ("weight", "bias", "running_mean", "running_var")


def prune_structured(model, ratio, norm=1):
    refuse_bad(ratio)
    result = model.copy()
    head = max(i for i, old in enumerate(model.layers) if isinstance(old, (Linear, Conv2d)))
    masks = {}
    alive = None
    for i, old in enumerate(model.layers):
        dst = result.layers[i]
        if isinstance(old, (Linear, Conv2d)):
            w = old.weight
            if alive is not None:
                w = w[:, np.repeat(alive, w.shape[1] // alive.size)]
            n = len(old.weight)
            if i == head:
                alive = np.ones(n, dtype=bool)
            else:
                alive = choose_mask(_measure(old.weight, norm), number_to_cut(ratio, n))
            dst.weight = w[alive]
            if old.bias is not None:
                dst.bias = old.bias[alive]
            masks[str(i) + ".weight"] = alive.copy()
        elif isinstance(old, (BatchNorm1d, BatchNorm2d)) and alive is not None:
            fmask = np.repeat(alive, old.weight.size // alive.size)
            for name in VECTORS:
                setattr(dst, name, getattr(old, name)[fmask])
    return result, masks


def choose_mask(scores, k):
    weakest = set(sorted(range(len(scores)), key=lambda c: (scores[c], c))[:k])
    return np.array([c not in weakest for c in range(len(scores))])


def refuse_bad(ratio):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must be in [0, 1): {ratio}")


def number_to_cut(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    whole, rest = divmod(top * n, bottom)
    if rest:
        whole += 1
    return whole if whole < n else n - 1


def _measure(weight, norm):
    return np.linalg.norm(weight.reshape(len(weight), -1).astype(np.float64), norm, axis=1)
