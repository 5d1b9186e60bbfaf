"""Every route through the marking of every shipped question, over many seeds, as STACK does it.

200 seeds by default; ``JUDGE_THEORY_SEEDS`` sets another number.
"""

from __future__ import annotations

import os

import pytest
from theory_loading import NAMES, load

from judge.theory.draw import draw
from judge.theory.routes import all_names, routes
from judge.verify.theory import walk

SEEDS = range(int(os.environ.get("JUDGE_THEORY_SEEDS", "200")))
CHECKS = [(name, check.id) for name in NAMES for check in load(name).bank.checks]


@pytest.mark.parametrize(("name", "check_id"), CHECKS, ids=[f"{name}-{check}" for name, check in CHECKS])
def test_each_answer_gets_what_it_must(name: str, check_id: str) -> None:
    check = load(name).bank.check(check_id)
    reached = set()
    for seed in SEEDS:
        question = draw(check, seed)
        for route in routes(question):
            assert walk(question, route), (seed, route)
            reached.add(route.name)
    assert all_names(check) <= reached
    assert "malformed" in reached


@pytest.mark.parametrize(("name", "check_id"), CHECKS, ids=[f"{name}-{check}" for name, check in CHECKS])
def test_each_known_slip_is_told_apart_in_every_seed(name: str, check_id: str) -> None:
    check = load(name).bank.check(check_id)
    for seed in SEEDS:
        assert set(draw(check, seed).slips) == {slip.name for slip in check.slips}, seed


def test_there_are_six_problems_with_all_kinds_and_enough_checks() -> None:
    assert {
        "what_is_pruning",
        "pruning_and_overfitting",
        "pruning_and_generalization",
        "structured_pruning_theory",
        "weight_pruning_theory",
        "reading_the_code",
    } <= set(NAMES)
    for name in NAMES:
        checks = load(name).bank.checks
        assert len(checks) >= 8
        assert len({check.kind for check in checks}) == 5
