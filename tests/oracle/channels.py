"""``structured_pruning``: is an answer legitimate? Choices enumerated, entries followed from channel to column."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle import plain
from tests.oracle.forward import forward
from tests.oracle.plain import Given, Network, Reply, Tensor

EQUAL = Fraction(1, 10**6)  # norms that differ by less than this, of themselves, are equal

Choice = frozenset[int]


def counts(ratio: float, out: int) -> set[int]:
    """Return "min(floor(x) or ceil(x), out - 1)", x = Decimal(repr(ratio)) * out."""
    x = Fraction(Decimal(repr(ratio))) * out
    return {min(math.floor(x), out - 1), min(math.ceil(x), out - 1)}


def norm_of(row: list[float], norm: int) -> Any:
    """Return the L1 norm exactly, the L2 norm to some 28 digits."""
    if norm == 1:
        return sum(abs(Fraction(value)) for value in row)
    square = sum(Fraction(value) ** 2 for value in row)
    return Fraction((Decimal(square.numerator) / Decimal(square.denominator)).sqrt())


def choices(weight: Tensor, ratio: float, norm: int) -> Iterator[Choice]:
    """Yield every set of k channels in which no norm exceeds that of a channel that stays."""
    out = weight.shape[0]
    norms = [norm_of(weight.row(channel), norm) for channel in range(out)]
    for k in counts(ratio, out):
        for removed in itertools.combinations(range(out), k):
            kept = [norms[channel] for channel in range(out) if channel not in removed]
            if all(norms[channel] <= stays * (1 + EQUAL) for channel in removed for stays in kept):
                yield frozenset(removed)


def masks_legitimate(given: Given, masks: dict[str, list[bool]]) -> bool:
    """Every layer's mask leaves out one of its choices, the output layer's nothing."""
    layers = plain.prunable(given.network)
    if not all(masks[layers[-1][0]]):
        return False
    norm = given.kwargs.get("norm", 1)
    for name, layer in layers[:-1]:
        removed = frozenset(channel for channel, bit in enumerate(masks[name]) if not bit)
        if removed not in choices(layer["weight"], given.args[0], norm):
            return False
    return True


def smaller(given: Given, masks: dict[str, list[bool]]) -> Network:
    """Return the one right network for these masks.

    ``alive[i]`` tells whether feature i of the activation between two layers stems from a channel that stays. Behind
    ``Flatten`` the features are those of the real activation, so a channel is its H x W entries in C order.
    """
    result = plain.unwrap(plain.wrap(given.network))
    shape = given.input_shape
    alive = [True] * shape[0]
    for position, layer in enumerate(result):
        original = given.network[position]
        shape_after, _ = forward([original], (shape, [0.0] * math.prod(shape)))
        if layer["kind"] == "Flatten":
            inner = math.prod(shape[1:])
            alive = [alive[feature // inner] for feature in range(math.prod(shape))]
        elif layer["kind"] in plain.PRUNABLE:
            bits = masks[f"{position}.weight"]
            layer["weight"] = pick(pick(layer["weight"], 1, alive), 0, bits)
            layer["bias"] = None if layer["bias"] is None else pick(layer["bias"], 0, bits)
            alive = bits
        elif layer["kind"].startswith("BatchNorm"):
            for name in plain.ARRAYS:
                layer[name] = pick(layer[name], 0, alive)
        shape = shape_after
    return result


def pick(tensor: Tensor, axis: int, bits: list[bool]) -> Tensor:
    """Return the entries of an axis whose bit is set."""
    before, after = math.prod(tensor.shape[:axis]), math.prod(tensor.shape[axis + 1 :])
    values = []
    for block, index in itertools.product(range(before), range(tensor.shape[axis])):
        if bits[index]:
            start = (block * tensor.shape[axis] + index) * after
            values += tensor.values[start : start + after]
    shape = (*tensor.shape[:axis], sum(bits), *tensor.shape[axis + 1 :])
    return Tensor(tensor.dtype, shape, values)


def silenced(given: Given, masks: dict[str, list[bool]], x: list[float]) -> list[float]:
    """Return the original's output where what a removed channel gives to its consumer is set to zero."""
    shape, values = given.input_shape, x
    channels, producer = given.input_shape[0], None
    for position, layer in enumerate(given.network):
        if layer["kind"] in plain.PRUNABLE:
            if producer is not None:
                inner = len(values) // channels
                values = [v if masks[producer][i // inner] else 0.0 for i, v in enumerate(values)]
            producer, channels = f"{position}.weight", layer["weight"].shape[0]
        shape, values = forward([layer], (shape, values))
    return values


def computes_the_same(given: Given, masks: dict[str, list[bool]], network: Network) -> bool:
    """The contract's other definition of the smaller network, on a few inputs."""
    for shift in (0.3, -1.1):
        x = [math.sin(1.7 * i + shift) * 2 for i in range(math.prod(given.input_shape))]
        one = silenced(given, masks, x)
        _, other = forward(network, (given.input_shape, x))
        scale = max(1.0, *map(abs, one))
        if len(one) != len(other) or any(abs(a - b) > 1e-9 * scale for a, b in zip(one, other, strict=True)):
            return False
    return True


def legitimate(given: Given, reply: Reply) -> bool:
    """Return whether the contract allows this answer to this call."""
    if not plain.same_network(given.network, reply.after):
        return False
    if given.wrong:
        return reply.raised is not None and "ValueError" in reply.raised
    parts = plain.pair_of(reply)
    if reply.raised is not None or parts is None:
        return False
    net, raw = parts
    wanted = {name: layer["weight"].shape[:1] for name, layer in plain.prunable(given.network)}
    masks = plain.read_masks(raw, wanted)
    if masks is None or not masks_legitimate(given, masks):
        return False
    right = smaller(given, masks)
    assert computes_the_same(given, masks, right), "the oracle contradicts itself"
    return plain.same_network(right, net)
