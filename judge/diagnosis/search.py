"""Find the smallest call on which a submission breaks the same rule as in the test that failed."""

from __future__ import annotations

from msgspec import Struct, field

from judge.diagnosis import shrink
from judge.diagnosis.bench import Bench
from judge.diagnosis.found import Found, confirm_sequence
from judge.diagnosis.ladder import Calls, Ladder
from judge.diagnosis.outcome import Target, judge_calls, mark
from judge.diagnosis.twin import neighbours
from judge.domain.case import Call
from judge.domain.problem import CodingProblem

AGAIN = 16  # how often a call is repeated to see whether the answer stays: one of two by chance shows nearly always


class Climb(Struct):
    """The whole ladder, climbed once in one process: a mark for each rung that was answered."""

    marks: list[str] = field(default_factory=list)
    complete: bool = False
    met: list[int] = field(default_factory=list)  # rungs on which the target was met, the smallest first
    first_wrong: int | None = None


def climb(problem: CodingProblem, ladder: Ladder, bench: Bench, target: Target) -> Climb:
    """Run every rung and note what came."""
    result = Climb(["?"] * len(ladder.rungs))
    answered = 0
    for start, answers in bench.many(ladder.rungs):
        for position, answer in enumerate(answers, start):
            call = ladder.rungs[position]
            if bench.time_left <= 0:  # an answer may be large
                return result
            outcome = judge_calls(problem, (call,), (answer,))
            result.marks[position] = mark(ladder.kind, call, answer, outcome)
            answered += 1
            if not outcome.right:
                if result.first_wrong is None:
                    result.first_wrong = position
                if target.met(outcome):
                    result.met.append(position)
    result.complete = answered == len(ladder.rungs)
    return result


def find(
    problem: CodingProblem, ladder: Ladder, bench: Bench, climbed: Climb, target: Target, failing: Calls
) -> Found | None:
    """Return the counterexample: a rung, a sequence of calls, or the hidden test made smaller."""
    if climbed.met:
        position = climbed.met[0]
        found, steady = _confirm(problem, ladder, bench, ladder.rungs[position], climbed.marks[position], target)
        if found is not None:
            return found
        if not steady:
            return None
    found = _sequence(problem, ladder, bench, target)
    return found if found is not None else shrink.hidden(problem, ladder, bench, target, failing)


def _confirm(
    problem: CodingProblem, ladder: Ladder, bench: Bench, call: Call, expected: str, target: Target
) -> tuple[Found | None, bool]:
    """Return the rung as a counterexample, if it is one in a process of its own; and whether answers are steady."""
    near = list(neighbours(call))
    calls = (*[call] * AGAIN, *(neighbour.call for neighbour in near))
    answers = bench.alone(calls)
    outcomes = [judge_calls(problem, (c,), (a,)) for c, a in zip(calls, answers, strict=False)]
    marks = [mark(ladder.kind, c, a, o) for c, a, o in zip(calls, answers, outcomes, strict=False)][:AGAIN]
    if not marks:
        return None, True
    check = target.check
    if all(one == expected for one in marks):
        twin = next((n for n, o in zip(near, outcomes[AGAIN:], strict=False) if o.right), None)
        return Found((call,), answers[:1], outcomes[0], check, twin=twin), True
    again = bench.alone([call] * AGAIN)
    same = [mark(ladder.kind, call, a, judge_calls(problem, (call,), (a,))) for a in again]
    if same == marks:  # steady: it is the calls before that made the difference
        first = Found((call,), answers[:1], outcomes[0], check)
        return (first if target.met(outcomes[0]) else None), True
    for answer in (*answers[:AGAIN], *again):
        outcome = judge_calls(problem, (call,), (answer,))
        if target.met(outcome):
            return Found((call,), (answer,), outcome, check, flaky=True), False
    return None, False


def _sequence(problem: CodingProblem, ladder: Ladder, bench: Bench, target: Target) -> Found | None:
    for calls in ladder.sequences:
        if bench.time_left < 0.05:
            return None
        found = confirm_sequence(problem, bench, calls, target)
        if found is not None:
            return found
    return None
