"""Inference on plain networks, in Python floats: an activation is (shape without the batch axis, flat values)."""

from __future__ import annotations

import itertools
import math
from typing import Any

from tests.oracle.plain import Layer, Network

Activation = tuple[tuple[int, ...], list[float]]

FUNCTIONS = {
    "ReLU": lambda v: max(v, 0.0),
    "Tanh": math.tanh,
    "Sigmoid": lambda v: 1 / (1 + math.exp(-v)) if v > -700 else 0.0,
    "GELU": lambda v: v * 0.5 * math.erfc(-v / math.sqrt(2)),
}


def forward(network: Network, x: Activation) -> Activation:
    """Return the output for one input."""
    for layer in network:
        x = step(layer, x)
    return x


def step(layer: Layer, x: Activation) -> Activation:
    """Return one layer's output."""
    kind = layer["kind"]
    shape, values = x
    if kind in FUNCTIONS:
        return shape, [FUNCTIONS[kind](value) for value in values]
    if kind == "Flatten":
        return (len(values),), values
    if kind == "Linear":
        return linear(layer, values)
    if kind == "Conv2d":
        return convolution(layer, x)
    if kind.startswith("BatchNorm"):
        return batch_norm(layer, x)
    if kind.endswith("Pool2d"):
        return pool(layer, x)
    body = forward(layer["body"], x)
    shortcut = x if layer["shortcut"] is None else forward(layer["shortcut"], x)
    return body[0], [a + b for a, b in zip(body[1], shortcut[1], strict=True)]


def linear(layer: Layer, values: list[float]) -> Activation:
    """y = W x + b."""
    weight, bias = layer["weight"], layer["bias"]
    out = weight.shape[0]
    rows = [weight.row(o) for o in range(out)]
    sums = [math.fsum(w * v for w, v in zip(row, values, strict=True)) for row in rows]
    return (out,), [total + (bias.values[o] if bias else 0.0) for o, total in enumerate(sums)]


def convolution(layer: Layer, x: Activation) -> Activation:
    """Cross-correlation, group by group, zeros outside."""
    (channels, height, width), values = x
    weight, bias, groups = layer["weight"], layer["bias"], layer["groups"]
    (sh, sw), (ph, pw) = layer["stride"], layer["padding"]
    out, per_group, kh, kw = weight.shape
    rows, columns = (height + 2 * ph - kh) // sh + 1, (width + 2 * pw - kw) // sw + 1
    assert channels == per_group * groups
    result = []
    for o, r, c in itertools.product(range(out), range(rows), range(columns)):
        first = o // (out // groups) * per_group
        total = bias.values[o] if bias else 0.0
        kernel = iter(weight.row(o))
        for i, dr, dc in itertools.product(range(per_group), range(kh), range(kw)):
            w = next(kernel)
            y, z = r * sh + dr - ph, c * sw + dc - pw
            if 0 <= y < height and 0 <= z < width:
                total += w * values[((first + i) * height + y) * width + z]
        result.append(total)
    return (out, rows, columns), result


def batch_norm(layer: Layer, x: Activation) -> Activation:
    """(v - mean) / sqrt(var + eps) * weight + bias, by channel."""
    shape, values = x
    inner = math.prod(shape[1:])
    vectors: Any = [layer[name].values for name in ("weight", "bias", "running_mean", "running_var")]
    result = []
    for position, value in enumerate(values):
        weight, bias, mean, variance = (vector[position // inner] for vector in vectors)
        result.append((value - mean) / math.sqrt(variance + layer["eps"]) * weight + bias)
    return shape, result


def pool(layer: Layer, x: Activation) -> Activation:
    """Maximum or mean of windows; what is left over at the end is dropped."""
    (channels, height, width), values = x
    (kh, kw), (sh, sw) = layer["kernel_size"], layer["stride"]
    rows, columns = (height - kh) // sh + 1, (width - kw) // sw + 1
    result = []
    for channel, r, c in itertools.product(range(channels), range(rows), range(columns)):
        window = [
            values[(channel * height + r * sh + dr) * width + c * sw + dc]
            for dr, dc in itertools.product(range(kh), range(kw))
        ]
        result.append(max(window) if layer["kind"] == "MaxPool2d" else math.fsum(window) / len(window))
    return (channels, rows, columns), result
