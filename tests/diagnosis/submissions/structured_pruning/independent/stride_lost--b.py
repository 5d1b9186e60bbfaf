"""Makes a narrower network by dropping low-norm neurons and filters."""

import functools
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def pick(sizes, k):
    return np.isin(np.arange(len(sizes)), np.argsort(sizes)[k:])


def quota(ratio, n):
    top, denom = Fraction(repr(ratio)).as_integer_ratio()
    k = top * n // denom
    return min(n - 1, k)


def filter_norms(array_in, norm):
    vals = np.abs(np.ascontiguousarray(array_in, dtype=np.float64)).ravel()
    edges = np.arange(0, vals.size, vals.size // len(array_in))
    return np.add.reduceat(vals if norm == 1 else np.square(vals), edges)


def widen(bits, extent):
    if bits is None:
        return np.ones(extent, dtype=bool)
    return np.repeat(bits, extent // len(bits))


@functools.singledispatch
def slimmed(op, came_in, retained):
    """Layers that hold nothing."""
    return type(op)()


@slimmed.register(Linear)
def shrink_linear(op, came_in, retained):
    cells = np.ix_(retained, widen(came_in, op.in_features))
    return Linear(op.weight[cells], None if op.bias is None else op.bias[retained])


@slimmed.register(Conv2d)
def conv_case(op, came_in, retained):
    cells = np.ix_(np.flatnonzero(retained), np.flatnonzero(widen(came_in, op.weight.shape[1])))
    offset = None if op.bias is None else op.bias[retained]
    return Conv2d(op.weight[cells], offset, padding=op.padding)


@slimmed.register(BatchNorm1d)
@slimmed.register(BatchNorm2d)
def _norm(op, came_in, retained):
    inner = widen(came_in, op.num_features)
    return type(op)(
        weight=op.weight[inner],
        bias=op.bias[inner],
        running_mean=op.running_mean[inner],
        running_var=op.running_var[inner],
        eps=op.eps,
    )


@slimmed.register(MaxPool2d)
@slimmed.register(AvgPool2d)
def shrink_pool(op, came_in, retained):
    return type(op)(kernel_size=op.kernel_size, stride=op.stride)


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    candidates_by_pos = [
        (index, op.weight) for index, op in enumerate(model) if type(op).__name__ in {"Linear", "Conv2d"}
    ]
    table = {index: pick(filter_norms(matrix, norm), quota(ratio, len(matrix))) for index, matrix in candidates_by_pos[:-1]}
    for index, matrix in candidates_by_pos[-1:]:
        table[index] = np.ones(len(matrix), dtype=bool)

    def pipeline():
        came_in = None
        for index, op in enumerate(model):
            retained = table.get(index)
            yield slimmed(op, came_in, retained)
            came_in = came_in if retained is None else retained

    masks = {f"{index}.weight": retained for index, retained in table.items()}
    return Sequential(pipeline()), masks
