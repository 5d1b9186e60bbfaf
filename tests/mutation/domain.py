"""Small domains for the question whether a mutant is equivalent: each answer is looked at by the oracle.

All tensors of a few values in a few tiny networks, with every count and both scopes or norms; then calls of every kind
of network, dtype and layer drawn with fixed seeds; then wrong arguments.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

from judge.domain.case import Call
from judge.nn.spec import pack, unpack
from tests.mutation import judging
from tests.oracle import channels, convert, draw, weights
from tests.oracle.plain import Given, Tensor

DRAWN = 800
LEGITIMATE = {"weight_pruning": weights.legitimate, "structured_pruning": channels.legitimate}
WRONG = {
    "weight_pruning": ({"scope": "row"}, (-0.1, -1e-9, 1 + 1e-9, 1.5)),
    "structured_pruning": ({"norm": 0}, (-0.1, -1e-9, 1.0, 1.5)),
}


def calls(problem: str) -> Iterator[Given]:
    """Yield every call of the domain."""
    make = weight_calls if problem == "weight_pruning" else channel_calls
    yield from make()
    kwargs, fractions = WRONG[problem]
    plain = next(make())
    for value in (*fractions, float("nan"), float("inf"), float("-inf")):
        yield Given(plain.network, (value,), {}, plain.input_shape, wrong=True)
    yield Given(plain.network, (0.5,), kwargs, plain.input_shape, wrong=True)
    drawn = draw.weight_call if problem == "weight_pruning" else draw.channel_call
    for seed in range(DRAWN):
        yield drawn(Random(seed))


def weight_calls() -> Iterator[Given]:
    """Two tensors with four weights together, each from four values."""
    for values in itertools.product((0.0, -1.0, 1.0, 2.0), repeat=4):
        tensors = [Tensor("float32", (1, 2), list(values[:2])), Tensor("float32", (2, 1), list(values[2:]))]
        network: list[Any] = [{"kind": "Linear", "weight": tensor, "bias": None} for tensor in tensors]
        for sparsity, scope in itertools.product((0.0, 0.25, 0.6, 1.0), ("layer", "global")):
            yield Given(network, (sparsity,), {"scope": scope}, (2,))


def channel_calls() -> Iterator[Given]:
    """Three channels with every choice of four rows, followed by a BatchNorm and by the layer that consumes them."""
    rows = ((0.0, 0.0), (-1.0, 1.0), (1.5, 0.0), (0.0, 2.0))
    for chosen in itertools.product(rows, repeat=3):
        weight = Tensor("float32", (3, 2), [value for row in chosen for value in row])
        bias = Tensor("float32", (3,), [0.5, 2.0, -1.0])
        norm = {
            name: Tensor("float32", (3,), [i + 0.5, i + 1.5, i + 3.0]) for i, name in enumerate(channels.plain.ARRAYS)
        }
        network: list[Any] = [
            {"kind": "Linear", "weight": weight, "bias": bias},
            {"kind": "BatchNorm1d", "eps": 1e-3} | norm,
            {"kind": "Sigmoid"},
            {"kind": "Linear", "weight": Tensor("float32", (2, 3), [1.0, 2.0, 3.0, 6.0, 5.0, 4.0]), "bias": None},
        ]
        for ratio, kind in itertools.product((0.0, 0.3, 0.5, 0.7, 0.99), (1, 2)):
            yield Given(network, (ratio,), {"norm": kind}, (2,))


@cache
def prepared(problem: str) -> list[tuple[Given, Call, Any]]:
    """Return the calls of the domain with their packed networks."""
    made = []
    for given in calls(problem):
        call = Call(convert.network(given.network), given.args, given.kwargs)
        made.append((given, call, pack(call.model)))
    return made


_judged: dict[tuple[int, bytes], bool] = {}


def difference(problem: str, function: judging.Function) -> Given | None:
    """Return the first call of the domain that is answered wrongly, or ``None``: then the mutant is equivalent."""
    for given, call, (header, arrays) in prepared(problem):
        try:
            with judging.limited(judging.SECONDS):
                reply = judging.reply(function, call, unpack(header, [array.copy() for array in arrays]))
        except (judging.TooSlow, MemoryError):
            return given
        key = (id(given), judging.digest([reply]))
        if key not in _judged:
            _judged[key] = LEGITIMATE[problem](given, convert.plain_reply(judging.decoded(*reply)))
        if not _judged[key]:
            return given
    return None


def told(given: Given) -> str:
    """Return a call in one line."""
    shapes = []
    for layer in given.network:
        weight = layer.get("weight")
        shapes.append(layer["kind"] + (f"{list(weight.shape)} {weight.dtype} {weight.values}" if weight else ""))
    return f"{', '.join(shapes)}; {', '.join(map(repr, given.args))}, {given.kwargs}"
