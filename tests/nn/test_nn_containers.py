"""Sequential and Residual as containers: the live list, names, copies, subclasses, repr."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from judge import nn
from judge.nn.base import Layer


def f32(*shape):
    return np.random.default_rng(len(shape)).normal(size=shape).astype(np.float32)


def norm(kind, size):
    return kind(f32(size), f32(size), f32(size), np.ones(size, np.float32))


@pytest.fixture
def model():
    inner = nn.Residual(
        nn.Sequential([nn.Conv2d(f32(4, 4, 1, 1), f32(4))]), nn.Sequential([nn.Conv2d(f32(4, 4, 1, 1), f32(4))])
    )
    body = nn.Sequential([nn.Conv2d(f32(4, 4, 3, 3), padding=1), norm(nn.BatchNorm2d, 4), nn.GELU(), inner])
    return nn.Sequential([
        nn.Conv2d(f32(4, 2, 3, 3), f32(4), padding=1), norm(nn.BatchNorm2d, 4), nn.ReLU(), nn.Residual(body),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(f32(3, 24), f32(3)),
    ])  # fmt: skip


# The same network in torch 2.13: its named_parameters(), and its named_modules() without children.
TORCH_PARAMETERS = [
    "0.weight", "0.bias", "1.weight", "1.bias", "3.body.0.weight", "3.body.1.weight", "3.body.1.bias",
    "3.body.3.body.0.weight", "3.body.3.body.0.bias", "3.body.3.shortcut.0.weight", "3.body.3.shortcut.0.bias",
    "6.weight", "6.bias",
]  # fmt: skip
TORCH_LEAVES = [
    "0",
    "1",
    "2",
    "3.body.0",
    "3.body.1",
    "3.body.2",
    "3.body.3.body.0",
    "3.body.3.shortcut.0",
    "4",
    "5",
    "6",
]


def arrays_of(layer):
    """Every array a network holds, running statistics included."""
    for _, leaf in layer.named_modules():
        yield from (value for value in vars(leaf).values() if isinstance(value, np.ndarray))


# --- names --------------------------------------------------------------------------------------------------------


def test_names_are_torchs(model):
    assert [name for name, _ in model.named_parameters()] == TORCH_PARAMETERS
    assert [name for name, _ in model.named_modules()] == TORCH_LEAVES


def test_named_things_are_the_networks_own(model):
    parameters, modules = dict(model.named_parameters()), dict(model.named_modules())
    assert parameters["3.body.1.bias"] is model[3].body[1].bias
    assert parameters["0.weight"] is model.layers[0].weight
    assert modules["3.body.3.shortcut.0"] is model[3].body[3].shortcut[0]
    assert not any(isinstance(module, (nn.Sequential, nn.Residual)) for module in modules.values())


def test_a_leaf_names_itself_and_its_parameters():
    layer = nn.Linear(f32(2, 3), f32(2))
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]
    assert list(layer.named_modules()) == [("", layer)]
    assert list(nn.Sequential([]).named_modules()) == []


def test_names_follow_changes(model):
    model[0].bias = None
    del model[1:5]
    assert [name for name, _ in model.named_parameters()] == ["0.weight", "2.weight", "2.bias"]


@pytest.mark.parametrize("stranger", [None, "relu", np.zeros(2)])
def test_a_stranger_among_the_layers_is_named(stranger):
    model = nn.Sequential([nn.ReLU(), stranger])
    with pytest.raises(TypeError, match=f"{type(stranger).__name__} at '1'"):
        list(model.named_parameters())
    with pytest.raises(TypeError, match="layer 1 of the Sequential"):
        model(np.zeros((1, 2)))


# --- the list -----------------------------------------------------------------------------------------------------


def test_layers_is_the_live_list():
    model = nn.Sequential([nn.ReLU()])
    model.layers.append(nn.Tanh())
    assert len(model) == 2
    assert [type(layer) for layer in model] == [nn.ReLU, nn.Tanh]
    model.layers[0] = nn.GELU()
    assert isinstance(model[0], nn.GELU)


@pytest.mark.parametrize("form", [list, tuple, iter, nn.Sequential])
def test_layers_from_any_iterable_into_a_list_of_its_own(form):
    layers = [nn.ReLU(), nn.Tanh()]
    model = nn.Sequential(form(layers))
    assert type(model.layers) is list
    assert model.layers == layers
    assert model.layers is not layers


def test_indexing(model):
    layers = list(model)
    assert model[-1] is layers[-1]
    assert model[np.int64(2)] is layers[2]
    assert layers[2] in model
    assert list(reversed(model)) == layers[::-1]
    part = model[1:-1:2]
    assert type(part) is nn.Sequential
    assert part.layers == layers[1:-1:2]
    with pytest.raises(IndexError):
        model[7]


def test_a_slice_shares_layers_but_not_the_list(model):
    part = model[:]
    part[0] = nn.ReLU()
    assert isinstance(model[0], nn.Conv2d)
    assert part[6] is model[6]


@pytest.mark.parametrize("form", [list, tuple])
def test_items_can_be_assigned_deleted_and_added(form):
    a, b, c = nn.ReLU(), nn.Tanh(), nn.GELU()
    model = nn.Sequential([])
    model.layers = form([a, b])
    model[0] = c
    assert list(model) == [c, b]
    model[1:] = [a, b]
    assert list(model) == [c, a, b]
    del model[0]
    assert list(model) == [a, b]
    assert list(model.append(c)) == [a, b, c]
    assert list(model.insert(0, c).extend([a])) == [c, a, b, c, a]


def test_layers_may_be_a_tuple(model):
    x = f32(2, 2, 6, 5)
    expected = model(x)
    model.layers = tuple(model.layers)
    assert np.array_equal(model(x), expected)
    assert [name for name, _ in model.named_modules()] == TORCH_LEAVES
    assert len(model[2:4]) == 2


def test_an_empty_network_is_the_identity():
    x = f32(2, 3)
    assert np.array_equal(nn.Sequential([])(x), x)
    assert np.array_equal(nn.Residual(nn.Sequential([]))(x), 2 * x)


# --- copies -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "duplicate",
    [nn.Sequential.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_deep_copies_share_nothing_and_equal_all(model, duplicate):
    model[6].weight = np.asfortranarray(model[6].weight)[:, ::-1]
    x = f32(2, 2, 6, 5)
    expected = model(x)
    twin = duplicate(model)
    originals = list(arrays_of(model))
    for original, copied in zip(originals, arrays_of(twin), strict=True):
        assert original.dtype == copied.dtype
        assert np.array_equal(original, copied)
        assert copied.flags.writeable
        assert not any(np.shares_memory(copied, other) for other in originals)
    for name, leaf in twin.named_modules():
        assert leaf is not dict(model.named_modules())[name]
    assert twin[3].body is not model[3].body
    assert twin[0].padding == (1, 1)
    for array in arrays_of(twin):
        array[...] = 0
    del twin.layers[0]
    assert np.array_equal(model(x), expected)


class Array(np.ndarray):
    pass


@pytest.mark.parametrize("duplicate", [nn.Sequential.copy, copy.deepcopy], ids=["copy", "deepcopy"])
def test_what_occurs_twice_in_a_network_is_one_thing_in_its_copy(duplicate):
    """Tied weights, a layer in two places, lists and strange things that a submission hung on, the network itself."""
    weight = f32(3, 3)
    first, second = nn.Linear(weight), nn.Linear(weight.T, bias=weight[0])
    model = nn.Sequential([first, nn.ReLU(), nn.Sequential([second, first]), nn.Residual(nn.Sequential([first]))])
    first.note = [weight, {"of": second}, (1, [2])]
    second.around = model
    second.named = np.array(["a", None], dtype=object)
    first.running = weight.view(Array)
    twin = duplicate(model)
    again, other = twin[2][0], twin[0]
    assert twin[2][1] is other and twin[3].body[0] is other  # noqa: PT018
    assert other.note[0] is other.weight
    assert other.note[1]["of"] is again
    assert other.note[2][1] is not first.note[2][1]
    assert again.around is twin
    assert again.named is not second.named
    assert again.named.dtype == object
    assert type(other.running) is Array
    assert not any(np.shares_memory(a, b) for a in arrays_of(twin) for b in arrays_of(model))


def test_a_layer_can_be_copied_deeply():
    layer = nn.Conv2d(f32(2, 3, 2, 2), None, (1, 2), 1)
    twin = copy.deepcopy(layer)
    assert not np.shares_memory(twin.weight, layer.weight)
    assert (twin.bias, twin.stride, twin.padding, twin.groups) == (None, (1, 2), (1, 1), 1)


def test_a_shallow_copy_of_a_layer_takes_new_attributes():
    layer = nn.Linear(f32(2, 3))
    twin = copy.copy(layer)
    twin.weight = twin.weight * 0
    assert layer.weight.any()


# --- subclasses and repr --------------------------------------------------------------------------------------------


class Masked(nn.Linear):
    def __init__(self, weight, mask):
        super().__init__(weight * mask)
        self.mask = mask


class Network(nn.Sequential):
    def __init__(self, width):
        super().__init__([Masked(np.ones((width, width), np.float32), np.eye(width, dtype=np.float32)), nn.ReLU()])
        self.note = {"width": width}


def test_subclasses_are_layers_and_copy_as_themselves():
    twin = Network(3).copy()
    assert type(twin) is Network
    assert type(twin[0]) is Masked
    assert twin.note == {"width": 3}
    assert type(twin[:1]) is nn.Sequential
    assert [name for name, _ in twin.named_parameters()] == ["0.weight"]
    assert np.array_equal(twin(np.ones((1, 3), np.float32)), np.ones((1, 3)))


def test_a_layer_of_ones_own_needs_a_forward():
    class Scale(Layer):
        def forward(self, x):
            return 2 * np.asarray(x)

    assert np.array_equal(nn.Sequential([Scale()])(np.ones((1, 2))), [[2.0, 2.0]])
    with pytest.raises(NotImplementedError, match="Layer defines no forward"):
        Layer()(np.ones((1, 2)))


def test_repr_is_torchs(model):
    assert repr(model).splitlines() == [
        "Sequential(",
        "  (0): Conv2d(2, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))",
        "  (1): BatchNorm2d(4, eps=1e-05)",
        "  (2): ReLU()",
        "  (3): Residual(",
        "    (body): Sequential(",
        "      (0): Conv2d(4, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)",
        "      (1): BatchNorm2d(4, eps=1e-05)",
        "      (2): GELU()",
        "      (3): Residual(",
        "        (body): Sequential(",
        "          (0): Conv2d(4, 4, kernel_size=(1, 1), stride=(1, 1))",
        "        )",
        "        (shortcut): Sequential(",
        "          (0): Conv2d(4, 4, kernel_size=(1, 1), stride=(1, 1))",
        "        )",
        "      )",
        "    )",
        "  )",
        "  (4): MaxPool2d(kernel_size=(2, 2), stride=(2, 2))",
        "  (5): Flatten()",
        "  (6): Linear(in_features=24, out_features=3, bias=True)",
        ")",
    ]
    assert repr(nn.Sequential([])) == "Sequential()"
    assert (
        repr(nn.Conv2d(f32(4, 1, 1, 2), f32(4), groups=2))
        == "Conv2d(2, 4, kernel_size=(1, 2), stride=(1, 1), groups=2)"
    )


def test_repr_never_fails():
    broken = nn.Linear(f32(2, 3))
    broken.weight = None
    model = nn.Sequential([broken, 3, object.__new__(nn.Conv2d), object.__new__(nn.Residual)])
    assert repr(model).splitlines()[1:3] == ["  (0): Linear(...)", "  (1): 3"]
    model.layers = 3
    assert repr(model) == "Sequential(...)"
