"""What constructors take, keep, turn down, and what a call says about an input that does not fit."""

from __future__ import annotations

import numpy as np
import pytest

from judge import nn

W = np.ones((2, 3), np.float32)
K = np.ones((2, 3, 2, 2), np.float32)
V = np.ones(2, np.float32)
LINE = nn.Sequential([nn.ReLU()])

REFUSED = [
    # torch's habits, which here need the arrays
    (lambda: nn.Linear(3, 2), TypeError, r"weight must be an array of shape \(out, in\), not int"),
    (lambda: nn.Linear(W, True), TypeError, "bias must be an array"),
    (lambda: nn.Linear(None), TypeError, "not NoneType"),
    (lambda: nn.Conv2d(3, 8, 3), TypeError, "weight must be an array"),
    (lambda: nn.BatchNorm2d(8, V, V, V), TypeError, "weight must be an array"),
    (lambda: nn.BatchNorm1d(V, V, None, V), TypeError, "running_mean must be an array"),
    (lambda: nn.Sequential(nn.ReLU()), TypeError, r"Sequential\(\[ReLU"),
    (lambda: nn.Conv2d(K, V, 1, "same"), TypeError, "padding must be an int or a pair"),
    # numbers of axes
    (lambda: nn.Linear(V), ValueError, r"weight must have the shape \(out, in\), not \(2,\)"),
    (lambda: nn.Linear(K), ValueError, "weight must have the shape"),
    (lambda: nn.Linear(W, W), ValueError, r"bias must have the shape \(out,\), not \(2, 3\)"),
    (lambda: nn.Conv2d(W), ValueError, "kh, kw"),
    (lambda: nn.Conv2d(K, W), ValueError, "bias must have the shape"),
    (lambda: nn.BatchNorm1d(V, V, V, W), ValueError, r"running_var must have the shape \(C,\)"),
    # lists
    (lambda: nn.Linear([[1, 2], [3]]), ValueError, "weight"),
    (lambda: nn.Linear([["a", "b"]]), TypeError, "must hold numbers"),
    (lambda: nn.Linear([1, 2]), ValueError, "must have the shape"),
    (lambda: nn.Linear("ab"), TypeError, "not str"),
    # sizes
    (lambda: nn.Conv2d(K, V, 0), ValueError, "stride must be at least 1"),
    (lambda: nn.Conv2d(K, V, 1.5), TypeError, "stride must be an int or a pair"),
    (lambda: nn.Conv2d(K, V, (1, 2, 3)), ValueError, "stride must be an int or a pair"),
    (lambda: nn.Conv2d(K, V, 1, (0, -1)), ValueError, "padding must be at least 0"),
    (lambda: nn.Conv2d(K, V, None), TypeError, "stride must be"),
    (lambda: nn.Conv2d(K, V, 1, 0, 0), ValueError, "groups must be at least 1"),
    (lambda: nn.Conv2d(K, V, 1, 0, 1.0), TypeError, "groups must be an int"),
    (lambda: nn.MaxPool2d(0), ValueError, "kernel_size must be at least 1"),
    (lambda: nn.AvgPool2d(2, (1, 0)), ValueError, "stride must be at least 1"),
    (lambda: nn.BatchNorm2d(V, V, V, V, "1e-5"), TypeError, "eps must be a number"),
    (lambda: nn.BatchNorm2d(V, V, V, V, None), TypeError, "eps must be a number"),
    (lambda: nn.Residual(nn.ReLU()), TypeError, "body must be a Sequential, not ReLU"),
    (lambda: nn.Residual(LINE, [nn.ReLU()]), TypeError, "shortcut must be a Sequential or None, not list"),
    # inputs
    (lambda: nn.Linear(W)(np.ones((1, 2))), ValueError, r"shape \(N, 3\), not \(1, 2\)"),
    (lambda: nn.Linear(W)(1.0), ValueError, r"shape \(N, 3\)"),
    (lambda: nn.Conv2d(K)(np.ones((3, 4, 4))), ValueError, r"shape \(N, C, H, W\), not \(3, 4, 4\)"),
    (lambda: nn.Conv2d(K)(np.ones((1, 2, 4, 4))), ValueError, "3 channels"),
    (lambda: nn.Conv2d(K)(np.ones((1, 3, 1, 4))), ValueError, "does not fit"),
    (lambda: nn.BatchNorm2d(V, V, V, V)(np.ones((1, 2))), ValueError, r"\(N, C, H, W\)"),
    (lambda: nn.BatchNorm1d(V, V, V, V)(np.ones((1, 2, 2, 2))), ValueError, r"\(N, C\)"),
    (lambda: nn.BatchNorm1d(V, V, V, V)(np.ones((1, 3))), ValueError, "2 channels"),
    (lambda: nn.MaxPool2d(3)(np.ones((1, 1, 2, 4))), ValueError, "does not fit"),
    (lambda: nn.AvgPool2d(2)(np.ones((2, 4))), ValueError, r"\(N, C, H, W\)"),
    (lambda: nn.Flatten()(np.ones(3)), ValueError, r"\(N, ...\)"),
    (lambda: nn.Residual(nn.Sequential([nn.Linear(W[:1])]))(np.ones((4, 3))), ValueError, "the body gives"),
]  # fmt: skip


@pytest.mark.parametrize(("action", "error", "words"), REFUSED)
def test_refused(action, error, words):
    with pytest.raises(error, match=words):
        action()


# Arrays that do not fit each other may be held (what comes back is for the judge to judge), but not computed with.
MISFITS = [
    (lambda: nn.Linear(W, np.ones(1, np.float32)), (1, 3), r"bias must have the shape \(2,\)"),
    (lambda: nn.Conv2d(K, np.ones(1, np.float32)), (1, 3, 4, 4), r"bias must have the shape \(2,\)"),
    (lambda: nn.Conv2d(K, V, groups=3), (1, 9, 4, 4), "cannot be split into 3 groups"),
    (lambda: nn.BatchNorm1d(V, V, V[:1], V), (1, 2), r"running_mean must have the shape \(2,\)"),
    (lambda: nn.BatchNorm2d(V, V, V, np.ones(3)), (1, 2, 2, 2), r"running_var must have the shape \(2,\)"),
    (lambda: assigned(nn.Linear(W), weight=V), (1, 2), "weight must have 2 axes"),
    (lambda: assigned(nn.Conv2d(K), weight=W), (1, 3, 4, 4), "weight must have 4 axes"),
]


def assigned(layer, **attributes):
    for name, value in attributes.items():
        setattr(layer, name, value)
    return layer


@pytest.mark.parametrize(("make", "shape", "words"), MISFITS)
def test_misfits_are_held_but_not_computed_with(make, shape, words):
    layer = make()
    with pytest.raises(ValueError, match=words):
        layer(np.ones(shape))


@pytest.mark.parametrize(
    ("value", "words"),
    [([[1.0, 2.0]], "is no array but list"), (np.ones((2, 3), int), "must be floating, not int64"), (None, "NoneType")],
)
def test_wrong_kinds_of_weight_are_named_when_called(value, words):
    with pytest.raises(TypeError, match=words):
        assigned(nn.Linear(W), weight=value)(np.ones((1, 3)))


def test_given_arrays_are_kept():
    odd = np.ones((4, 6), np.float64).T[::2, ::-1]
    assert nn.Linear(odd, V).weight is odd
    assert nn.Linear(W, V).bias is V
    assert nn.Conv2d(K).weight is K
    layer = nn.BatchNorm2d(V, V, V, V)
    assert layer.running_var is V
    masked = np.ma.masked_array(W)
    assert nn.Linear(masked).weight is masked  # no conversion behind one's back


def test_lists_become_float32():
    layer = nn.Linear([[1, -2], [0, 3]], (0.5, 1))
    assert layer.weight.dtype == layer.bias.dtype == np.float32
    assert np.array_equal(layer(np.array([[1, 1]], np.float32)), [[-0.5, 4.0]])
    rows = nn.Linear([np.ones(3), np.zeros(3)])
    assert rows.weight.dtype == np.float64  # rows that are arrays keep their dtype
    assert nn.BatchNorm1d([1], [0], [0], [1]).running_var.dtype == np.float32


def test_hyper_parameters_are_kept_as_pairs_of_ints():
    layer = nn.Conv2d(K, V, np.int64(2), [0, 1])
    assert (layer.stride, layer.padding, layer.groups) == ((2, 2), (0, 1), 1)
    assert all(type(entry) is int for entry in layer.stride)
    for kind in (nn.MaxPool2d, nn.AvgPool2d):
        assert (kind(3).kernel_size, kind(3).stride) == ((3, 3), (3, 3))
        assert (kind((3, 2)).stride, kind((3, 2), 1).stride) == ((3, 2), (1, 1))
        assert kind(kernel_size=2, stride=np.array([1, 2])).stride == (1, 2)


def test_keywords_are_the_contracts():
    nn.Linear(weight=W, bias=V)
    nn.Conv2d(weight=K, bias=V, stride=1, padding=0, groups=1)
    nn.BatchNorm1d(weight=V, bias=V, running_mean=V, running_var=V, eps=1e-3)
    nn.Residual(body=LINE, shortcut=LINE)
    nn.Sequential(layers=[])


DERIVED = [
    (nn.Linear(W), {"in_features": 3, "out_features": 2}),
    (nn.Conv2d(np.ones((4, 3, 5, 2)), groups=2), {"in_channels": 6, "out_channels": 4, "kernel_size": (5, 2)}),
    (nn.BatchNorm1d(V, V, V, V), {"num_features": 2}),
    (nn.BatchNorm2d(V, V, V, V), {"num_features": 2}),
]


@pytest.mark.parametrize(("layer", "derived"), DERIVED)
def test_derived_attributes_are_read_only(layer, derived):
    for name, value in derived.items():
        assert getattr(layer, name) == value
        with pytest.raises(AttributeError, match=name):
            setattr(layer, name, value)


def test_derived_attributes_follow_the_arrays():
    layer = nn.Linear(W)
    layer.weight = layer.weight[:1, :2]
    assert (layer.in_features, layer.out_features) == (2, 1)
