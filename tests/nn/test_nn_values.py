"""Values worked out by hand or recorded from torch 2.13 (float64), and erfc against the standard library."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge import nn
from judge.nn.erf import erfc

# x, then GELU, Tanh, Sigmoid of it as torch 2.13 gives them. GELU far below zero is that of Python's decimal
# arithmetic: torch's form 1 + erf cancels there.
RECORDED = [
    (1.0, 0.8413447460685429, 0.7615941559557649, 0.7310585786300049),
    (-1.0, -0.15865525393145705, -0.7615941559557649, 0.2689414213699951),
    (0.5, 0.34573123063700656, 0.46211715726000974, 0.6224593312018546),
    (-3.0, -0.00404969409489031, -0.9950547536867305, 0.04742587317756678),
    (-6.0, -5.91952587e-09, -0.9999877116507956, 0.0024726231566347743),
    (0.0, 0.0, 0.0, 0.5),
]


@pytest.mark.parametrize(("x", "gelu", "tanh", "sigmoid"), RECORDED)
def test_activations_recorded(x, gelu, tanh, sigmoid):
    x = np.array([[x]])
    assert nn.GELU()(x) == pytest.approx(gelu, rel=1e-9, abs=1e-15)
    assert nn.GELU()(x) == pytest.approx(gelu, rel=1, abs=3e-16)
    assert nn.Tanh()(x) == pytest.approx(tanh, rel=1e-15)
    assert nn.Sigmoid()(x) == pytest.approx(sigmoid, rel=1e-15)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_activations_at_the_ends(dtype):
    x = np.array([-np.inf, -1e4, 1e4, np.inf, np.nan], dtype)
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(nn.ReLU()(x), np.array([0, 0, 1e4, np.inf, np.nan], dtype))
        np.testing.assert_array_equal(nn.GELU()(x), np.array([0, 0, 1e4, np.inf, np.nan], dtype))
        np.testing.assert_array_equal(nn.Tanh()(x), np.array([-1, -1, 1, 1, np.nan], dtype))
        np.testing.assert_array_equal(nn.Sigmoid()(x), np.array([0, 0, 1, 1, np.nan], dtype))


def test_batch_norm_by_hand():
    # (4 - 1) / sqrt(3.99999 + 1e-5) * 2 + 0.5 = 3 / 2 * 2 + 0.5
    layer = nn.BatchNorm1d(*(np.array([v]) for v in (2.0, 0.5, 1.0, 3.99999)))
    assert layer.eps == 1e-5
    assert layer(np.array([[4.0]])) == pytest.approx(3.5, rel=1e-12)


def test_cross_correlation_not_convolution_by_hand():
    kernel = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    x = np.array([[[[1.0, 0.0, 0.0], [0.0, 0.0, 5.0]]]])
    assert np.array_equal(nn.Conv2d(kernel, np.array([10.0]))(x), [[[[11.0, 30.0]]]])


def test_pooling_drops_what_is_left_over_by_hand():
    x = np.array([[[[1.0, 2.0, 9.0], [3.0, 6.0, 9.0], [9.0, 9.0, 9.0]]]])
    assert np.array_equal(nn.MaxPool2d(2)(x), [[[[6.0]]]])
    assert np.array_equal(nn.AvgPool2d(2)(x), [[[[3.0]]]])
    assert np.array_equal(nn.MaxPool2d(2, 1)(x), [[[[6.0, 9.0], [9.0, 9.0]]]])


def test_max_pool_of_negative_numbers_and_nan():
    assert nn.MaxPool2d(2)(np.full((1, 1, 2, 2), -3.0)) == -3
    assert np.isnan(nn.MaxPool2d(2)(np.array([[[[np.nan, 1.0], [2.0, 3.0]]]])))


@given(st.floats(-40, 40))
def test_erfc_is_the_standard_librarys(x):
    assert float(erfc(x)) == pytest.approx(math.erfc(x), rel=1e-14, abs=5e-324 * 2**20)


@pytest.mark.parametrize("middle", [-4.0, -0.46875, 0.0, 0.46875, 4.0, 26.5])
def test_erfc_where_its_ranges_meet(middle):
    x = middle + np.linspace(-0.1, 0.1, 2001)
    expected = np.array([math.erfc(value) for value in x])
    np.testing.assert_allclose(erfc(x), expected, rtol=2e-15, atol=1e-307)
    np.testing.assert_allclose(1 - erfc(x), [math.erf(value) for value in x], rtol=0, atol=4e-16)


def test_erfc_of_many_numbers_goes_in_pieces():
    x = np.asfortranarray(np.linspace(-6, 6, 70_000).reshape(100, 700))
    y = erfc(x)
    assert y.shape == x.shape
    for index in [(0, 0), (23, 405), (50, 350), (99, 699)]:
        assert y[index] == pytest.approx(math.erfc(x[index]), rel=2e-15)
