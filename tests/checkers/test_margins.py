"""The tolerances and gaps against the rounding errors that right solutions really make."""

from __future__ import annotations

import numpy as np
import pytest

from judge.checkers.channels import ranking
from judge.checkers.exchange import prunable
from judge.domain.case import Case
from tests.checkers.rows import reference
from tests.mutation import judging

GAPS = {"float16": 3e-2, "float32": 1e-3, "float64": 1e-3}  # the contract's, between norms that are not equal
SEEDS = (1, 2)


def calls(problem: str) -> list[Case]:
    """Return the tests of some seeds without the large ones."""
    return [case for seed in SEEDS for case, _ in judging.cases(problem, seed)]


@pytest.mark.parametrize("problem", ["weight_pruning", "structured_pruning"])
def test_outputs_of_the_reference_differ_by_rounding_only(problem: str) -> None:
    module, loaded = reference(problem), judging.problem(problem)
    limit, measured = loaded.tolerances["fidelity"]
    worst = 0.0
    for case in calls(problem):
        if "inputs" not in case.facts:
            continue
        answers = [judging.answer(getattr(module, loaded.entry_point), call, call.model.copy()) for call in case.calls]
        for check in loaded.suite.check(case, answers):
            if check.name == "fidelity":
                worst = max(worst, check.detail.values["error"] / check.detail.values["limit"] * limit)
    assert worst <= measured
    assert measured * 1e4 <= limit


def naive_norms(weight: np.ndarray, norm: int, dtype: str) -> np.ndarray:
    """Return norms summed one after the other in ``dtype``: the least exact way there is."""
    rows = np.abs(weight.reshape(len(weight), -1)).astype(dtype)
    if norm == 1:
        return np.cumsum(rows, axis=1, dtype=dtype)[:, -1]
    return np.sqrt(np.cumsum(rows * rows, axis=1, dtype=dtype)[:, -1])


@pytest.mark.parametrize("norm", [1, 2])
def test_gaps_between_norms_are_wider_than_rounding(norm: int) -> None:
    """Two norms on either side of a gap keep their order when each is off by less than half of it."""
    for case in calls("structured_pruning"):
        for call in case.calls:
            for _, layer in prunable(call.model)[:-1]:
                dtype = str(layer.weight.dtype)
                if case.group == "overflow":
                    continue  # there the naive sum is the mistake
                exact = ranking.norms(layer.weight, norm)
                error = np.abs(naive_norms(layer.weight, norm, dtype) - exact) / np.maximum(exact, 1e-300)
                assert error.max() < GAPS[dtype] / 4, (case.name, dtype, error.max())


def test_the_gap_holds_at_the_largest_fan_in() -> None:
    """10,000 entries of one sign in float32, 512 in float16: what the contract allows at most."""
    rng = np.random.default_rng(0)
    for dtype, fan_in in (("float32", 10_000), ("float16", 512)):
        weight = rng.uniform(0.01, 10, (20, fan_in)).astype(dtype)
        exact = ranking.norms(weight, 1)
        error = np.abs(naive_norms(weight, 1, dtype) - exact) / exact
        assert error.max() < GAPS[dtype] / 2, (dtype, error.max())


def test_slack_lies_between_equal_and_different_norms() -> None:
    """1e-6 is equal, 1e-3 is not; the checker's own float64 sums are off by far less than either distance."""
    assert 1e-6 * 10 < ranking.SLACK < 1e-3 / 10


def test_rounded_scores_keep_the_order_of_magnitudes() -> None:
    """A square, a square root or a float32 cast keeps apart what differs by 1e-5 of itself."""
    for value in np.random.default_rng(0).uniform(0.01, 10, 2000):
        low, high = np.float32(value), np.float32(value * (1 + 1.1e-5))
        assert low * low < high * high
        assert np.sqrt(low) < np.sqrt(high)
        assert np.float32(low) < np.float32(high)
