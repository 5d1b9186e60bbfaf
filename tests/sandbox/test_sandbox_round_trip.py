"""Networks go in and come back bit for bit; whatever else comes back arrives as what it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from submitting import judge, tiny

from judge.domain.answer import LayerAnswer, MappingAnswer, ModelAnswer, Opaque
from judge.domain.case import Call
from judge.nn import (
    GELU,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Tanh,
)
from judge.nn.spec import ARRAYS, ATTRIBUTES
from judge.sandbox import Sandbox


def laid_out(array: np.ndarray[Any, Any], layout: str) -> np.ndarray[Any, Any]:
    if layout == "F":
        return np.asfortranarray(array)
    if layout == "strided":
        wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
        wide[..., ::2] = array
        return wide[..., ::2]
    return array


def everything(dtype: type, layout: str = "C") -> Sequential:
    """A network with every kind of layer (it need not compute anything sensible)."""
    rng = np.random.default_rng(5)

    def draw(*shape: int) -> np.ndarray[Any, Any]:
        return laid_out(rng.standard_normal(shape).astype(dtype), layout)

    return Sequential(
        [
            Conv2d(draw(4, 2, 3, 2), draw(4), stride=(2, 1), padding=1, groups=1),
            BatchNorm2d(draw(4), draw(4), draw(4), abs(draw(4)), eps=1e-3),
            ReLU(),
            MaxPool2d(2),
            AvgPool2d((3, 2), stride=(1, 2)),
            Residual(
                Sequential([Conv2d(draw(4, 2, 1, 1), groups=2), GELU()]),
                Sequential([Residual(Sequential([Tanh()]))]),
            ),
            Flatten(),
            Linear(draw(3, 8)),
            BatchNorm1d(draw(3), draw(3), draw(3), abs(draw(3))),
            Sigmoid(),
            Linear(draw(1, 3), draw(1)),
        ]
    )


def same(answer: ModelAnswer | Opaque, network: Sequential) -> None:
    assert isinstance(answer, ModelAnswer)
    assert len(answer.layers) == len(network)
    for described, layer in zip(answer.layers, network, strict=True):
        assert isinstance(described, LayerAnswer)
        kind = described.kind
        assert kind == type(layer).__name__
        assert tuple(described.attributes) == ATTRIBUTES[kind]
        for name, value in described.attributes.items():
            wanted = getattr(layer, name)
            if isinstance(wanted, Sequential):
                same(value, wanted)
            elif name in ARRAYS[kind] and wanted is not None:
                assert type(value) is np.ndarray
                assert value.dtype == wanted.dtype
                assert value.tobytes() == wanted.tobytes()
                assert value.shape == wanted.shape
            else:
                assert value == wanted
                assert type(value) is type(wanted)


@pytest.mark.parametrize("layout", ["C", "F", "strided"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_every_layer_comes_back_as_it_went(sandbox: Sandbox, dtype: type, layout: str) -> None:
    network = everything(dtype, layout)
    outcome = judge(sandbox, "def f(model): return model.copy()", [Call(network)])
    same(outcome.value, network)
    assert outcome.answers[0].model_after is None  # byte for byte as it went


@pytest.mark.parametrize("place", range(11))
def test_a_network_that_was_touched_is_told(sandbox: Sandbox, place: int) -> None:
    """One bit of the last array of a layer, or another attribute, or the layer itself; the rest comes back as it
    went.
    """
    source = """
import numpy as np
def f(model, place):
    layer = model.layers[place]
    arrays = [a for a in vars(layer).values() if isinstance(a, np.ndarray)]
    if arrays:
        bits = arrays[-1].view("u2")
        bits[(0,) * bits.ndim] ^= 1
    elif vars(layer):
        name = list(vars(layer))[-1]
        setattr(layer, name, 7 if name == "stride" else None)
    else:
        model.layers[place] = None
"""
    network = everything(np.float16)
    after = judge(sandbox, source, [Call(network, (place,))]).answers[0].model_after
    assert isinstance(after, ModelAnswer)
    others = [layer for number, layer in enumerate(network) if number != place]
    same(ModelAnswer((*after.layers[:place], *after.layers[place + 1 :])), Sequential(others))
    with pytest.raises(AssertionError):
        same(after, network)


def test_a_network_that_cannot_be_described_is_not_untouched(sandbox: Sandbox) -> None:
    source = """
class Evil:
    @property
    def layers(self): raise SystemExit
def f(model, share):
    model.__class__ = type("Worse", (type(model),), {"layers": Evil.layers})
"""
    outcome = judge(sandbox, source)
    assert outcome.raised == "SystemExit"
    assert isinstance(outcome.answers[0].model_after, Opaque)


def test_arrays_arrive_as_the_contract_says(sandbox: Sandbox) -> None:
    source = """
import itertools
import numpy as np

def f(model):
    arrays = [a for layer in model for a in vars(layer).values() if type(a) is np.ndarray]
    arrays += [a for name, a in model.named_parameters()]
    return [
        [a.flags.c_contiguous, a.flags.f_contiguous, a.flags.writeable, a.dtype.isnative, bool(np.isfinite(a).all())]
        for a in arrays
    ] + [sum(np.shares_memory(a, b) for a, b in itertools.combinations({id(a): a for a in arrays}.values(), 2))]
"""
    for layout, contiguous in {"C": (True, False), "F": (False, True), "strided": (False, False)}.items():
        network = Sequential([Linear(laid_out(np.ones((4, 6), np.float32), layout)), ReLU()])
        *described, shared = judge(sandbox, source, [Call(network)]).value
        assert shared == 0
        assert described
        assert all(row == [*contiguous, True, True, True] for row in described)


def test_special_bits_survive(sandbox: Sandbox) -> None:
    weight = np.array([[-0.0, 5e-324, np.inf], [np.nan, -np.nan, 1.0]])
    weight.view(np.uint64)[1, 0] |= 0xDEAD  # a payload
    outcome = judge(sandbox, "def f(model): return model", [Call(Sequential([Linear(weight)]))])
    assert outcome.value.layers[0].attributes["weight"].tobytes() == weight.tobytes()


def test_arguments_arrive(sandbox: Sandbox) -> None:
    source = "def f(model, *args, **kwargs): return repr((args, kwargs))"
    args = (0.1, 1, -3, "layer", float("inf"), 5e-324, 1e308)
    outcome = judge(sandbox, source, [Call(tiny(), args, {"scope": "global", "norm": 2})])
    assert outcome.value == repr((args, {"scope": "global", "norm": 2}))
    assert judge(sandbox, "def f(model, x): return x != x", [Call(tiny(), (float("nan"),))]).value is True


def test_the_network_after_the_call_is_the_one_handed_in(sandbox: Sandbox) -> None:
    source = """
def f(model, share):
    model.layers[0].weight[0, 0] = 9
    model.layers.append(model.layers[0])
    raise ValueError("after the damage")
"""
    after = judge(sandbox, source).answers[0].model_after
    assert isinstance(after, ModelAnswer)
    assert len(after.layers) == 2
    assert all(layer.attributes["weight"][0, 0] == 9 for layer in after.layers)


# What a function may return, and what the judge is told. {A} stands for an array of the right kind.
VALUES: list[tuple[str, Any]] = [
    ("None", None),
    ("True", True),
    ("3", 3),
    ("-2**62", -(2**62)),
    ("10**30", Opaque("int")),
    ("0.1", 0.1),
    ("float('inf')", float("inf")),
    ("-float('inf')", -float("inf")),
    ("'0.weight'", "0.weight"),
    ("'\\x1b[0m\\ud800\\u202e'", "\\x1b[0m\\ud800\\u202e"),
    ("'x' * 10**6", Opaque("str", {"length": 10**6})),
    ("(1, 'a')", (1, "a")),
    ("[1, [2, ()]]", [1, [2, ()]]),
    ("collections.namedtuple('P', 'x y')(1, 2)", (1, 2)),
    ("type('L', (list,), {'__iter__': None, '__len__': None})([1])", [1]),
    ("{'a': 1, 2: 3, ('b',): None}", MappingAnswer((("a", 1), (Opaque("int"), 3), (Opaque("tuple"), None)))),
    ("collections.OrderedDict(b=1, a=2)", MappingAnswer((("b", 1), ("a", 2)))),
    ("collections.ChainMap({'a': 1}, {'b': 2})", MappingAnswer((("b", 2), ("a", 1)))),
    ("types.MappingProxyType({'a': 1})", MappingAnswer((("a", 1),))),
    ("collections.UserDict(a=1)", MappingAnswer((("a", 1),))),
    ("type('D', (), {'keys': lambda s: 'ab', '__getitem__': lambda s, k: k})()", MappingAnswer((("a", "a"), ("b", "b")))),
    ("{type('S', (str,), {})('k'): 1}", MappingAnswer((("k", 1),))),
    ("dict.fromkeys(range(10**6))", Opaque("dict", {"reason": "too_large"})),
    ("[0] * 10**6", Opaque("list", {"length": 10**6, "reason": "too_large"})),
    ("b'x'", Opaque("bytes")),
    ("{1}", Opaque("set")),
    ("iter(())", Opaque("tuple_iterator")),
    ("1j", Opaque("complex")),
    ("int", Opaque("type")),
    ("type('Mine', (), {})()", Opaque("Mine")),
    ("type('Sub', (str,), {})('x')", Opaque("Sub")),
    ("type('Sub', (int,), {})(3)", Opaque("Sub")),
    ("np.float64(1)", Opaque("numpy.float64")),
    ("np.bool_(True)", Opaque("numpy.bool")),
    ("np.matrix([[1.0]])", Opaque("numpy.matrix", {"dtype": "float64", "shape": (1, 1)})),
    ("np.ma.array([1])", Opaque("numpy.ma.MaskedArray", {"dtype": "int64", "shape": (1,)})),
    ("np.array([None])", Opaque("numpy.ndarray", {"dtype": "object", "shape": (1,)})),
    ("np.array(['a'])", Opaque("numpy.ndarray", {"dtype": "<U1", "shape": (1,)})),
    ("np.zeros(2, 'i4,f8')", Opaque("numpy.ndarray", {"dtype": "[('f0', '<i4'), ('f1', '<f8')]", "shape": (2,)})),
    ("np.zeros(1, 'M8[s]')", Opaque("numpy.ndarray", {"dtype": "datetime64[s]", "shape": (1,)})),
    ("np.broadcast_to(np.float32(0), (10**5, 10**5))", Opaque("numpy.ndarray", {"dtype": "float32", "shape": (10**5, 10**5)})),
    ("np.zeros((0, 1 << 24))", Opaque("numpy.ndarray", {"dtype": "float64", "shape": (0, 1 << 24)})),
    ("np.zeros(1).view(type('V', (np.ndarray,), {'tobytes': None}))", Opaque("V", {"dtype": "float64", "shape": (1,)})),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "wanted"), VALUES, ids=[expression[:60] for expression, _ in VALUES])
def test_values(sandbox: Sandbox, expression: str, wanted: Any) -> None:
    source = f"import collections, types\nimport numpy as np\ndef f(model, share): return {expression}"
    value = judge(sandbox, source).value
    assert value == wanted
    assert type(value) is type(wanted)


ARRAYS_BACK = [
    f"np.array([[1, 0, 1], [1, 1, 0]], dtype='{code}')"
    for code in ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16", ">f4", ">i8"]
] + [
    "np.asfortranarray(np.arange(6.0).reshape(2, 3))",
    "np.arange(12.0)[::-2]",
    "np.broadcast_to(np.float32(3), (4, 5))",
    "np.zeros((0, 7))",
    "np.array(2.5)",
    "np.zeros((1,) * 30 + (2, 3))",
    "np.zeros(5, np.longdouble)",
    "np.arange(100.0).reshape(10, 10).T[3:, ::3]",
]


@pytest.mark.parametrize("expression", ARRAYS_BACK)
def test_arrays_come_back(sandbox: Sandbox, expression: str) -> None:
    wanted = eval(expression, {"np": np})
    value = judge(sandbox, f"import numpy as np\ndef f(model, share): return {expression}").value
    assert type(value) is np.ndarray
    assert value.dtype == wanted.dtype
    assert value.shape == wanted.shape
    assert value.tobytes() == wanted.tobytes()


def test_booleans_are_zeros_and_ones(sandbox: Sandbox) -> None:
    """A byte of 2 is no boolean, but counts double in NumPy."""
    source = "import numpy as np\ndef f(model, share): return np.array([0, 1, 2, 255], np.uint8).view(bool)"
    value = judge(sandbox, source).value
    assert value.view(np.uint8).tolist() == [0, 1, 1, 1]


# How a network may come back (model is Linear(3, 2)), and what the judge makes of its first layer.
NETWORKS = [
    ("type('Mine', (Sequential,), {})(model.layers)", "Linear"),
    ("Sequential(tuple(model.layers))", "Linear"),
    ("[setattr(model, 'layers', tuple(model.layers)), model][1]", "Linear"),
    ("Sequential([type('Mine', (Linear,), {'__call__': None})(np.ones((1, 2)))])", "Linear"),
    ("Sequential([Flatten()])", "Flatten"),
    ("Sequential([np.ones(3)])", Opaque("numpy.ndarray")),
    ("Sequential([Sequential([])])", Opaque("judge.nn.containers.Sequential")),
    ("Sequential([None])", Opaque("NoneType")),
]


@pytest.mark.parametrize(("expression", "first"), NETWORKS)
def test_networks_in_any_dress(sandbox: Sandbox, expression: str, first: Any) -> None:
    value = judge(
        sandbox, f"import numpy as np\nfrom judge.nn import *\ndef f(model, share): return {expression}"
    ).value
    assert isinstance(value, ModelAnswer)
    found = value.layers[0]
    assert (found.kind if isinstance(found, LayerAnswer) else found) == first


# What a hyper-parameter may be set to, and what it is by value.
HYPERPARAMETERS = [
    ("Conv2d(np.ones((1, 1, 1, 1)))", "stride", "2", (2, 2)),
    ("Conv2d(np.ones((1, 1, 1, 1)))", "stride", "[1, 2]", (1, 2)),
    ("Conv2d(np.ones((1, 1, 1, 1)))", "padding", "np.int64(3)", (3, 3)),
    ("Conv2d(np.ones((1, 1, 1, 1)))", "padding", "(np.int32(1), True)", (1, 1)),
    ("Conv2d(np.ones((1, 1, 1, 1)))", "padding", "np.array([1, 0])", (1, 0)),
    ("Conv2d(np.ones((1, 1, 1, 1)))", "stride", "(1, 2, 3)", (1, 2, 3)),
    ("Conv2d(np.ones((1, 1, 1, 1)))", "stride", "'same'", Opaque("str")),
    ("Conv2d(np.ones((1, 1, 1, 1)))", "groups", "np.uint8(1)", 1),
    ("Conv2d(np.ones((1, 1, 1, 1)))", "groups", "None", None),
    ("MaxPool2d(2)", "stride", "None", (2, 2)),
    ("BatchNorm1d(*np.ones((4, 1)))", "eps", "np.float64(1e-5)", 1e-5),
    ("BatchNorm1d(*np.ones((4, 1)))", "eps", "1", 1.0),
    ("BatchNorm1d(*np.ones((4, 1)))", "eps", "'small'", Opaque("str")),
    ("Linear(np.ones((1, 1)))", "weight", "[[1.0]]", Opaque("list")),
    ("Linear(np.ones((1, 1)))", "bias", "0", Opaque("int")),
    ("Linear(np.ones((1, 1)))", "weight", "np.matrix([[1.0]])", Opaque("numpy.matrix", {"dtype": "float64", "shape": (1, 1)})),
    ("Residual(Sequential([]))", "body", "[]", Opaque("list")),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "name", "value", "wanted"), HYPERPARAMETERS)
def test_attributes_by_value(sandbox: Sandbox, layer: str, name: str, value: str, wanted: Any) -> None:
    source = f"""
import numpy as np
from judge.nn import *
def f(model, share):
    layer = {layer}
    layer.{name} = {value}
    return Sequential([layer])
"""
    found = judge(sandbox, source).value.layers[0].attributes[name]
    assert found == wanted
    assert type(found) is type(wanted)


def test_a_missing_attribute_is_absent(sandbox: Sandbox) -> None:
    source = """
from judge.nn import *
class Lazy(Linear):
    @property
    def bias(self): raise RuntimeError
    @bias.setter
    def bias(self, value): pass
def f(model, share):
    del model.layers[0].weight
    return Sequential([Lazy([[1.0]])])
"""
    outcome = judge(sandbox, source)
    assert list(outcome.value.layers[0].attributes) == ["weight"]
    assert list(outcome.answers[0].model_after.layers[0].attributes) == ["bias"]  # type: ignore[union-attr]


def test_a_network_within_itself_is_cut_off(sandbox: Sandbox) -> None:
    source = """
from judge.nn import *
def f(model, share):
    model.layers.append(Residual(model))
    loop = [{}]
    loop[0]["again"] = loop
    return loop
"""
    outcome = judge(sandbox, source)
    assert "too_large" in repr(outcome.value)
    assert "too_large" in repr(outcome.answers[0].model_after)


def test_several_calls_are_answered_in_order(sandbox: Sandbox) -> None:
    source = "count = 0\ndef f(model, x):\n    global count\n    count += 1\n    return x, count"
    calls = [Call(tiny(), (x,)) for x in range(200)]
    answers = judge(sandbox, source, calls).answers
    assert [answer.value for answer in answers] == [(x, x + 1) for x in range(200)]


def test_the_answers_before_an_end_are_kept(each: Sandbox) -> None:
    source = "import os\ndef f(model, x):\n    if x == 37: os._exit(0)\n    return x"
    run = judge(each, source, [Call(tiny(), (x,)) for x in range(50)]).run
    assert run is not None
    assert [answer.value for answer in run.answers] == list(range(37))
    assert run.stopped == "exit"


def network(*weights: float) -> Sequential:
    return Sequential([Linear(np.asfortranarray(np.array([weights, weights], np.float32)))])


def test_a_network_object_comes_again_with_new_numbers_in_it(sandbox: Sandbox) -> None:
    source = (
        "seen = []\n"
        "def f(model):\n"
        "    seen.append(model)\n"
        "    model[0].weight.setflags(write=False)\n"
        "    return [model is other for other in seen], model[0].weight, model[0].weight.flags.f_contiguous"
    )
    calls = [Call(network(1, 2)), Call(network(3, 4)), Call(network(5, 6), again=0), Call(network(5, 6), again=2)]
    answers = judge(sandbox, source, calls).answers
    assert [answer.value[0] for answer in answers] == [
        [True],
        [False, True],
        [True, False, True],
        [True, False, True, True],
    ]
    for call, answer in zip(calls, answers, strict=True):
        assert np.array_equal(answer.value[1], call.model[0].weight)
        assert answer.value[2]
        assert answer.model_after is None


def test_a_network_comes_again_whole_whatever_became_of_it(sandbox: Sandbox) -> None:
    source = (
        "import numpy as np\n"
        "def f(model, x):\n"
        "    came = [array.copy() for _, array in model.named_parameters()]\n"
        "    if x == 0: model[0].weight = np.broadcast_to(model[0].weight[0], model[0].weight.shape)\n"
        "    if x == 1: model[0].weight = None\n"
        "    if x == 2: model.layers = ()\n"
        "    if x == 3: del model.layers[0].weight\n"
        "    if x == 4: del model.layers\n"
        "    return came"
    )
    calls = [Call(network(7, 7))] + [Call(network(x, 9), again=0) for x in range(6)]
    calls = [replace(call, args=(place,)) for place, call in enumerate(calls)]
    for call, answer in zip(calls, judge(sandbox, source, calls).answers, strict=True):
        assert np.array_equal(answer.value[0], call.model[0].weight)


def test_late_answers_are_looked_at_behind_the_last_call(sandbox: Sandbox) -> None:
    source = "kept = []\ndef f(model, x):\n    kept.append(x)\n    if x > 2: raise KeyError(x)\n    return kept"
    plain = [Call(tiny(), (x,)) for x in range(4)]
    assert [answer.value for answer in judge(sandbox, source, plain).answers] == [[0], [0, 1], [0, 1, 2], None]
    late = [Call(tiny(), (x,), late=x == 1) for x in range(4)]
    answers = judge(sandbox, source, late).answers
    assert [answer.value for answer in answers] == [[0], [0, 1, 2, 3], [0, 1, 2, 3], None]
    assert answers[3].raised is not None


def test_a_child_goes_on_from_test_to_test(sandbox: Sandbox) -> None:
    with sandbox.open(1 << 28, 1 << 20) as child:
        child.load(
            "seen = []\ndef f(m, x):\n    print(x)\n    seen.append(x)\n    return list(seen)",
            "f",
            cpu_seconds=5,
            wall_seconds=30,
        )
        for turn in range(5):
            child.send([Call(tiny(), (turn,))], cpu_seconds=5, wall_seconds=30)
            run = child.collect()
            assert run.answers[0].value == list(range(turn + 1))
            assert run.output == f"{turn}\n"


def test_large_networks_and_answers(sandbox: Sandbox) -> None:
    weight = np.random.default_rng(1).standard_normal((1000, 1000))
    source = """
import numpy as np
def f(model, share):
    return model.copy(), {"0.weight": np.ones((1000, 1000), np.longdouble)}
"""
    outcome = judge(sandbox, source, [Call(Sequential([Linear(weight)]), (0.5,))], memory=512 << 20)
    network, masks = outcome.value
    assert network.layers[0].attributes["weight"].tobytes() == weight.tobytes()
    assert masks.items[0][1].shape == (1000, 1000)
    assert masks.items[0][1].dtype == np.longdouble
