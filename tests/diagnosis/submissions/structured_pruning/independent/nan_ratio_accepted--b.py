"""Returns a slimmer copy of a network together with the masks of what stayed."""

import functools

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def channels_to_drop(ratio, channels_n):
    # how many of 1, ..., channels_n - 1 are at most the product; a hair is added for its rounding error
    return int(np.count_nonzero(np.arange(1, channels_n) <= ratio * channels_n + 1e-9))


def weakest_out(norms, removed_n):
    ranked_pairs = sorted((z, chan) for chan, z in enumerate(norms))
    true_where = [True] * len(ranked_pairs)
    for _, chan in ranked_pairs[:removed_n]:
        true_where[chan] = False
    return np.array(true_where)


def importance(array_in, norm):
    flat2d = array_in.astype(np.float64).reshape(array_in.shape[0], -1)
    if norm == 1:
        return np.abs(flat2d).sum(axis=1)
    return np.sqrt((flat2d * flat2d).sum(axis=1))


def expand(bits, length):
    if bits is None:
        return np.ones(length, dtype=bool)
    area = length // bits.size
    return (bits[:, None] & np.ones((1, area), dtype=bool)).ravel()


@functools.singledispatch
def slimmed(lay, inp, own):
    """Layers that hold nothing."""
    return type(lay)()


@slimmed.register(Linear)
def of_linear(lay, inp, own):
    window = np.ix_(own, expand(inp, lay.in_features))
    return Linear(lay.weight[window], None if lay.bias is None else lay.bias[own])


@slimmed.register(Conv2d)
def shrink_conv(lay, inp, own):
    window = np.ix_(np.flatnonzero(own), np.flatnonzero(expand(inp, lay.weight.shape[1])))
    offset = None if lay.bias is None else lay.bias[own]
    return Conv2d(lay.weight[window], offset, lay.stride, lay.padding, lay.groups)


@slimmed.register(BatchNorm1d)
@slimmed.register(BatchNorm2d)
def bn_case(lay, inp, own):
    sel = expand(inp, lay.num_features)
    return type(lay)(
        *map(lambda z: z[sel], (lay.weight, lay.bias, lay.running_mean, lay.running_var)), lay.eps
    )


@slimmed.register(MaxPool2d)
@slimmed.register(AvgPool2d)
def shrink_pool(lay, inp, own):
    return type(lay)(kernel_size=lay.kernel_size, stride=lay.stride)


def prune_structured(model, ratio, norm=1):
    ok = norm == 1 or norm == 2
    if ratio < 0.0 or 1.0 <= ratio or not ok:
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    weight_at = [
        (index, lay.weight) for index, lay in enumerate(model) if isinstance(lay, Linear | Conv2d)
    ]
    chosen_by_pos = {}
    for index, arr in weight_at:
        removed_n = channels_to_drop(ratio, len(arr)) if index < weight_at[-1][0] else 0
        chosen_by_pos[index] = weakest_out(importance(arr, norm), removed_n)

    def stream():
        runs, inp = [], None
        for index, lay in enumerate(model.layers):
            runs.append(slimmed(lay, inp, chosen_by_pos.get(index)))
            inp = chosen_by_pos.get(index, inp)
        return runs

    mask_of = {str(index) + ".weight": own for index, own in chosen_by_pos.items()}
    return Sequential(stream()), mask_of
