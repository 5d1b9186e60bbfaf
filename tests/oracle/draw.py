"""Tiny networks, calls with their right answers, and damages to answers. Everything hangs on one ``Random``."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from tests.oracle import channels, plain, weights
from tests.oracle.plain import Given, Layer, Masks, Net, Network, Reply, Tensor

VALUES = (-4.0, -2.0, -1.0, -0.5, -0.0, 0.0, 0.0, 0.25, 0.5, 1.0, 1.0, 2.0)
FRACTIONS = (0.0, 0.1, 0.25, 0.29, 0.34, 0.5, 0.5, 0.6, 0.7, 0.75, 0.9, 1e-9, 1 - 1e-12)
WRONG = (-0.1, 1.5, float("nan"), float("inf"), -1e-9)
ACTIVATIONS = ("ReLU", "Tanh", "Sigmoid", "GELU")


class Maker:
    """Builds one network layer by layer, keeping the shape of what flows through it."""

    def __init__(self, rng: Random, most: int) -> None:
        self.rng, self.most = rng, most
        self.dtype = rng.choice(("float32", "float32", "float64", "float16"))
        self.shape: tuple[int, ...] = ()

    def tensor(self, *shape: int) -> Tensor:
        """Few values, so that ties and zeros are common."""
        return Tensor(self.dtype, shape, [self.rng.choice(VALUES) for _ in range(plain.size(shape))])

    def bias(self, n: int) -> Tensor | None:
        """A vector of unequal entries, or none."""
        return None if self.rng.random() < 0.3 else self.vector(n)

    def vector(self, n: int) -> Tensor:
        """Unequal positive entries."""
        start = self.rng.choice((0.125, 0.5, 3.0))
        return Tensor(self.dtype, (n,), [start + 0.25 * i for i in range(n)])

    def linear(self, out: int) -> Layer:
        layer = {"kind": "Linear", "weight": self.tensor(out, self.shape[0]), "bias": self.bias(out)}
        self.shape = (out,)
        return layer

    def convolution(self, out: int, groups: int = 1) -> Layer:
        c, h, w = self.shape
        kernel = (self.rng.randint(1, min(2, h)), self.rng.randint(1, min(2, w)))
        padding, stride = (self.rng.choice((0, 0, 1)), 0), (self.rng.choice((1, 1, 2)), 1)
        self.shape = (out, (h + 2 * padding[0] - kernel[0]) // stride[0] + 1, w - kernel[1] + 1)
        weight = self.tensor(out, c // groups, *kernel)
        return {"kind": "Conv2d", "weight": weight, "bias": self.bias(out), "stride": stride, "padding": padding} | {
            "groups": groups
        }

    def norm(self) -> Layer:
        kind = "BatchNorm1d" if len(self.shape) == 1 else "BatchNorm2d"
        return {"kind": kind} | {name: self.vector(self.shape[0]) for name in plain.ARRAYS} | {"eps": 1e-3}

    def pool(self) -> Layer:
        c, h, w = self.shape
        kernel, stride = (min(2, h), 1), (1, self.rng.choice((1, 2)))
        self.shape = (c, h - kernel[0] + 1, (w - 1) // stride[1] + 1)
        return {"kind": self.rng.choice(("MaxPool2d", "AvgPool2d")), "kernel_size": kernel, "stride": stride}

    def residual(self) -> Layer:
        start = self.shape
        body = [self.linear(start[0])]
        shortcut = [self.linear(start[0])] if self.rng.random() < 0.4 else None
        return {"kind": "Residual", "body": body, "shortcut": shortcut}

    def between(self) -> list[Layer]:
        """Layers without prunable weights."""
        layers: list[Layer] = []
        if self.rng.random() < 0.4:
            layers.append(self.norm())
        if self.rng.random() < 0.6:
            layers.append({"kind": self.rng.choice(ACTIVATIONS)})
        if len(self.shape) == 3 and self.rng.random() < 0.4:
            layers.append(self.pool())
        return layers

    def network(self, residual: bool) -> tuple[Network, tuple[int, ...]]:
        """Return a network and the shape of one input of it."""
        images = self.rng.random() < 0.5
        start = (self.rng.randint(1, 2), self.rng.randint(2, 3), self.rng.randint(1, 2)) if images else None
        self.shape = start = start or (self.rng.randint(1, self.most),)
        layers: Network = [self.norm()] if self.rng.random() < 0.15 else []
        for _ in range(self.rng.randint(1, 2)):
            out = self.rng.randint(1, self.most)
            if len(self.shape) == 3:
                groups = 2 if residual and self.shape[0] == 2 and out % 2 == 0 else 1
                layers += [self.convolution(out, groups), *self.between()]
            else:
                layers += [self.linear(out), *self.between()]
        if len(self.shape) == 1 and residual and self.rng.random() < 0.4:
            layers.append(self.residual())
        if len(self.shape) == 3 and self.rng.random() < 0.7:
            layers.append({"kind": "Flatten"})
            self.shape = (plain.size(self.shape),)
            layers += self.between()
            layers.append(self.linear(self.rng.randint(1, 2)))
        if self.rng.random() < 0.2:
            layers.append(self.norm())
        return layers, start


def weight_call(rng: Random) -> Given:
    """Return a call of ``prune_weights`` whose scopes have at most 12 weights, so that choices can be enumerated."""
    while True:
        network, shape = Maker(rng, 3).network(residual=True)
        if sum(len(layer["weight"].values) for _, layer in plain.prunable(network)) <= 12:
            break
    scope = rng.choice(({}, {"scope": "layer"}, {"scope": "global"}, {"scope": "global"}))
    given = Given(network, (rng.choice((*FRACTIONS, 1.0)),), scope, shape)
    return spoil_call(rng, given, {"scope": "row"})


def channel_call(rng: Random) -> Given:
    """Return a call of ``prune_structured``."""
    network, shape = Maker(rng, 4).network(residual=False)
    given = Given(network, (rng.choice(FRACTIONS),), rng.choice(({}, {"norm": 1}, {"norm": 2})), shape)
    return spoil_call(rng, given, {"norm": 3})


def spoil_call(rng: Random, given: Given, kwargs: dict[str, Any]) -> Given:
    """Now and then ask for something that must be refused."""
    chance = rng.random()
    if chance < 0.06:
        given.args, given.wrong = (rng.choice(WRONG),), True
    elif chance < 0.09:
        given.kwargs, given.wrong = kwargs, True
    return given


def right(rng: Random, problem: str, given: Given) -> Reply:
    """Return one of the legitimate answers."""
    after = plain.wrap(given.network)
    if given.wrong:
        return Reply(None, after, rng.choice((("ValueError", "Exception"), ("Mine", "ValueError", "Exception"))))
    masks = (weight_masks if problem == "weight_pruning" else channel_masks)(rng, given)
    return Reply(answer_of(problem, given, masks), after)


def weight_masks(rng: Random, given: Given) -> dict[str, list[bool]]:
    """Draw a choice for each scope; sometimes mark the zeros that it leaves, too."""
    tensors = {name: layer["weight"].values for name, layer in plain.prunable(given.network)}
    masks = {}
    for names in weights.scopes(given.network, given.kwargs.get("scope", "layer")):
        values = [value for name in names for value in tensors[name]]
        pruned = rng.choice(list(weights.choices([abs(weights.Fraction(v)) for v in values], given.args[0])))
        if rng.random() < 0.3 and all(values[i] == 0 for i in pruned):
            pruned |= {i for i, value in enumerate(values) if value == 0}
        bits = [position not in pruned for position in range(len(values))]
        for name in names:
            masks[name], bits = bits[: len(tensors[name])], bits[len(tensors[name]) :]
    return masks


def channel_masks(rng: Random, given: Given) -> dict[str, list[bool]]:
    """Draw a choice for each layer."""
    layers = plain.prunable(given.network)
    masks = {name: [True] * layer["weight"].shape[0] for name, layer in layers}
    for name, layer in layers[:-1]:
        options = list(channels.choices(layer["weight"], given.args[0], given.kwargs.get("norm", 1)))
        for channel in rng.choice(options):
            masks[name][channel] = False
    return masks


def answer_of(problem: str, given: Given, masks: dict[str, list[bool]]) -> Any:
    """Return the pair that belongs to masks, legitimate or not."""
    tensors = {name: layer["weight"] for name, layer in plain.prunable(given.network)}
    if problem == "weight_pruning":
        network = weights.masked(given.network, masks)
        shapes = {name: tensor.shape for name, tensor in tensors.items()}
    else:
        network = channels.smaller(given, masks)
        shapes = {name: tensor.shape[:1] for name, tensor in tensors.items()}
    items = [(name, Tensor("bool", shapes[name], [float(bit) for bit in bits])) for name, bits in masks.items()]
    return (Net(plain.wrap(network).layers), Masks(copy.deepcopy(items)))
