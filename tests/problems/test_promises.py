"""What the contract promises of every hidden test, checked on the tests that are drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest

from judge.checkers.counts import legitimate
from judge.checkers.exchange import prunable
from judge.generators.gaps import magnitudes_apart, norms_apart
from judge.generators.odd import LARGEST, SMALLEST
from judge.nn import Residual, Sequential
from judge.nn.spec import pack
from judge.packages import Library

SEEDS = range(6)
LIBRARY = Library()


def drawn(problem: str, seed: int):
    loaded = LIBRARY.load(problem)
    for group in loaded.groups:
        for case in loaded.suite.cases(group.name, seed):
            for call in case.calls:
                yield case, call


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("problem", ["weight_pruning", "structured_pruning"])
def test_arrays_are_as_promised(problem, seed):
    for case, call in drawn(problem, seed):
        _, arrays = pack(call.model)
        assert len({array.dtype for array in arrays}) == 1, case.name
        assert prunable(call.model)
        for array in arrays:
            assert array.dtype.isnative
            assert array.flags.writeable
            assert np.isfinite(array).all()
        assert sum(layer.weight.size for _, layer in prunable(call.model)) <= 10**6
        for _, layer in prunable(call.model):
            magnitudes = np.abs(layer.weight[layer.weight != 0])
            if magnitudes.size and magnitudes.dtype != np.float16:
                assert SMALLEST <= magnitudes.min() <= magnitudes.max() <= LARGEST, case.name


@pytest.mark.parametrize("seed", SEEDS)
def test_no_weight_lies_close_to_a_cut(seed):
    for case, call in drawn("weight_pruning", seed):
        if call.raises is None and prunable(call.model)[0][1].weight.dtype != np.float16:
            assert magnitudes_apart(call.model), case.name


@pytest.mark.parametrize("seed", SEEDS)
def test_no_norm_lies_close_to_another(seed):
    for case, call in drawn("structured_pruning", seed):
        assert not any(isinstance(layer, Residual) for layer in call.model)
        if call.raises:
            continue
        norm = call.kwargs.get("norm", 1)
        *hidden, _ = layers = prunable(call.model)
        for name, layer in hidden:
            weight = layer.weight
            assert weight[0].size <= 10_000
            assert norms_apart(weight, norm), (case.name, name)
            if weight.dtype == np.float16 and case.group != "overflow":
                assert weight[0].size <= 512
                assert (weight.astype(float) ** 2).reshape(len(weight), -1).sum(axis=1).max() <= 60_000
        for name, layer in layers:
            if layer.weight.dtype == np.float16 and case.group != "overflow":
                magnitudes = np.abs(layer.weight[layer.weight != 0].astype(float))
                assert 0.01 <= magnitudes.min(initial=1) <= magnitudes.max(initial=1) <= 10, (case.name, name)


@pytest.mark.parametrize("problem", ["weight_pruning", "structured_pruning"])
def test_a_seed_draws_the_same_tests_and_another_seed_others(problem):
    def prints(seed: int) -> list[bytes]:
        return [array.tobytes() for _, call in drawn(problem, seed) for array in pack(call.model)[1]]

    assert prints(7) == prints(7)
    assert prints(7) != prints(8)


@pytest.mark.parametrize("problem", ["weight_pruning", "structured_pruning"])
def test_names_are_unique_and_stable(problem):
    first, second = ([case.name for case, _ in drawn(problem, seed)] for seed in (1, 2))
    assert first == second


@pytest.mark.parametrize(
    ("fraction", "n", "expected"),
    [
        (0.29, 100, (29, 29)),
        (0.07, 100, (7, 7)),
        (0.5, 7, (3, 4)),
        (1.0, 9, (9, 9)),
        (0.0, 9, (0, 0)),
        (1e-9, 10, (0, 1)),
        (1 - 1e-12, 10, (9, 10)),
        (0.1, 30, (3, 3)),
        (5e-324, 10**6, (0, 1)),
    ],
)
def test_counts_are_decimal(fraction, n, expected):
    assert legitimate(fraction, n) == expected
    assert expected[0] <= math.ceil(fraction * n) + 1


def test_no_two_arrays_share_memory():
    for case, call in drawn("weight_pruning", 3):
        _, arrays = pack(call.model)
        for i, first in enumerate(arrays):
            for second in arrays[i + 1 :]:
                assert not np.shares_memory(first, second), case.name
    assert isinstance(call.model, Sequential)
