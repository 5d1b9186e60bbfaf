"""The tests of ``structured_pruning``: one function a group of cases.toml, in its order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from judge.domain.case import Call
from judge.generators import fractions, odd, orders, sequences
from judge.generators import norms as hard
from judge.generators import trained as networks
from judge.generators.draft import Draft
from judge.generators.families import Family
from judge.generators.gaps import norms_apart, separate_norms
from judge.generators.tiny import Tiny
from judge.nn import AvgPool2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, Sigmoid
from judge.nn.layouts import channels_last, fortran, strided

Rng = np.random.Generator

TINY_CALLS = 160
TINY_BATCH = 40  # one is checked while the next is computed


def f32(*rows: Any) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


def call(model: Sequential, ratio: float, norm: int | None = None, raises: str | None = None) -> Call:
    return Call(model, (ratio,), {} if norm is None else {"norm": norm}, raises)


def both_norms(model: Sequential, rng: Rng, inputs: np.ndarray) -> Draft:
    """L1 and L2 on one network, with inputs to compare outputs on."""
    separate_norms(model)
    calls = (call(model, fractions.draw(rng)), call(model.copy(), fractions.draw(rng), 2))
    return Draft(calls, {"inputs": (inputs, inputs)})


def samples(rng: Rng) -> Iterator[Draft]:
    first = Linear(f32([3.0, 0.0], [1.75, -1.75], [0.5, -1.0]), f32(0.1, 0.2, 0.3))
    model = Sequential([first, ReLU(), Linear(f32([1.0, -2.0, 4.0]))])
    inputs = f32([1.0, 2.0], [-1.0, 0.5])
    yield Draft((call(model, 0.34),), {"inputs": (inputs,)})
    yield Draft((call(model.copy(), 0.67),), {"inputs": (inputs,)})
    yield Draft((call(model.copy(), 0.67, 2),), {"inputs": (inputs,)})


def small(rng: Rng) -> Iterator[Draft]:
    for widths in ((3, 4, 2), (2, 6, 3), (4, 5, 3, 2)):
        yield both_norms(Family(rng).mlp(widths, norm=False, bias=True), rng, rng.standard_normal((3, widths[0])))


def norms(rng: Rng) -> Iterator[Draft]:
    for model in hard.rows_against_each_other(rng):
        yield Draft(tuple(call(model.copy(), ratio, norm) for ratio in (0.34, 0.5, 0.67) for norm in (None, 1, 2)))
    yield Draft(
        (
            *(call(model, 0.5, norm) for model, norm in hard.filters_against_each_other(rng)),
            *(call(model, 0.34, norm) for model, norm in hard.far_apart(rng)),
            *(call(model, 0.5, norm) for model, norm in hard.of_few_digits(rng)),
            *(call(model, 0.5, norm) for model, norm in hard.at_the_ends()),
        )
    )
    # cut columns change the norms of the second layer: large weights on channels that go
    family = Family(rng)
    first, second = family.linear(3, 6), family.linear(6, 6)
    second.weight[np.arange(6), rng.permutation(6)] *= 4
    yield both_norms(
        Sequential([first, Sigmoid(), second, ReLU(), family.linear(6, 2)]), rng, rng.standard_normal((3, 3))
    )


def counts(rng: Rng) -> Iterator[Draft]:
    turn = int(rng.integers(3))
    for pairs in (fractions.BELOW, fractions.ABOVE):
        calls = []
        for ratio, out in pairs:
            turn += 1
            norm, family = int(rng.integers(1, 3)), Family(rng)
            head = family.linear(out, 1)
            counted = (
                [family.linear(2, out), ReLU(), head],
                [family.linear(3, 4), ReLU(), family.linear(4, out), ReLU(), head],
                [family.conv(2, out, (1, 1)), ReLU(), family.conv(out, 1, (1, 1))],
            )[turn % 3]
            calls.append(call(separate_norms(Sequential(counted), (norm,)), ratio, norm))
        yield Draft(tuple(calls))
    calls = []
    for ratio, out in fractions.FINE + fractions.NARROW:
        model = Sequential([Family(rng).linear(2, out), ReLU(), Family(rng).linear(out, 1)])
        calls.append(call(separate_norms(model, (1,)), ratio))
    model = separate_norms(Sequential([Family(rng).linear(2, 1000), ReLU(), Family(rng).linear(1000, 1)]), (1,))
    yield Draft((*calls, *(call(model.copy(), ratio) for ratio in fractions.CLOSE)))


def mlp(rng: Rng) -> Iterator[Draft]:
    for widths in ((5, 8, 6, 3), (4, 7, 9, 5, 2)):
        yield both_norms(Family(rng).mlp(widths, norm=True), rng, rng.standard_normal((4, widths[0])))
    family = Family(rng)
    twice = [
        family.linear(4, 6),
        family.norm1d(6),
        family.activation(),
        family.norm1d(6),
        Sigmoid(),
        family.linear(6, 3),
    ]
    yield both_norms(Sequential(twice), rng, rng.standard_normal((4, 4)))


def cnn(rng: Rng) -> Iterator[Draft]:
    for channels, size in (((2, 5, 6), (7, 9)), ((1, 4, 6, 5), (10, 8))):
        model, shape = Family(rng).cnn(channels, size, 3)
        yield both_norms(model, rng, rng.standard_normal((2, *shape)))
    family = Family(rng)
    strided_layers = [
        family.conv(2, 5, (3, 2), (2, 1), (1, 2)),
        family.norm2d(5),
        ReLU(),
        family.conv(5, 4, (2, 3), (1, 2), (0, 1)),
        Sigmoid(),
        family.conv(4, 3, (1, 1)),
    ]
    yield both_norms(Sequential(strided_layers), rng, rng.standard_normal((2, 2, 6, 7)))


def flatten(rng: Rng) -> Iterator[Draft]:
    for channels, size in (((1, 4, 5), (6, 9)), ((2, 6), (5, 8))):
        model, shape = Family(rng).cnn(channels, size, 2, hidden=6)
        yield both_norms(model, rng, rng.standard_normal((2, *shape)))
    # more channels, features and pixels than one byte counts, more features than float16 does
    calls = [
        call(Sequential([Family(rng).conv(1, 150, (2, 2)), Flatten(), Family(rng).linear(2400, 2)]), 0.3),
        call(Sequential([Family(rng).conv(1, 4, (1, 2)), ReLU(), Flatten(), Family(rng).linear(1600, 2)]), 0.5),
    ]
    for one in calls:
        separate_norms(one.model, (1,))
    half = Family(rng, np.float16)
    filters = separate_norms(keep_in_range(Sequential([half.conv(1, 4, (1, 2))]), rng))
    rising = np.abs(filters[0].weight).sum(axis=(1, 2, 3)).argsort()
    filters[0].weight = filters[0].weight[rising].copy()  # the last ones stay
    head = keep_in_range(Sequential([half.linear(3000, 2)]), rng)
    calls.append(call(Sequential([*filters, Flatten(), half.norm1d(3000), *head]), 0.5))
    yield Draft(tuple(calls))
    family = Family(rng)
    layers = [
        family.conv(1, 5, (2, 2)),
        family.norm2d(5),
        AvgPool2d((2, 1)),
        Flatten(),
        family.norm1d(5 * 2 * 3),
        Sigmoid(),
        family.linear(5 * 2 * 3, 4),
        family.norm1d(4),
        family.linear(4, 2),
    ]
    yield both_norms(Sequential(layers), rng, rng.standard_normal((3, 1, 5, 4)))


def one_stays(rng: Rng) -> Iterator[Draft]:
    calls, inputs = [], []
    for widths, ratio in (
        ((3, 4, 2), 0.999),
        ((2, 1, 3), 0.9),
        ((2, 1, 1), 0.5),
        ((3, 2, 2), 0.9),
        ((2, 5, 3, 2), 0.81),
        ((2, 1, 1, 10, 1), 0.5),  # halves that are not to be made up for in the layer of ten
    ):
        model = separate_norms(Family(rng).mlp(widths, norm=True, bias=True))
        calls.append(call(model, ratio, int(rng.integers(1, 3))))
        inputs.append(rng.standard_normal((2, widths[0])))
    yield Draft(tuple(calls), {"inputs": tuple(inputs)})
    model, shape = Family(rng).cnn((1, 3, 4), (6, 8), 2)
    separate_norms(model)
    yield Draft((call(model, 0.99),), {"inputs": (rng.standard_normal((2, *shape)),)})


def ties(rng: Rng) -> Iterator[Draft]:
    for out in (4, 6, 7):
        even = rng.choice(np.array([-1, 1], np.float32), (out, 3))
        mixed = np.stack([rng.permutation(np.array([0, 1, 2 + row % 2], np.float32)) for row in range(out)])
        calls = []
        for weight in (even, mixed, np.zeros((out, 3), np.float32)):
            for norm in (1, 2):
                model = Sequential(
                    [Linear(weight.copy()), ReLU(), separate_norms(Sequential([Family(rng).linear(out, 2)]))[0]]
                )
                calls.append(call(model, fractions.draw(rng), norm))
        yield Draft(tuple(calls))
    calls = [call(model, (0.25, 0.125)[int(rng.integers(2))], norm) for model, norm in hard.more_zeros_than_go(rng)]
    shares = itertools.cycle((0.25, 0.75, 0.25, 0.75, 0.5))  # a few and most of either hundred, half of the zeros
    calls += [call(model, next(shares), norm) for model, norm in hard.equal(rng)]
    for out, fan_in, ratio in ((300, 2, 0.5), (2500, 1, 0.1)):  # the latter more than float16 counts
        wide = rng.choice(np.array([-1, 1], np.float16), (out, fan_in))
        calls.append(call(Sequential([Linear(wide), ReLU(), Linear(np.ones((1, out), np.float16))]), ratio))
    calls += [call(model, 0.5, norm) for model, norm in hard.equal_within_rounding(rng)]
    yield Draft(tuple(calls))


def outer_norms(rng: Rng) -> Iterator[Draft]:
    family = Family(rng)
    dense = [family.norm1d(4), family.linear(4, 6), ReLU(), family.linear(6, 4), family.norm1d(4)]
    yield both_norms(Sequential(dense), rng, rng.standard_normal((3, 4)))
    images = [
        family.norm2d(4),
        family.conv(4, 5),
        family.norm2d(5),
        ReLU(),
        family.conv(5, 4, (2, 1)),
        family.norm2d(4),
        Sigmoid(),
    ]
    yield both_norms(Sequential(images), rng, rng.standard_normal((2, 4, 5, 6)))


def dtypes(rng: Rng) -> Iterator[Draft]:
    yield both_norms(Family(rng, np.float64).mlp((5, 7, 6, 3), norm=True), rng, rng.standard_normal((3, 5)))
    model, shape = Family(rng, np.float64).cnn((1, 4, 5), (6, 8), 3)
    yield both_norms(model, rng, rng.standard_normal((2, *shape)))
    half = Sequential([])
    family = Family(rng, np.float16)
    for fan_in, out in ((4, 6), (6, 5), (5, 3)):
        half.layers += [family.linear(fan_in, out), family.norm1d(out), ReLU()]
    half.layers = half.layers[:-2]
    keep_in_range(half, rng)
    yield both_norms(half, rng, rng.standard_normal((3, 4)))


def keep_in_range(model: Sequential, rng: Rng) -> Sequential:
    """float16: |w| in [0.1, 2], so that neither a norm nor a square leaves its range before or after scaling.

    In place; return ``model``.
    """
    for layer in model:
        if isinstance(layer, (Linear, Conv2d)):
            shape = layer.weight.shape
            layer.weight[...] = rng.uniform(0.1, 2, shape) * rng.choice([-1.0, 1.0], shape)
    return model


def overflow(rng: Rng) -> Iterator[Draft]:
    for build in (hard.overflowing, hard.overflowing_further_on):
        yield Draft(tuple(call(model, 0.5, norm) for model, norm in build(rng)))


def layouts(rng: Rng) -> Iterator[Draft]:
    dense = separate_norms(Family(rng).mlp((5, 6, 4), norm=True, bias=True))
    calls = []
    for change in (fortran, strided):
        model = dense.copy()
        for layer in model:
            if isinstance(layer, Linear):
                layer.weight = change(layer.weight)
        calls += [call(model, 0.4), call(model, 0.6, 2)]
    yield Draft(tuple(calls))
    images, shape = Family(rng).cnn((2, 4, 5), (6, 8), 3, hidden=4)
    inputs = rng.standard_normal((2, *shape))
    separate_norms(images)
    for layer in images:
        if isinstance(layer, Conv2d):
            layer.weight = channels_last(layer.weight)
    mixed = odd.dressed(images.copy(), int(rng.integers(5)))
    yield Draft(
        tuple(call(model, fractions.draw(rng), norm) for model in (images, mixed) for norm in (1, 2)),
        {"inputs": (inputs,) * 4},
    )
    calls = []
    for dtype, norm in itertools.product((np.float64, np.float16), (1, 2)):
        model = odd.three_orders(Family(rng, dtype), lambda one: separate_norms(keep_in_range(one, rng)))
        calls.append(call(model, fractions.middle(rng), norm))
    yield Draft(tuple(calls))


def ends(rng: Rng) -> Iterator[Draft]:
    dense = separate_norms(Family(rng).mlp((4, 5, 3), norm=True, bias=True))
    only_output = separate_norms(Family(rng).mlp((3, 4), norm=False, bias=True))
    family = Family(rng)
    conv_last = separate_norms(Sequential([family.conv(2, 4), ReLU(), family.conv(4, 1, (1, 1))]))
    only_conv = separate_norms(Sequential([family.conv(2, 4, bias=True)]))
    for norm in (1, 2):
        calls = [
            call(model.copy(), ratio, norm)
            for model in (dense, only_output, conv_last)
            for ratio in (0.0, 1e-9, 1e-5, 0.5, 0.999999, 1 - 2**-53, -0.0)
        ]
        yield Draft((*calls, *(call(only_conv.copy(), ratio, norm) for ratio in (0.5, 0.999999))))


def arguments(rng: Rng) -> Iterator[Draft]:
    model = separate_norms(Family(rng).mlp((3, 4, 2), norm=True, bias=True))
    bad = (-0.1, 1.0, 1.5, float("nan"), float("inf"), float("-inf"), -1e-9, 30.0, -5e-324, 1 + 2**-52, 2.0, -1.0, -0.5)
    yield Draft(tuple(call(model.copy(), ratio, raises="ValueError") for ratio in bad))
    yield Draft(tuple(call(model.copy(), ratio, 2, raises="ValueError") for ratio in bad[:4]))
    unknown = [
        *((0.5, norm) for norm in (0, 3, 4, 5, 10, 100, 257, -1, -2, 12)),
        (0.0, 3),
        (0.0, 0),
        (1.5, 3),
        (float("nan"), 3),
    ]
    yield Draft(tuple(call(model.copy(), ratio, norm, raises="ValueError") for ratio, norm in unknown))
    output = Family(rng).mlp((3, 4), norm=False, bias=True)  # nothing to prune, and yet the arguments are wrong
    family = Family(rng)
    images = [family.conv(1, 4, (2, 2), (2, 1), (0, 1)), family.norm2d(4), MaxPool2d((2, 1), (1, 2)), Flatten()]
    others = (
        output,
        Sequential([family.linear(2, 1), ReLU(), family.linear(1, 1)]),
        Sequential([family.conv(4, 5), ReLU(), family.conv(5, 2)]),
        Sequential([*images, Family(rng).linear(4 * 2 * 2, 3, bias=False)]),
        Family(rng, np.float16).mlp((3, 4, 2), norm=False, bias=False),
        Sequential([family.norm1d(3), family.linear(3, 4), ReLU(), family.linear(4, 2)]),
        Sequential([Flatten(), family.linear(3, 4), Sigmoid(), family.linear(4, 2)]),
    )
    wrong = ((1.5, None), (1.0, 2), (float("nan"), 1), (-0.1, None), (0.5, 3), (0.5, 0))
    yield Draft(tuple(call(one.copy(), ratio, norm, raises="ValueError") for one in others for ratio, norm in wrong))


def repeated(rng: Rng) -> Iterator[Draft]:
    model = separate_norms(Family(rng).mlp((5, 6, 4), norm=True, bias=True))
    other = separate_norms(Family(rng).mlp((5, 6, 4), norm=True, bias=True))
    plan = [(model, 0.7, 1), (model, 0.2, 2), (model, 0.5, None), (other, 0.5, None), (model, 0.7, 1)]
    yield Draft(tuple(call(m.copy(), ratio, norm) for m, ratio, norm in plan))
    yield Draft(
        (
            call(model.copy(), 0.5, 2),
            call(model.copy(), float("nan"), raises="ValueError"),
            call(model.copy(), 0.5),
            call(other.copy(), 0.3, 2),
            *(call(Sequential([Linear(weight)]), 0.5) for weight in sequences.same_bytes(model[0].weight)),
        )
    )
    asked = [((share,), how) for how in ({}, {"norm": 2}) for share in (0.5, 0.2)]
    yield from sequences.drafts(separate_norms(sequences.network(Family(rng))), asked)


def unusual(rng: Rng) -> Iterator[Draft]:
    turn = int(rng.integers(12))
    for dtype in (np.float32, np.float64, np.float16):
        calls = []
        family = Family(rng, dtype)
        for model in odd.some((*odd.plain(family), *orders.plain(family), *orders.sliced(family)), dtype):
            turn += 1
            if dtype == np.float16:
                keep_in_range(model, rng)
            model = odd.dressed(odd.scaled(odd.tied(separate_norms(model)), turn), turn)
            calls.append(call(model, fractions.middle(rng), 1 + turn % 2))
        yield Draft(tuple(calls))
    twins = odd.twins(Family(rng))
    yield Draft(tuple(call(twins.copy(), ratio, norm) for ratio in (0.3, 0.75) for norm in (1, 2)))


def tiny(rng: Rng) -> Iterator[Draft]:
    yield from sequences.batches(itertools.islice(tiny_calls(Tiny(rng)), TINY_CALLS), TINY_BATCH)


def tiny_calls(source: Tiny) -> Iterator[Call]:
    while True:
        model = source.network(residual=False)
        norm = (None, 1, 2)[source.below(3)]
        # The values keep every gap by themselves, but for L2 in float16.
        if model[0].weight.dtype == np.float16 and norm == 2:
            layers = [layer for layer in model if isinstance(layer, (Linear, Conv2d))]
            if not all(norms_apart(layer.weight, norm) for layer in layers):
                continue
        yield call(model, min(source.fraction(), 0.999), norm)


def trained(rng: Rng) -> Iterator[Draft]:
    for name in networks.names():
        data = networks.digits(name)
        ratio = (0.25, 0.5, 0.75)[int(rng.integers(3))]
        norm = int(rng.integers(1, 3))
        yield Draft((call(networks.load(name), ratio, norm),), {"inputs": (data.test_images[:32],), "digits": name})


def large(rng: Rng) -> Iterator[Draft]:
    """Many channels of few weights: removing them one by one, each time with all norms, takes too long."""
    family = Family(rng)
    dense = [
        family.linear(40, 2400),
        family.norm1d(2400),
        ReLU(),
        family.linear(2400, 60),
        ReLU(),
        family.linear(60, 10),
    ]
    images = [
        family.conv(1, 2400, (5, 8)),
        family.norm2d(2400),
        ReLU(),
        family.conv(2400, 60, (1, 1)),
        ReLU(),
        family.conv(60, 10, (1, 1)),
    ]
    yield Draft(
        (
            call(separate_norms(Sequential(dense), (1,)), 0.5, 1),
            call(separate_norms(Sequential(images), (2,)), 0.9, 2),
        ),
        large=True,
    )
