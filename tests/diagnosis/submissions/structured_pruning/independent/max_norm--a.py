"""Channel pruning on plain NumPy arrays."""

import functools
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def to_remove(ratio, how_wide):
    """How many of how_wide channels go, by the decimal digits of the ratio."""
    x = Decimal(repr(ratio)) * how_wide
    cut_n = int(x)
    return cut_n if cut_n < how_wide else how_wide - 1


def selection(scores, cut_n):
    on = np.ones(len(scores), dtype=bool)
    on[np.argsort(scores, kind="stable")[:cut_n]] = False
    return on


def saliency(a, norm):
    mat = np.abs(a.astype(np.float64).reshape(len(a), -1))
    return mat.sum(axis=1) if norm == 1 else mat.max(axis=1)


def per_feature(flag, size):
    if flag is None:
        return np.ones(size, dtype=bool)
    return np.repeat(flag, size // len(flag))


@functools.singledispatch
def shrink(m, came_in, stay):
    """Layers that hold nothing."""
    return type(m)()


@shrink.register(Linear)
def _linear(m, came_in, stay):
    cells = np.ix_(stay, per_feature(came_in, m.in_features))
    return Linear(m.weight[cells], None if m.bias is None else m.bias[stay])


@shrink.register(Conv2d)
def of_conv(m, came_in, stay):
    cells = np.ix_(stay, per_feature(came_in, m.in_channels))
    offset = None if m.bias is None else m.bias[stay]
    return Conv2d(m.weight[cells], offset, m.stride, m.padding, m.groups)


@shrink.register(BatchNorm1d)
@shrink.register(BatchNorm2d)
def shrink_norm(m, came_in, stay):
    inner = per_feature(came_in, m.num_features)
    return type(m)(
        m.weight[inner], m.bias[inner], m.running_mean[inner], m.running_var[inner], m.eps
    )


@shrink.register(MaxPool2d)
@shrink.register(AvgPool2d)
def _pool(m, came_in, stay):
    return type(m)(kernel_size=m.kernel_size, stride=m.stride)


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    weight_at = [
        (p, m.weight) for p, m in enumerate(model) if isinstance(m, (Linear, Conv2d))
    ]
    flags = {p: selection(saliency(arr, norm), to_remove(ratio, len(arr))) for p, arr in weight_at[:-1]}
    for p, arr in weight_at[-1:]:
        flags[p] = np.ones(len(arr), dtype=bool)

    def pipeline():
        came_in = None
        for p, m in enumerate(model):
            stay = flags.get(p)
            yield shrink(m, came_in, stay)
            came_in = came_in if stay is None else stay

    masks = {str(p) + ".weight": stay for p, stay in flags.items()}
    return Sequential(pipeline()), masks
