"""Returns a slimmer copy of a network together with the masks of what stayed."""

import functools
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def unfold(mask, extent):
    if mask is None:
        return np.ones(extent, dtype=bool)
    return np.repeat(mask, extent // len(mask))


@functools.singledispatch
def shrink(lay, inp, stay):
    """Layers that hold nothing."""
    return type(lay)()


@shrink.register(Linear)
def dense_case(lay, inp, stay):
    cells = np.ix_(stay, unfold(inp, lay.in_features))
    return Linear(lay.weight[cells], None if lay.bias is None else lay.bias[stay])


@shrink.register(Conv2d)
def shrink_conv(lay, inp, stay):
    cells = np.ix_(np.flatnonzero(stay), np.flatnonzero(unfold(inp, lay.weight.shape[1])))
    offset = None if lay.bias is None else lay.bias[stay]
    return Conv2d(lay.weight[cells], offset, lay.stride, lay.padding, lay.groups)


@shrink.register(BatchNorm1d)
@shrink.register(BatchNorm2d)
def bn_case(lay, inp, stay):
    sel = unfold(inp, lay.num_features)
    return type(lay)(
        weight=lay.weight[sel],
        bias=lay.bias[sel],
        running_mean=lay.running_mean[sel],
        running_var=lay.running_var[sel],
        eps=lay.eps,
    )


@shrink.register(MaxPool2d)
@shrink.register(AvgPool2d)
def shrink_pool(lay, inp, stay):
    return type(lay)(kernel_size=lay.kernel_size, stride=lay.stride)


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio {ratio!r}")
    if norm not in (1, 2):
        raise TypeError(f"norm {norm!r}")
    candidates_by_pos = [
        (index, lay.weight) for index, lay in enumerate(model) if type(lay) in (Linear, Conv2d)
    ]
    table = {}
    for index, arr in candidates_by_pos:
        few = count_of(ratio, len(arr)) if index < candidates_by_pos[-1][0] else 0
        table[index] = selection(saliency(arr, norm), few)

    def pipeline():
        inp = None
        for index, lay in enumerate(model):
            stay = table.get(index)
            yield shrink(lay, inp, stay)
            inp = inp if stay is None else stay

    flags_by_name = {f"{index}.weight": stay for index, stay in table.items()}
    return Sequential(pipeline()), flags_by_name


def saliency(filters, norm):
    vectors = filters.astype(np.float64).reshape(filters.shape[0], -1)
    if norm == 1:
        return np.abs(vectors).sum(axis=1)
    return np.sqrt((vectors * vectors).sum(axis=1))


def count_of(ratio, full):
    top, den = Fraction(repr(ratio)).as_integer_ratio()
    few = top * full // den
    return min(full - 1, few)


def selection(s_, few):
    sequence = np.lexsort((np.arange(len(s_)), s_))
    mark = np.zeros(len(s_), dtype=bool)
    mark[sequence[few:]] = True
    return mark
