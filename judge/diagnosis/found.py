"""A counterexample that was found: calls in a row, the last of which goes wrong in a process of their own."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from judge.diagnosis.bench import Bench
from judge.diagnosis.ladder import Calls
from judge.diagnosis.outcome import Outcome, Target, judge_calls
from judge.diagnosis.twin import Neighbour
from judge.domain.answer import Answer
from judge.domain.case import Call
from judge.domain.problem import CodingProblem


class Found(Struct, frozen=True):
    """``calls`` in a row show the target in a process of their own, the last one being the wrong one."""

    calls: Calls
    answers: tuple[Answer, ...]
    outcome: Outcome
    check: str  # "" for an exception
    flaky: bool = False
    twin: Neighbour | None = None
    shrunk: bool = False


def confirm_sequence(problem: CodingProblem, bench: Bench, calls: Sequence[Call], target: Target) -> Found | None:
    """Return ``calls``, cut behind the first wrong one, where they show the target in a fresh process."""
    calls = tuple(calls)
    answers = bench.alone(calls)
    if not answers or not target.met(judge_calls(problem, calls, answers)):
        return None
    for end in range(1, len(answers) + 1):
        outcome = judge_calls(problem, calls[:end], answers[:end])
        if not outcome.right:
            if not target.met(outcome):
                return None
            return Found(calls[:end], answers[:end], outcome, target.check)
    return None
