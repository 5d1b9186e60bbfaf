"""Packing a network into plain data and back."""

from __future__ import annotations

import inspect
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge import nn
from judge.nn import spec


def arrays(*shape):
    return st.builds(
        lambda dtype, seed: np.random.default_rng(seed).normal(size=shape).astype(dtype),
        st.sampled_from([np.float16, np.float32, np.float64]),
        st.integers(0, 99),
    )


def vectors(size=2):
    return arrays(size)


pairs = st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3)))
leaves = st.one_of(
    st.builds(nn.Linear, arrays(3, 2), st.none() | vectors(3)),
    st.builds(nn.Conv2d, arrays(4, 1, 2, 3), st.none() | vectors(4), pairs, pairs, st.sampled_from([1, 2])),
    *(st.builds(k, *[vectors()] * 4, st.sampled_from([1e-5, 1e-3, 0.1])) for k in (nn.BatchNorm1d, nn.BatchNorm2d)),
    *(st.builds(kind) for kind in (nn.ReLU, nn.GELU, nn.Tanh, nn.Sigmoid, nn.Flatten)),
    *(st.builds(kind, pairs, st.none() | pairs) for kind in (nn.MaxPool2d, nn.AvgPool2d)),
)
networks = st.recursive(
    st.lists(leaves, max_size=4).map(nn.Sequential),
    lambda inner: st.lists(leaves | st.builds(nn.Residual, inner, st.none() | inner), max_size=3).map(nn.Sequential),
    max_leaves=4,
)


def same(a, b):
    """Equal in every attribute that the constructors name, arrays by identity."""
    if isinstance(a, nn.Sequential):
        return type(b) is nn.Sequential and len(a) == len(b) and all(map(same, a, b))
    if type(a) is not type(b) or vars(a).keys() != vars(b).keys():
        return False
    for name, value in vars(a).items():
        other = vars(b)[name]
        if isinstance(value, nn.Sequential):
            if not same(value, other):
                return False
        elif isinstance(value, np.ndarray) or value is None:
            if other is not value:
                return False
        elif (type(value), value) != (type(other), other):
            return False
    return True


@given(networks)
def test_round_trip(model):
    header, held = spec.pack(model)
    assert all(type(array) is np.ndarray for array in held)
    assert same(model, spec.unpack(json.loads(json.dumps(header)), held))


def test_the_header_is_as_documented():
    w, k, v = np.ones((2, 3)), np.ones((2, 3, 1, 1)), np.ones(2)
    body = nn.Sequential([nn.Conv2d(k, v, (1, 2), 1)])
    model = nn.Sequential([
        nn.Linear(w), nn.Residual(body), nn.BatchNorm1d(v, v, v, v), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(w, v)
    ])  # fmt: skip
    header, held = spec.pack(model)
    conv = {"kind": "Conv2d", "weight": 1, "bias": 2, "stride": [1, 2], "padding": [1, 1], "groups": 1}
    assert header == [
        {"kind": "Linear", "weight": 0, "bias": None},
        {"kind": "Residual", "body": [conv], "shortcut": None},
        {"kind": "BatchNorm1d", "weight": 3, "bias": 4, "running_mean": 5, "running_var": 6, "eps": 1e-5},
        {"kind": "MaxPool2d", "kernel_size": [2, 2], "stride": [2, 2]},
        {"kind": "Flatten"},
        {"kind": "Linear", "weight": 7, "bias": 8},
    ]
    assert all(array is expected for array, expected in zip(held, [w, k, v, v, v, v, v, w, v], strict=True))


def test_assigned_attributes_are_brought_into_form():
    conv, pool = nn.Conv2d(np.ones((2, 2, 1, 1))), nn.AvgPool2d(1)
    conv.stride, conv.padding, conv.groups = 2, np.array([0, 1]), np.int64(1)
    pool.kernel_size, pool.stride = np.int32(2), None
    header, _ = spec.pack(nn.Sequential([conv, pool]))
    json.dumps(header)
    assert (header[0]["stride"], header[0]["padding"], header[0]["groups"]) == ([2, 2], [0, 1], 1)
    assert (header[1]["kernel_size"], header[1]["stride"]) == ([2, 2], [2, 2])


def test_a_subclass_packs_as_the_nearest_layer():
    class Mine(nn.Linear):
        pass

    class Net(nn.Sequential):
        pass

    header, held = spec.pack(Net([Mine(np.ones((1, 1)))]))
    assert type(spec.unpack(header, held)[0]) is nn.Linear
    assert spec.kind_of(Mine(np.ones((1, 1)))) == "Linear"
    assert spec.kind_of(Net()) is None
    assert spec.kind_of(None) is None


@pytest.mark.parametrize("stranger", [None, nn.Sequential([]), np.ones(2)])
def test_strangers_cannot_be_packed(stranger):
    with pytest.raises(TypeError, match="layer 1 is no layer"):
        spec.pack(nn.Sequential([nn.ReLU(), stranger]))


@pytest.mark.parametrize(("name", "value"), [("weight", None), ("weight", [[1.0]]), ("bias", [1.0])])
def test_what_is_no_array_cannot_be_packed(name, value):
    layer = nn.Linear(np.ones((1, 1)))
    setattr(layer, name, value)
    with pytest.raises(TypeError, match=f"Linear.{name} of layer 0 is no array"):
        spec.pack(nn.Sequential([layer]))


def test_the_tables_are_the_constructors():
    assert set(spec.KINDS) == set(nn.__all__) - {"Sequential"}
    assert spec.ATTRIBUTES.keys() == spec.ARRAYS.keys() == spec.KINDS.keys()
    for kind, cls in spec.KINDS.items():
        assert cls is getattr(nn, kind)
        names = () if cls.__init__ is object.__init__ else tuple(inspect.signature(cls).parameters)
        assert spec.ATTRIBUTES[kind] == names
        assert spec.ARRAYS[kind] == names[: len(spec.ARRAYS[kind])]
        if set(cls.PARAMETERS) - set(spec.ARRAYS[kind]):
            pytest.fail(f"{kind} has a parameter that is no array")
