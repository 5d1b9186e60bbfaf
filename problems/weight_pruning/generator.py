"""The tests of ``weight_pruning``: one function a group of cases.toml, in its order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from judge.domain.case import Call
from judge.generators import fractions, magnitudes, odd, orders, sequences
from judge.generators import trained as networks
from judge.generators.draft import Draft
from judge.generators.families import Family
from judge.generators.gaps import separate_magnitudes
from judge.generators.tiny import Tiny
from judge.nn import AvgPool2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Residual, Sequential
from judge.nn.layouts import channels_last, fortran, strided

Rng = np.random.Generator

SCOPES = ("layer", "global")
TINY_CALLS = 200
TINY_BATCH = 50  # one is checked while the next is computed
LARGE_WIDTHS = (700, 400, 100)  # 320,000 weights
LARGE_FILTERS = (64, 125, 3, 3)  # 72,000


def f32(*rows: Any) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


def call(model: Sequential, sparsity: float, scope: str | None = None, raises: str | None = None) -> Call:
    return Call(model, (sparsity,), {} if scope is None else {"scope": scope}, raises)


def samples(rng: Rng) -> Iterator[Draft]:
    first = Linear(f32([0.5, -0.1, 0.3], [-0.7, 0.2, 0.0]), f32(0.01, -0.02))
    model = Sequential([first, ReLU(), Linear(f32([0.05, -0.9], [0.15, -0.15]))])
    yield Draft((call(model, 0.5),))
    yield Draft((call(model.copy(), 0.5, "global"),))
    yield Draft((call(Sequential([Linear(f32([0.0, -0.6, 0.0, 0.2, -0.0, 0.9]))]), 0.25),))


def small(rng: Rng) -> Iterator[Draft]:
    for size in ((1, 4), (2, 3), (3, 5), (4, 4)):
        model = separate_magnitudes(Family(rng).mlp((size[1], size[0]), norm=False, bias=True))
        model[0].weight[0, 0] = -4.0 - rng.random()  # the largest magnitude is a negative number
        yield Draft((call(model, fractions.draw(rng)), call(model.copy(), 0.25), call(model.copy(), 0.5, "layer")))


def counts(rng: Rng) -> Iterator[Draft]:
    pairs = [*fractions.BELOW, *fractions.ABOVE, *fractions.NARROW]
    order = rng.permutation(len(pairs))
    for half in (order[::2], order[1::2]):
        calls = []
        for position in half:
            fraction, n = pairs[int(position)]
            rows = 5 if n % 5 == 0 else 1
            weight = Family(rng).array(rows, n // rows)
            calls.append(call(separate_magnitudes(Sequential([Linear(weight)])), fraction, ("layer", "global")[n % 2]))
        yield Draft(tuple(calls))
    few = [separate_magnitudes(Family(rng).mlp((n, 1), norm=False)) for n in (3, 5, 7, 9, 11)]
    calls = [call(model, fraction) for model in few for fraction in (0.5, 0.25)]
    for pair, dtype in zip(fractions.EVERYWHERE, itertools.cycle((np.float32, np.float64, np.float16)), strict=False):
        calls += everywhere(rng, *pair, dtype)
    yield Draft(tuple(calls))
    # near an end, and more digits than a rounded product keeps
    calls = []
    for fraction, n in (*fractions.FINE, *fractions.FINE_OF_MANY):
        weights = magnitudes.ladder(rng, 1, n)
        calls.append(call(Sequential([Linear(weights.astype(np.float64) if n > 8192 else weights)]), fraction))
    close = magnitudes.ladder(rng, 1, 1000)
    calls += [call(Sequential([Linear(close.copy())]), fraction) for fraction in fractions.CLOSE]
    in_order = np.sort(np.abs(magnitudes.ladder(rng, 1, 3000)))
    yield Draft((*calls, call(Sequential([Linear(in_order)]), 0.4)))


def everywhere(rng: Rng, fraction: float, n: int, dtype: DTypeLike) -> Iterator[Call]:
    """The same number of weights in every kind of place, and in all of them together: no place may count otherwise.

    Of the total the binary product is wrong in the same direction: see :func:`fractions.several`.
    """
    weights = iter(magnitudes.ladder(rng, fractions.several(fraction, n) // n, n).astype(dtype))

    def conv(channels: int, groups: int = 1) -> Conv2d:
        return Conv2d(next(weights).reshape(n, 1, 1, 1), groups=groups)

    branched = Residual(Sequential([conv(n, n)]), Sequential([conv(n, n)]))
    row, column = (1, n), (n, 1)
    narrow = Residual(
        Sequential([Linear(next(weights).reshape(column)), ReLU(), Linear(next(weights).reshape(row))]), None
    )
    layers = [conv(1), branched, Flatten(), Linear(next(weights).reshape(row)), narrow]
    for position, weight in enumerate(weights):
        layers.append(Linear(weight.reshape(row if position % 2 else column)))
    model = Sequential(layers)
    yield call(model, fraction)
    yield call(model.copy(), fraction, "global")


def mlp(rng: Rng) -> Iterator[Draft]:
    for widths in ((6, 8, 5), (10, 12, 7, 4)):
        model = Family(rng).mlp(widths, norm=True, bias=True)
        for layer in model:
            if isinstance(layer, Linear):
                layer.bias[...] *= np.float32(0.01)  # tiny biases: ranked along, they would be the first to go
        separate_magnitudes(model)
        yield Draft(
            (call(model, fractions.draw(rng)), call(model.copy(), fractions.draw(rng), "global")),
            {"inputs": (rng.standard_normal((4, widths[0])),) * 2},
        )


def cnn(rng: Rng) -> Iterator[Draft]:
    for channels, size in (((2, 4, 6), (7, 9)), ((1, 3, 5, 4), (10, 8))):
        model, shape = Family(rng).cnn(channels, size, 3)
        separate_magnitudes(model)
        inputs = (rng.standard_normal((2, *shape)),) * 2
        yield Draft(
            (call(model, fractions.draw(rng)), call(model.copy(), fractions.draw(rng), "global")), {"inputs": inputs}
        )


def residual(rng: Rng) -> Iterator[Draft]:
    family = Family(rng)
    dense = separate_magnitudes(family.residual_mlp(5, 7, 3))
    inputs = rng.standard_normal((4, 5))
    yield Draft(
        (call(dense, fractions.draw(rng)), call(dense.copy(), fractions.draw(rng), "global")), {"inputs": (inputs,) * 2}
    )
    conv = separate_magnitudes(family.residual_cnn(3, 4, 2, (4, 6)))
    images = rng.standard_normal((2, 1, 4, 6))
    yield Draft(
        (call(conv, fractions.draw(rng)), call(conv.copy(), fractions.draw(rng), "global")), {"inputs": (images,) * 2}
    )


def global_scope(rng: Rng) -> Iterator[Draft]:
    for scales in ((0.01, 1.0, 3.0), (5.0, 0.2, 0.5)):
        layers = []
        for position, scale in enumerate(scales):
            layers += [Family(rng, scale=scale).linear(6 + position, 7 + position), ReLU()]
        model = separate_magnitudes(Sequential(layers[:-1]))
        yield Draft(tuple(call(model.copy(), fraction, "global") for fraction in fractions.draws(rng, 3)))
    # More than ten layers: sorted as text, "10.weight" comes before "2.weight".
    deep = separate_magnitudes(Family(rng).mlp((3, 4, 5, 4, 6, 5, 3, 4), norm=False))
    long = separate_magnitudes(Sequential([Family(rng).linear(1, 1, bias=False) for _ in range(70)]))
    yield Draft(tuple(call(model, share, "global") for model, share in ((deep, 0.3), (deep.copy(), 0.6), (long, 0.5))))


def ties(rng: Rng) -> Iterator[Draft]:
    for shape in ((2, 4), (4, 6), (1, 9)):
        constant = np.full(shape, 0.5, np.float32) * rng.choice(np.array([-1, 1], np.float32), shape)
        few = rng.choice(np.array([-2, -1, 1, 2], np.float32), shape)
        calls = []
        for weight in (constant, few):
            for scope in ("layer", "global"):
                calls.append(
                    call(
                        Sequential([Linear(weight.copy()), ReLU(), Linear(weight.T.copy())]), fractions.draw(rng), scope
                    )
                )
        yield Draft(tuple(calls))
    # no ties at all, and yet close: rounding, jitter or a narrower dtype makes ties of them
    ladder = rng.permutation((1.25 * (1 + 1.5e-5) ** np.arange(60)).astype(np.float32))
    close = (ladder * rng.choice(np.array([-1, 1], np.float32), 60)).reshape(6, 10)
    sizes = [np.float32(size) for size in (1, 1e-15, 7e5)]  # the same at both ends of the range
    calls = [
        call(Sequential([Linear(close * size)]), share, scope)
        for size, share in zip(sizes * 2, (0.3, 0.4, 0.3, 0.5, 0.6, 0.5), strict=True)
        for scope in SCOPES
    ]
    # more of them, in one scope, than a byte counts or float16 adds up
    for side, dtype, share in ((12, np.float32, 0.75), (50, np.float16, 0.5)):
        equal = rng.choice(np.array([-1, 1], dtype), (2, side, side))
        calls.append(call(Sequential([Linear(equal[0]), ReLU(), Linear(equal[1])]), share, "global"))
    blocks = [Linear(rng.choice(np.array([-1, 1], np.float32), (2, 2))) for _ in range(5)]
    filters = Conv2d(rng.choice(np.array([-2, 2], np.float32), (2, 1, 1, 2)))
    calls += [call(Sequential(list(blocks)), share, "global") for share in (0.2, 0.7)]
    calls += [call(Sequential([filters]).copy(), 0.5, scope) for scope in SCOPES]
    yield Draft(tuple(calls))


def zeros(rng: Rng) -> Iterator[Draft]:
    family = Family(rng)
    images = Sequential([family.conv(3, 4, (2, 1)), ReLU(), family.conv(4, 3, (1, 2))])
    for share, model in ((0.3, family.mlp((6, 5, 4), norm=False)), (0.6, images), (1.0, family.mlp((6, 5, 4)))):
        separate_magnitudes(model)
        for layer in model:
            if isinstance(layer, (Linear, Conv2d)):
                if share < 0.5:  # so small that a sign of zero which counts for something counts for more
                    layer.weight *= np.float32(1e-7)
                gone = rng.random(layer.weight.shape) < share
                gone.flat[:3] = True
                layer.weight[gone] = rng.choice(np.array([0.0, -0.0], np.float32), int(gone.sum()))
                layer.weight.flat[1:3] = -0.0
        yield Draft(tuple(call(model.copy(), s, scope) for s in (0.2, 0.5, 0.9) for scope in ("layer", "global")))


def dtypes(rng: Rng) -> Iterator[Draft]:
    wide = Family(rng, np.float64).mlp((7, 6, 4), norm=True, bias=True)
    separate_magnitudes(wide)
    yield Draft((call(wide, fractions.draw(rng)), call(wide.copy(), fractions.draw(rng), "global")))
    # float16: all exponents, so that squares overflow or vanish and sums of the kind merge what differs
    bits = rng.permutation(np.arange(1, 0x7B00, dtype=np.uint16))[:120]
    half = (bits | rng.choice(np.array([0, 0x8000], np.uint16), 120)).view(np.float16)
    near = (np.arange(0x3C00, 0x3C00 + 60, dtype=np.uint16)).view(np.float16)  # neighbours from 1.0 upwards
    model = Sequential(
        [
            Linear(half[:60].reshape(6, 10).copy(), np.ones(6, np.float16)),
            ReLU(),
            Linear(half[60:].reshape(10, 6).copy()),
        ]
    )
    # squares of the first vanish, those of the second overflow
    faint = Sequential([Linear(magnitudes.octave(rng, 1e-4)), ReLU(), Linear(magnitudes.octave(rng, 400.0))])
    close = Sequential([Conv2d(rng.permutation(near).reshape(5, 3, 2, 2))])
    yield Draft(
        (
            call(model, fractions.draw(rng)),
            call(model.copy(), fractions.draw(rng), "global"),
            call(close, fractions.draw(rng)),
            call(close.copy(), 0.35, "global"),
            call(faint, 0.5),
            call(faint.copy(), 0.4, "global"),
            *(call(*asked) for asked in magnitudes.neighbours(rng)),
        )
    )


def layouts(rng: Rng) -> Iterator[Draft]:
    dense = separate_magnitudes(Family(rng).mlp((5, 6, 4), norm=True, bias=True))
    for layer in dense:
        if isinstance(layer, Linear):
            layer.weight[1:3, 1] = -0.0
    for change in (fortran, strided):
        model = dense.copy()
        for layer in model:
            if isinstance(layer, Linear):
                layer.weight = change(layer.weight)
        yield Draft((call(model, 0.4), call(model, 0.6, "global")))
    images, _ = Family(rng).cnn((2, 3, 4), (6, 8), 3)
    separate_magnitudes(images)
    for layer in images:
        if isinstance(layer, Conv2d):
            layer.weight = channels_last(layer.weight)
    mixed = odd.dressed(images.copy(), int(rng.integers(5)))
    calls = [call(model, fractions.draw(rng), scope) for model in (images, mixed) for scope in SCOPES]
    for dtype in (np.float64, np.float16):
        separate = separate_magnitudes if dtype == np.float64 else Sequential.copy
        calls.append(call(odd.three_orders(Family(rng, dtype), separate), fractions.middle(rng)))
    yield Draft(tuple(calls))


def ends(rng: Rng) -> Iterator[Draft]:
    model = separate_magnitudes(Family(rng).mlp((4, 3, 2), norm=False, bias=True))
    branched = separate_magnitudes(Family(rng).residual_mlp(2, 3, 2))
    single = f32([1.5])
    for scope, lone in (("layer", Linear(single)), ("global", Conv2d(single.reshape(1, 1, 1, 1)))):
        shares = (0.0, 1.0, 1e-9, 1e-5, 0.999, 1 - 1e-12, 0.5, -0.0)
        calls = [call(m.copy(), s, scope) for m in (model, Sequential([lone])) for s in shares]
        calls += [call(model.copy(), 5e-324, scope), *(call(branched.copy(), s, scope) for s in (0.0, 1.0))]
        yield Draft(tuple(calls))


def arguments(rng: Rng) -> Iterator[Draft]:
    model = separate_magnitudes(Family(rng).mlp((4, 3, 2), norm=False, bias=True))
    bad = (-0.1, 1.5, float("nan"), float("inf"), float("-inf"), -1e-9, 1 + 1e-9, 50.0, -5e-324, 1 + 2**-52, 2.0, -1.0)
    yield Draft(tuple(call(model.copy(), s, raises="ValueError") for s in bad))
    yield Draft(tuple(call(model.copy(), s, "global", raises="ValueError") for s in bad))
    # words that somebody may take for one of the two; none that is but one of them in another case or with a space
    unknown = ("row", "channel", "none", "lay", "layers", "layerwise", "per_layer", "local", "globally", "all")
    unknown += ("network", "model", "tensor", "neuron", "filter", "unstructured", "l")
    yield Draft(tuple(call(model.copy(), 0.5, scope, raises="ValueError") for scope in unknown))
    # a wrong scope where the sparsity asks for nothing, or for everything
    yield Draft(tuple(call(model.copy(), s, scope, raises="ValueError") for s in (0.0, 1.0) for scope in unknown[:2]))
    blank = Sequential([Linear(np.zeros((2, 2), np.float32))])  # nothing to prune, and yet the arguments are wrong
    single = Sequential([Linear(f32([1.5]))])  # so few that a count rounds to one that could be
    branched = separate_magnitudes(Family(rng).residual_mlp(3, 4, 2))
    yield Draft(
        (
            call(blank, 1.5, raises="ValueError"),
            call(blank.copy(), 1.5, "row", raises="ValueError"),
            call(blank.copy(), 0.0, "row", raises="ValueError"),
            *(call(single.copy(), s, scope, raises="ValueError") for s in bad for scope in SCOPES),
            *(call(branched.copy(), s, raises="ValueError") for s in bad[:3]),
            call(branched, 0.5, "row", raises="ValueError"),
            *(
                call(one.copy(), *wrong, raises="ValueError")
                for one in untouched(rng)
                for wrong in ((50.0,), (0.5, "row"))
            ),
        )
    )


def untouched(rng: Rng) -> Iterator[Sequential]:
    """All that is in a network and that a refused call may not change either."""
    for dtype in (np.float32, np.float16, np.float64):
        family = Family(rng, dtype)
        images = [
            family.conv(2, 4, (2, 2), (2, 1), (0, 1), groups=2, bias=True),
            family.norm2d(4),
            AvgPool2d((2, 1), 1),
        ]
        dense = [MaxPool2d((1, 2)), Flatten(), family.linear(8, 3, bias=True), family.norm1d(3)]
        yield Sequential([*images, *dense])


def repeated(rng: Rng) -> Iterator[Draft]:
    model = separate_magnitudes(Family(rng).mlp((6, 5, 4), norm=True, bias=True))
    other = separate_magnitudes(Family(rng).mlp((6, 5, 4), norm=True, bias=True))
    plan = [
        (model, 0.8, "layer"),
        (model, 0.2, "global"),
        (model, 0.5, None),
        (other, 0.5, None),
        (model, 0.8, "layer"),
    ]
    yield Draft(tuple(call(m.copy(), s, scope) for m, s, scope in plan))
    yield Draft(
        (
            call(model.copy(), 0.5, "global"),
            call(model.copy(), float("nan"), raises="ValueError"),
            call(model.copy(), 0.5),
            call(other.copy(), 0.3, "global"),
            *(call(Sequential([Linear(weight)]), 0.5) for weight in sequences.same_bytes(model[0].weight)),
        )
    )
    asked = [((share,), how) for how in ({}, {"scope": "global"}) for share in (0.5, 0.25)]
    family = Family(rng)
    branches = (Sequential([family.linear(6, 6), family.norm1d(6)]), Sequential([family.linear(6, 6, bias=True)]))
    model = separate_magnitudes(sequences.network(family, [Residual(*branches)]))
    yield from sequences.drafts(model, asked)


def unusual(rng: Rng) -> Iterator[Draft]:
    twins = odd.twins(Family(rng))
    yield Draft(tuple(call(twins.copy(), s, scope) for s in (0.4, 0.8) for scope in ("layer", "global")))
    turn = int(rng.integers(12))
    for dtype in (np.float32, np.float64, np.float16):
        family = Family(rng, dtype)
        calls = []
        several = odd.some((*odd.plain(family), *odd.residual(family), *orders.plain(family)), dtype)
        for model in (*several, *(branched for branched, _ in orders.residual(family))):
            if dtype != np.float16:
                separate_magnitudes(model)
            turn += 1
            model = odd.dressed(odd.scaled(odd.tied(model), turn), turn)
            calls.append(call(model, fractions.middle(rng), SCOPES[turn // 4 % 2]))  # odd.scaled goes by fours
        yield Draft(tuple(calls))


def tiny(rng: Rng) -> Iterator[Draft]:
    yield from sequences.batches(itertools.islice(tiny_calls(Tiny(rng)), TINY_CALLS), TINY_BATCH)


def tiny_calls(source: Tiny) -> Iterator[Call]:
    while True:
        scope = (None, "layer", "global")[source.below(3)]
        yield call(source.network(residual=True), source.fraction(), scope)


def trained(rng: Rng) -> Iterator[Draft]:
    for name in networks.names():
        data = networks.digits(name)
        sparsity = (0.5, 0.75, 0.9)[int(rng.integers(3))]
        scope = ("layer", "global")[int(rng.integers(2))]
        yield Draft((call(networks.load(name), sparsity, scope),), {"inputs": (data.test_images[:32],), "digits": name})


def large(rng: Rng) -> Iterator[Draft]:
    inputs, hidden, outputs = LARGE_WIDTHS
    weights = magnitudes.ladder(rng, inputs * hidden + hidden * outputs)
    first, second = (
        weights[: inputs * hidden].reshape(hidden, inputs),
        weights[inputs * hidden :].reshape(outputs, hidden),
    )
    norm = Family(rng).norm1d(hidden)
    model = Sequential([Linear(first.copy()), norm, ReLU(), Linear(second.copy())])
    pruned = model.copy()  # pruned once already; more goes than is zero: selecting among zeros takes NumPy long
    pruned[0].weight[rng.integers(2, size=first.shape, dtype=bool)] = 0
    around = np.abs(pruned[0].weight)  # the cut is at 13.4, among some thousands that are equal
    around = (around > 12.5) & (around < 14.5)
    several = pruned[0].weight[around]
    pruned[0].weight[around] = np.copysign(several[0], several)
    # nearly all equal: more ties than 16 bits count, and float16 counts to 2,048
    filters = rng.choice(np.array([-0.5, 0.5], np.float16), LARGE_FILTERS)
    filters.reshape(-1)[rng.integers(filters.size, size=500)] = -2.0
    filters.reshape(-1)[int(rng.integers(1_000)) + 14 * np.arange(5_001)] = 0.25  # of which float16 makes 5,000
    yield Draft(
        (
            call(model, fractions.MANY[int(rng.integers(len(fractions.MANY)))], "global"),
            call(pruned, 0.9),
            call(Sequential([Conv2d(filters)]), fractions.MANY_ABOVE[int(rng.integers(len(fractions.MANY_ABOVE)))]),
            *(call(Sequential([Linear(weights[None, :200_000].copy())]), s) for s in fractions.ENDS_OF_MANY),
        ),
        large=True,
    )
