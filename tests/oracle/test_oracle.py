"""Checkers and oracle agree on every answer, right or damaged, drawn or enumerated."""

from __future__ import annotations

import itertools
import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from judge.packages import Library
from tests.oracle import channels, convert, draw, plain, weights
from tests.oracle.damage import damage
from tests.oracle.plain import Given, Reply, Tensor

LEGITIMATE = {"weight_pruning": weights.legitimate, "structured_pruning": channels.legitimate}
DRAW = {"weight_pruning": draw.weight_call, "structured_pruning": draw.channel_call}
SUITES = {name: Library().load(name).suite for name in LEGITIMATE}

ASKED = int(os.environ.get("ORACLE_EXAMPLES", "0"))
some = settings(
    max_examples=ASKED or 250,
    derandomize=not ASKED,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def accepted(problem: str, asked: Given, reply: Reply, with_inputs: bool = False) -> bool:
    """Return the checkers' decision on one answer."""
    case = convert.case(asked, 1, with_inputs)
    return all(check.passed for check in SUITES[problem].check(case, [convert.answer(reply)]))


def agree(problem: str, asked: Given, reply: Reply, with_inputs: bool) -> bool:
    """Assert that both decide alike; return how."""
    theirs = LEGITIMATE[problem](asked, reply)
    case = convert.case(asked, 1, with_inputs)
    checks = list(SUITES[problem].check(case, [convert.answer(reply)]))
    broken = [(check.name, check.detail) for check in checks if not check.passed]
    ours = not broken
    assert ours == theirs, f"checkers: {broken or 'right'}; oracle: {theirs}; {reply.damage}\n{asked}\n{reply}"
    return theirs


@pytest.mark.parametrize("problem", LEGITIMATE)
@some
@given(rng=st.randoms(use_true_random=False), number=st.integers(0, 2), with_inputs=st.booleans())
def test_drawn_answers(problem: str, rng: Random, number: int, with_inputs: bool) -> None:
    asked = DRAW[problem](rng)
    reply = draw.right(rng, problem, asked)
    for _ in range(number):
        damage(rng, problem, asked, reply)
    result = agree(problem, asked, reply, with_inputs)
    assert result or number, "a right answer was refused"


@pytest.mark.parametrize("scope", ["layer", "global"])
def test_every_mask_of_three_weights(scope: str) -> None:
    """All weights of a few values, all counts, all masks; the network is as the masks say."""
    seen = set()
    for values in itertools.product((0.0, -1.0, 1.0, 2.0), repeat=3):
        tensors = [Tensor("float32", (1, 1), list(values[:1])), Tensor("float32", (2, 1), list(values[1:]))]
        network = [{"kind": "Linear", "weight": tensor, "bias": None} for tensor in tensors]
        for sparsity in (0.0, 0.3, 0.5, 2 / 3, 1.0):
            asked = Given(network, (sparsity,), {"scope": scope}, (1,))
            for bits in itertools.product((False, True), repeat=3):
                masks = {"0.weight": list(bits[:1]), "1.weight": list(bits[1:])}
                reply = Reply(draw.answer_of("weight_pruning", asked, masks), plain.wrap(network))
                seen.add(agree("weight_pruning", asked, reply, False))
    assert seen == {True, False}


@pytest.mark.parametrize("norm", [1, 2])
def test_every_choice_of_three_channels(norm: int) -> None:
    """All rows of a few values, all counts, all masks that leave a channel; the network is as the masks say."""
    seen = set()
    rows = ((0.0, 0.0), (-1.0, 1.0), (1.5, 0.0), (0.0, 2.0))
    for chosen in itertools.product(rows, repeat=3):
        first = {
            "kind": "Linear",
            "weight": Tensor("float32", (3, 2), [v for row in chosen for v in row]),
            "bias": None,
        }
        last = {"kind": "Linear", "weight": Tensor("float32", (1, 3), [1.0, 2.0, 3.0]), "bias": None}
        for ratio in (0.0, 0.3, 0.5, 0.9):
            asked = Given([first, last], (ratio,), {"norm": norm}, (2,))
            for bits in itertools.product((False, True), repeat=3):
                if any(bits):
                    masks = {"0.weight": list(bits), "1.weight": [True]}
                    reply = Reply(draw.answer_of("structured_pruning", asked, masks), plain.wrap(asked.network))
                    seen.add(agree("structured_pruning", asked, reply, False))
    assert seen == {True, False}
