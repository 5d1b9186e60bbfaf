"""Each layer against a naive one: loops over every number, Python floats, written from the contract's sentences."""

from __future__ import annotations

import itertools
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judge import nn

# What rounding may leave between a layer and the naive one, relative to 1 + |value|.
TOLERANCE = {np.float64: 1e-12, np.float32: 2e-5, np.float16: 4e-3}
DTYPES = sorted(TOLERANCE, key=lambda dtype: np.dtype(dtype).itemsize)


# --- the naive layers -------------------------------------------------------------------------------------------


def naive_linear(x, weight, bias):
    rows, inputs, outputs = len(x), weight.shape[1], weight.shape[0]
    y = np.zeros((rows, outputs))
    for n, o in itertools.product(range(rows), range(outputs)):
        y[n, o] = sum(float(x[n, i]) * float(weight[o, i]) for i in range(inputs))
        y[n, o] += 0.0 if bias is None else float(bias[o])
    return y


def naive_conv(x, weight, bias, stride, padding, groups):
    n, _, height, width = x.shape
    out, per_group, kh, kw = weight.shape
    rows = len(range(-padding[0], height + padding[0] - kh + 1, stride[0]))
    columns = len(range(-padding[1], width + padding[1] - kw + 1, stride[1]))
    y = np.zeros((n, out, rows, columns))
    for b, o, r, c in np.ndindex(*y.shape):
        first = (o // (out // groups)) * per_group
        total = 0.0 if bias is None else float(bias[o])
        for i, p, q in np.ndindex(per_group, kh, kw):
            row, column = r * stride[0] - padding[0] + p, c * stride[1] - padding[1] + q
            if 0 <= row < height and 0 <= column < width:
                total += float(x[b, first + i, row, column]) * float(weight[o, i, p, q])
        y[b, o, r, c] = total
    return y


def naive_norm(x, weight, bias, mean, var, eps):
    y = np.zeros(x.shape)
    for index in np.ndindex(*x.shape):
        c = index[1]
        y[index] = (float(x[index]) - float(mean[c])) / math.sqrt(float(var[c]) + eps) * float(weight[c]) + float(
            bias[c]
        )
    return y


def naive_pool(x, kernel, stride, combine):
    n, channels, height, width = x.shape
    tops = range(0, height - kernel[0] + 1, stride[0])
    lefts = range(0, width - kernel[1] + 1, stride[1])
    y = np.zeros((n, channels, len(tops), len(lefts)))
    for b, c, (r, top), (s, left) in itertools.product(range(n), range(channels), enumerate(tops), enumerate(lefts)):
        y[b, c, r, s] = combine([float(x[b, c, top + i, left + j]) for i in range(kernel[0]) for j in range(kernel[1])])
    return y


def naive_flatten(x):
    n, channels, height, width = x.shape
    return np.array(
        [[x[b, c, i, j] for c in range(channels) for i in range(height) for j in range(width)] for b in range(n)]
    )


def each(function):
    return lambda x: np.array([function(float(value)) for value in x.flat]).reshape(x.shape)


ACTIVATIONS = {
    nn.ReLU: each(lambda v: v if v > 0 else 0.0),
    nn.GELU: each(lambda v: 0.5 * v * (1.0 + math.erf(v / math.sqrt(2.0)))),
    nn.Tanh: each(math.tanh),
    nn.Sigmoid: each(lambda v: 1.0 / (1.0 + math.exp(-v))),
}


# --- inputs -----------------------------------------------------------------------------------------------------


def strided(array):
    """The same values as every second entry of a larger array, backwards along the last axis."""
    wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), np.nan, array.dtype)
    wide[..., ::-2] = array
    return wide[..., ::-2]


LAYOUTS = {"C": np.ascontiguousarray, "F": np.asfortranarray, "strided": strided}


def normal(rng, shape, dtype, layout="C"):
    return LAYOUTS[layout](rng.normal(size=shape).astype(dtype))


def agree(y, expected, dtype):
    assert type(y) is np.ndarray
    assert y.dtype == dtype
    assert y.shape == expected.shape
    error = np.abs(y.astype(np.float64) - expected) / (1 + np.abs(expected))
    assert np.max(error, initial=0.0) <= TOLERANCE[dtype]


dtypes = pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)
layouts = pytest.mark.parametrize("layout", LAYOUTS)


# --- each layer against its naive one -----------------------------------------------------------------------------


@dtypes
@layouts
@pytest.mark.parametrize("with_bias", [True, False])
def test_linear(dtype, layout, with_bias):
    rng = np.random.default_rng(1)
    weight, x = normal(rng, (5, 7), dtype, layout), normal(rng, (3, 7), dtype, layout)
    bias = normal(rng, 5, dtype, layout) if with_bias else None
    agree(nn.Linear(weight, bias)(x), naive_linear(x, weight, bias), dtype)


@dtypes
@layouts
@pytest.mark.parametrize("with_bias", [True, False])
def test_conv_layouts(dtype, layout, with_bias):
    rng = np.random.default_rng(2)
    weight, x = normal(rng, (4, 3, 3, 2), dtype, layout), normal(rng, (2, 6, 7, 5), dtype, layout)
    bias = normal(rng, 4, dtype, layout) if with_bias else None
    layer = nn.Conv2d(weight, bias, (2, 1), (1, 2), 2)
    agree(layer(x), naive_conv(x, weight, bias, (2, 1), (1, 2), 2), dtype)


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(0, 3),
    groups=st.integers(1, 3),
    per_group=st.integers(1, 2),
    out=st.integers(1, 2),
    kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    stride=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    padding=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    size=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    seed=st.integers(0, 2**32 - 1),
)
def test_conv_any_size(n, groups, per_group, out, kernel, stride, padding, size, seed):
    rng = np.random.default_rng(seed)
    weight = rng.normal(size=(out * groups, per_group, *kernel))
    x = rng.normal(size=(n, per_group * groups, *size))
    layer = nn.Conv2d(weight, None, stride, padding, groups)
    if any(size[i] + 2 * padding[i] < kernel[i] for i in (0, 1)):
        with pytest.raises(ValueError, match="does not fit"):
            layer(x)
    else:
        agree(layer(x), naive_conv(x, weight, None, stride, padding, groups), np.float64)


def test_conv_of_a_batch_that_is_unfolded_in_pieces(monkeypatch):
    monkeypatch.setattr("judge.nn.layers._UNFOLDED_BYTES", 2 * 3 * 4 * 30 * 8)  # two images at a time
    rng = np.random.default_rng(3)
    weight, x = rng.normal(size=(4, 3, 2, 2)), rng.normal(size=(5, 3, 7, 6))
    agree(nn.Conv2d(weight)(x), naive_conv(x, weight, None, (1, 1), (0, 0), 1), np.float64)


def test_conv_of_a_large_batch_stays_small():
    layer, x = nn.Conv2d(np.ones((1, 16, 3, 3), np.float32)), np.ones((64, 16, 34, 34), np.float32)
    tracemalloc.start()
    try:
        layer(x)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20 << 20  # unfolded at once it is 36 MiB


@dtypes
@layouts
@pytest.mark.parametrize(
    ("layer", "shape"), [(nn.BatchNorm1d, (4, 3)), (nn.BatchNorm1d, (4, 3, 5)), (nn.BatchNorm2d, (2, 3, 4, 5))]
)
def test_batch_norm(layer, shape, dtype, layout):
    rng = np.random.default_rng(4)
    weight, bias, mean = (normal(rng, 3, dtype, layout) for _ in range(3))
    var = LAYOUTS[layout](rng.uniform(0.1, 3, 3).astype(dtype))
    x = normal(rng, shape, dtype, layout)
    agree(layer(weight, bias, mean, var, 1e-3)(x), naive_norm(x, weight, bias, mean, var, 1e-3), dtype)


@dtypes
@layouts
@pytest.mark.parametrize(("layer", "combine"), [(nn.MaxPool2d, max), (nn.AvgPool2d, lambda v: sum(v) / len(v))])
@pytest.mark.parametrize(
    ("kernel", "stride"), [((2, 2), (2, 2)), ((3, 2), (1, 3)), ((1, 1), (2, 1)), ((2, 3), (3, 4)), ((7, 5), (1, 1))]
)
def test_pooling(layer, combine, kernel, stride, dtype, layout):
    x = normal(np.random.default_rng(5), (2, 3, 7, 5), dtype, layout)
    before = x.copy()
    agree(layer(kernel, stride)(x), naive_pool(x, kernel, stride, combine), dtype)
    assert np.array_equal(x, before)


@dtypes
@layouts
@pytest.mark.parametrize("shape", [(6, 5), (2, 3, 4, 5), (0, 3)])
@pytest.mark.parametrize("kind", ACTIVATIONS, ids=lambda kind: kind.__name__)
def test_activations(kind, shape, dtype, layout):
    x = normal(np.random.default_rng(6), shape, dtype, layout) * dtype(3)
    before = x.copy()
    agree(kind()(x), ACTIVATIONS[kind](x), dtype)
    assert np.array_equal(x, before)


@dtypes
@layouts
def test_flatten_is_channel_row_column(dtype, layout):
    x = normal(np.random.default_rng(7), (2, 3, 4, 5), dtype, layout)
    y = nn.Flatten()(x)
    assert y.dtype == dtype
    assert np.array_equal(y, naive_flatten(x))


def test_flatten_leaves_rows_alone():
    x = np.arange(6.0).reshape(2, 3)
    assert np.array_equal(nn.Flatten()(x), x)


def test_linear_works_on_the_last_axis():
    rng = np.random.default_rng(9)
    weight, x = rng.normal(size=(2, 4)), rng.normal(size=(3, 5, 4))
    agree(nn.Linear(weight)(x), naive_linear(x.reshape(15, 4), weight, None).reshape(3, 5, 2), np.float64)


@dtypes
def test_residual_and_sequential(dtype):
    rng = np.random.default_rng(8)
    w1, w2, w3, x = (normal(rng, shape, dtype) for shape in [(4, 3), (5, 4), (5, 3), (2, 3)])
    body, shortcut = nn.Sequential([nn.Linear(w1), nn.ReLU(), nn.Linear(w2)]), nn.Sequential([nn.Linear(w3)])
    hidden = naive_linear(np.maximum(naive_linear(x, w1, None), 0), w2, None)
    agree(nn.Residual(body, shortcut)(x), hidden + naive_linear(x, w3, None), dtype)
    same = nn.Residual(nn.Sequential([nn.Linear(np.eye(3, dtype=dtype) * dtype(2))]))
    agree(same(x), 3 * x.astype(np.float64), dtype)


# --- dtypes and shapes at the edges -------------------------------------------------------------------------------


@pytest.mark.parametrize("given_dtype", [np.float16, np.float32, np.float64, np.int64])
@dtypes
def test_output_has_the_parameters_dtype(dtype, given_dtype):
    ones = np.ones(2, dtype)
    images, rows = np.ones((1, 2, 3, 4), given_dtype), np.ones((1, 2), given_dtype)
    assert nn.Linear(np.ones((3, 2), dtype))(rows).dtype == dtype
    assert nn.Conv2d(np.ones((3, 2, 2, 2), dtype), np.ones(3, dtype), 1, 1)(images).dtype == dtype
    assert nn.BatchNorm1d(ones, ones, ones, ones)(rows).dtype == dtype
    assert nn.BatchNorm2d(ones, ones, ones, ones)(images).dtype == dtype
    assert nn.Residual(nn.Sequential([nn.Linear(np.ones((2, 2), dtype))]))(rows).dtype == dtype


@pytest.mark.parametrize("kind", [nn.GELU, nn.Tanh, nn.Sigmoid])
def test_activations_of_integers_are_floating(kind):
    x = np.arange(-3, 3).reshape(1, 6)
    agree(kind()(x), ACTIVATIONS[kind](x), np.float64)


def test_average_of_integers_is_floating():
    agree(nn.AvgPool2d(2)(np.arange(4).reshape(1, 1, 2, 2)), np.full((1, 1, 1, 1), 1.5), np.float64)


def test_sums_in_float16_do_not_overflow_where_the_result_need_not():
    x = np.full((1, 4, 4, 4), 60000, np.float16)
    assert np.all(nn.AvgPool2d(4)(x) == np.float16(60000))
    weight = np.array([[1, 1, -1, -1]], np.float16)
    assert nn.Linear(weight)(x[:, :, 0, 0]) == 0
    assert np.all(nn.Conv2d(weight[:, :, None, None])(x) == 0)


def test_a_result_beyond_float16_is_infinite():
    with np.errstate(over="ignore"):  # NumPy warns of the cast, as of any other
        assert nn.Linear(np.full((1, 2), 300, np.float16))(np.full((1, 2), 300, np.float16)) == np.inf


@pytest.mark.parametrize("n", [0, 1])
def test_batches_of_none_and_one(n):
    model = nn.Sequential([
        nn.Conv2d(np.ones((3, 2, 2, 2), np.float32), padding=1), nn.GELU(), nn.MaxPool2d(2), nn.AvgPool2d(1),
        nn.Flatten(), nn.Linear(np.ones((4, 3 * 3 * 2), np.float32)), nn.Sigmoid(),
    ])  # fmt: skip
    assert model(np.ones((n, 2, 5, 4), np.float32)).shape == (n, 4)


def test_attributes_may_be_assigned_in_any_form():
    x = np.arange(40.0).reshape(1, 2, 5, 4)
    weight = np.ones((2, 1, 2, 2))
    layer = nn.Conv2d(np.zeros((1, 1, 1, 1)))
    layer.weight, layer.stride, layer.padding, layer.groups = weight, 2, [1, 0], np.int64(2)
    assert np.array_equal(layer(x), nn.Conv2d(weight, None, (2, 2), (1, 0), 2)(x))
    assert (layer.in_channels, layer.out_channels, layer.kernel_size) == (2, 2, (2, 2))
    pool = nn.MaxPool2d(1)
    pool.kernel_size, pool.stride = 2, None
    assert np.array_equal(pool(x), nn.MaxPool2d(2)(x))
