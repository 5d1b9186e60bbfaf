"""A solution, and the reference beside it, on calls of one's own: confined, and judged by the problem's own rules."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from judge import log
from judge.diagnosis import tables
from judge.diagnosis.ladder import COUNTED, Calls, Kind, load, numbers
from judge.diagnosis.outcome import judge_calls, told
from judge.diagnosis.source import call_text
from judge.domain.answer import Answer
from judge.domain.case import Call, Case
from judge.domain.problem import CodingProblem, Problem
from judge.domain.report import Check, Isolation, TestResult
from judge.domain.submission import Graded
from judge.domain.verdict import Verdict
from judge.errors import InternalError, JudgeError, UsageError
from judge.grading import verdicts
from judge.grading.drawn import Drawn
from judge.grading.execute import Execution
from judge.grading.intake import same_text, source_of
from judge.message import Message
from judge.service import Service
from judge.trial.program import read
from judge.words.render import LONGEST


class Trial(Struct, frozen=True):
    """What came of a call of one's own; ``result`` holds the verdict, the rules' findings and what was printed.

    Where several calls were made in a row, this is about the first that went wrong, or else the last; ``earlier`` are
    those before it. ``got`` and ``reference`` are the two answers, ``None`` where none came.
    """

    problem: str
    graded: Graded
    isolation: Isolation
    result: TestResult
    expected: Message
    call: str
    earlier: tuple[str, ...]
    network: str
    numbers: int  # entries of the prunable weights of all calls
    got: Message | None = None
    reference: Message | None = None
    right_answers: int = 0


def try_call(service: Service, problem: Problem, content: bytes | None, text: str) -> Trial:
    """Run the source ``content``, or the reference where that is ``None``, on the calls in ``text``.

    Raises :class:`judge.errors.BadCall` for a text that is no call which can be tried, and another
    :class:`judge.errors.UsageError` where the problem takes none, or has no reference. A fault of ours is a trial with
    the verdict ``judge_error``, whose check holds the id under which the log tells more.
    """
    kind = _kind(problem)
    assert isinstance(problem, CodingProblem)
    calls = read(text, problem.entry_point, kind)
    reference = problem.reference.read_bytes() if problem.reference is not None else None
    graded = Graded.SUBMISSION if content is not None else Graded.REFERENCE
    source = reference if content is None else content
    if source is None:
        raise UsageError("errors.no_reference", name=problem.name)
    trial = _Trying(service, problem, kind, graded)
    try:
        result, answers = trial.answered(source, calls)
        calls = calls[: _position(problem, calls, answers) + 1]
        model_answer: Answer | None = None
        if graded is Graded.REFERENCE:
            model_answer = _of_last(calls, answers)
        elif reference is not None:
            model_answer = trial.reference(reference, calls)
        return trial.told(calls, result, _of_last(calls, answers), model_answer)
    except Exception as error:  # whatever goes wrong here is our fault, and must not look like the candidate's
        return trial.fault(calls, error)


def read_calls(problem: Problem, text: str) -> Calls:
    """Return the calls in ``text``. Raises as :func:`try_call`."""
    kind = _kind(problem)
    assert isinstance(problem, CodingProblem)
    return read(text, problem.entry_point, kind)


def _kind(problem: Problem) -> Kind:
    """Return what the package knows of its calls. Raises :class:`UsageError` where it takes none."""
    if not isinstance(problem, CodingProblem):
        raise UsageError("trial.not_code", name=problem.name)
    ladder = load(problem)
    if ladder is None or not hasattr(ladder.kind, "raises"):
        raise UsageError("trial.not_offered", name=problem.name)
    return ladder.kind


class _Trying(Struct, frozen=True):
    service: Service
    problem: CodingProblem
    kind: Kind
    graded: Graded

    def answered(self, content: bytes, calls: Calls) -> tuple[TestResult, Sequence[Answer]]:
        """Return what the source in ``content`` gets for ``calls``, and its answers: as in a test of a report."""
        problem = self.problem
        source = source_of(content, problem.limits.source_bytes)
        if isinstance(source, Message):
            return verdicts.not_judged(Verdict.INVALID_SUBMISSION, source), ()
        if same_text(source, problem.starter):
            return verdicts.not_judged(Verdict.NOT_ATTEMPTED, Message("submission.starter", {})), ()
        with Execution(self.service.sandbox, problem, source, lanes=1) as execution:
            imported = verdicts.of_import(execution.load())
            if imported.verdict != Verdict.ACCEPTED:
                return imported, ()
            (executed,) = execution.run([Drawn.of(Case("try", "try", calls))])
        return verdicts.of_test(problem, executed), executed.run.answers if executed.run is not None else ()

    def reference(self, content: bytes, calls: Calls) -> Answer:
        """Return the reference's answer to the last call. Raises :class:`InternalError` where it is not right."""
        result, answers = self.answered(content, calls)
        if result.verdict != Verdict.ACCEPTED:
            wrong = next(check.detail for check in result.checks if not check.passed)
            raise InternalError("trial.reference", problem=wrong)
        return answers[-1]

    def told(self, calls: Calls, result: TestResult, got: Answer | None, reference: Answer | None) -> Trial:
        """Return what came of ``calls``."""
        last = calls[-1]
        count, expected = self._expected(last)
        return replace(
            self._trial(calls, result, self.service.isolation, expected),
            got=told(self.kind, last, got) if got is not None else None,
            reference=told(self.kind, last, reference) if reference is not None else None,
            right_answers=count,
        )

    def fault(self, calls: Calls, error: Exception) -> Trial:
        """Return what a fault of ours ends in; the log tells more under the id that it holds."""
        identifier = secrets.token_hex(6)
        log.error("judge error %s on a call of %s: %s", identifier, self.problem.name, error, cause=error)
        ours = Message("errors.judge_error", {"id": identifier})
        messages = [ours, error.message] if isinstance(error, JudgeError) else [ours]
        checks = tuple(Check("judge", False, message) for message in messages)
        result = TestResult("judge", "judge", Verdict.JUDGE_ERROR, 0.0, "", checks)
        return self._trial(calls, result, Isolation.FULL, ours)  # nothing that was run is shown

    def _trial(self, calls: Calls, result: TestResult, isolation: Isolation, expected: Message) -> Trial:
        *before, last = calls
        function = self.problem.entry_point
        return Trial(
            problem=self.problem.name,
            graded=self.graded,
            isolation=isolation,
            result=result,
            expected=expected,
            call=call_text(last, function),
            earlier=tuple(call_text(call, function) for call in before),
            network=_cut(tables.network(last.model)),
            numbers=numbers(calls),
        )

    def _expected(self, call: Call) -> tuple[int, Message]:
        if call.raises is not None:
            return 1, Message("trial.expected.raises", {"name": call.raises})
        count, _ = self.kind.right_answers(call)
        if count == COUNTED:
            return count, Message("trial.expected.countless", {})
        return count, Message("trial.expected.one" if count == 1 else "trial.expected.many", {"n": count})


def _position(problem: CodingProblem, calls: Calls, answers: Sequence[Answer]) -> int:
    """Return which call to tell of: the first that went wrong or was not answered, else the last."""
    for position, (call, answer) in enumerate(zip(calls, answers, strict=False)):
        if not judge_calls(problem, (call,), (answer,)).right:
            return position
    return min(len(answers), len(calls) - 1)


def _cut(table: str) -> str:
    """Return as many lines of ``table`` as a person can take in."""
    return table if len(table) <= LONGEST else table[:LONGEST].rpartition("\n")[0] + "\n…"


def _of_last(calls: Calls, answers: Sequence[Answer]) -> Answer | None:
    return answers[len(calls) - 1] if len(answers) >= len(calls) else None
