"""After a wrong answer: the smallest counterexample, and the name of the slip when it is a known one.

    ladder.py     what a package knows: small calls in order, right answers
    bench.py      fresh confined children, a deadline
    found.py      a counterexample
    search.py     the first rung that shows the failure; sequences of calls; twin.py: the nearest input that is right
    shrink.py     where no rung shows it: the hidden call made smaller
    snippet.py    the counterexample as a Python file; source.py, asserts.py: its parts
    mistakes.py   the slip's name, by marks of shipped wrong submissions on every rung
    weights.py, channels.py   what differs between kinds of pruning

Nothing here imports grading: it is handed the failing test and a way to open children.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec.structs import replace

from judge.diagnosis import mistakes, tables
from judge.diagnosis.bench import Bench, Fresh
from judge.diagnosis.found import Found
from judge.diagnosis.ladder import COUNTED, Calls, Ladder, load, numbers
from judge.diagnosis.outcome import Target, judge_calls, told
from judge.diagnosis.search import climb, find
from judge.diagnosis.snippet import write
from judge.diagnosis.source import call_text
from judge.domain.answer import Answer
from judge.domain.case import Case
from judge.domain.problem import CodingProblem
from judge.domain.report import Counterexample, Diagnosis, Explained
from judge.message import Message

__all__ = ["diagnose"]

SECONDS = 0.9  # wall clock for all of it
_ALONE = 3  # a submission that answers at random is not right so often


def diagnose(
    problem: CodingProblem,
    case: Case,
    answers: Sequence[Answer],
    fresh: Fresh,
    wall_seconds: float = math.inf,
    *,
    seconds: float = SECONDS,
) -> Explained:
    """Explain why ``case``, the first test that failed, got ``answers`` (fewer than calls where it ended early).

    ``fresh`` opens a child with the submission loaded; each is closed here.

    Takes ``seconds`` at most, and a little more for the last call: three times as long by the clock where the machine
    is busy, but not beyond ``wall_seconds``. Never raises for what a submission does.
    """
    ladder = load(problem)
    if ladder is None:
        return Explained()
    bench = Bench(fresh, seconds, wall_seconds)
    outcome = judge_calls(problem, case.calls, answers, case.facts)
    if outcome.right:
        return Explained()
    target = Target(raised=outcome.raised.name) if outcome.raised else Target(check=outcome.failed[0].name)
    climbed = climb(problem, ladder, bench, target)
    found = find(problem, ladder, bench, climbed, target, _up_to_failure(problem, case.calls, answers))
    remembers = None if found is None or found.flaky else len(found.calls) > 1
    named = mistakes.recognise(problem, ladder, climbed.marks, remembers) if climbed.complete else None
    diagnosis = (named,) if named is not None else ()
    if found is None:
        if _only_behind_others(problem, bench, case, answers):
            diagnosis = (Diagnosis("depends_on_earlier_calls", Message("diagnosis.earlier", {})), *diagnosis)
        return Explained(None, diagnosis)
    if found.flaky:
        flaky = Diagnosis("different_answers", Message("diagnosis.flaky", {}))
        diagnosis = (flaky, *diagnosis)
    return Explained(_counterexample(problem, ladder, found), diagnosis)


def _up_to_failure(problem: CodingProblem, calls: Calls, answers: Sequence[Answer]) -> Calls:
    """Return the calls up to the first that went wrong."""
    for position in range(len(answers)):
        alone = judge_calls(problem, calls[position : position + 1], answers[position : position + 1])
        if not alone.right:
            return calls[: position + 1]
    return calls


def _only_behind_others(problem: CodingProblem, bench: Bench, case: Case, answers: Sequence[Answer]) -> bool:
    """Tell whether the first call of ``case`` that went wrong is answered right in processes of its own, each time.

    The calls before it may be those of the tests before, or have been given the same network object.
    """
    calls = (replace(_up_to_failure(problem, case.calls, answers)[-1], again=None, late=False),)
    return all(
        len(alone) == 1 and judge_calls(problem, calls, alone).right
        for alone in (bench.alone(calls) for _ in range(_ALONE))
    )


def _counterexample(problem: CodingProblem, ladder: Ladder, found: Found) -> Counterexample | None:
    snippet = write(
        ladder.kind, problem.entry_point, found.calls, found.answers, found.outcome, found.check, flaky=found.flaky
    )
    if snippet is None:
        return None
    last = found.calls[-1]
    if last.raises is None:
        count, table = ladder.kind.right_answers(last)
        if count == COUNTED:
            one = Message("diagnosis.expected.countless", {"table": table})
        else:
            key = "diagnosis.expected.one" if count == 1 else "diagnosis.expected.many"
            one = Message(key, {"n": count, "table": table})
    else:
        count, one = 1, Message("diagnosis.expected.raises", {"name": last.raises})
    raised = found.outcome.raised
    detail = next((c.detail for c in found.outcome.failed if c.name == found.check), None)
    return Counterexample(
        call=call_text(last, problem.entry_point),
        numbers=numbers(found.calls),
        got=told(ladder.kind, last, found.answers[-1]),
        expected=one,
        snippet=snippet,
        network=tables.network(last.model),
        check=found.check or "run",
        detail=detail or Message("diagnosis.got.raised", {"name": raised.name if raised else "", "message": ""}),
        earlier=tuple(call_text(call, problem.entry_point) for call in found.calls[:-1]),
        right_answers=count,
        passing_twin=_twin(problem, found),
        flaky=found.flaky,
    )


def _twin(problem: CodingProblem, found: Found) -> Message | None:
    if found.twin is None:
        return None
    call = call_text(found.twin.call, problem.entry_point)
    if found.twin.change is None:
        return Message("diagnosis.twin.call", {"call": call})
    return Message("diagnosis.twin.right", {"call": call, "change": found.twin.change})
