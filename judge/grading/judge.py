"""All tests of a coding problem: verdict, score, report."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from judge import __version__, log
from judge.domain.answer import Answer
from judge.domain.case import Case
from judge.domain.problem import TOTAL_SECONDS, CodingProblem
from judge.domain.report import Explained, Report, TestResult
from judge.domain.submission import Submission
from judge.domain.verdict import Verdict
from judge.errors import SandboxError
from judge.grading import verdicts
from judge.grading.drawn import Drawn, draw
from judge.grading.execute import Executed, Execution
from judge.grading.intake import same_text, source_of
from judge.message import Message
from judge.sandbox import Child, Sandbox

_EXPLAINED = (Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR)
OnTest = Callable[[TestResult], None]
# (problem, first failing test, its answers, what opens a child with the submission loaded, seconds left by the clock)
# -> why it failed
Explain = Callable[[CodingProblem, Case, Sequence[Answer], Callable[[float, float], Child | None], float], Explained]
_EXPLAINING = 2.0  # seconds by the clock that finding out why may take when the tests have taken all of theirs


def judge_coding(
    problem: CodingProblem,
    submission: Submission,
    seed: int,
    sandbox: Sandbox,
    *,
    on_test: OnTest = lambda result: None,
    only: str | None = None,
    explain: Explain | None = None,
    ahead: Mapping[str, Sequence[Drawn]] | None = None,
) -> Report:
    """Judge ``submission`` on the tests of ``seed`` and return the report.

    ``on_test`` is called with each test as it is finished. ``only`` names a test or a group: nothing else is run, and
    the verdict is of that alone. ``explain`` is asked after all tests, about a wrong answer or an error.
    ``ahead`` has groups of tests of this seed that were drawn before (:mod:`judge.grading.ahead`).
    """
    began = time.perf_counter()
    tests: list[TestResult] = []
    notes: list[Message] = []
    explained = Explained()

    def add(result: TestResult) -> None:
        tests.append(result)
        on_test(result)

    source = source_of(submission.content, problem.limits.source_bytes)
    if isinstance(source, Message):
        add(verdicts.not_judged(Verdict.INVALID_SUBMISSION, source))
    elif same_text(source, problem.starter):
        add(verdicts.not_judged(Verdict.NOT_ATTEMPTED, Message("submission.starter", {})))
    else:
        with Execution(sandbox, problem, source) as execution:
            drawn = _drawn_meanwhile(sandbox, draw(problem, seed, only, ahead))
            add(verdicts.of_import(execution.load()))
            if tests[0].verdict == Verdict.ACCEPTED:
                failing: Executed | None = None
                for executed in execution.run(drawn):
                    result = verdicts.of_test(problem, executed)
                    add(verdicts.in_words_of_the_call(result, executed.test.case))
                    if result.verdict == Verdict.ACCEPTED:
                        if failing is None:
                            notes += _notes(problem, executed)
                    elif failing is None:
                        failing = executed
                if execution.starved and failing is not None and failing.out_of_time:
                    raise SandboxError("errors.starved", seconds=round(TOTAL_SECONDS))
                if explain is not None and failing is not None and overall(tests) in _EXPLAINED:
                    left = began + TOTAL_SECONDS + _EXPLAINING - time.perf_counter()
                    explained = _explained(explain, problem, failing, execution, max(left, 0.1))
    if len(tests) == 1 and tests[0].verdict != Verdict.ACCEPTED:
        for test in draw(problem, seed, only, ahead):
            add(verdicts.skipped(test.case.name, test.case.group))
    verdict = overall(tests)
    return Report(
        problem=problem.name,
        verdict=verdict,
        score=score(problem, tests, verdict, only),
        seed=seed,
        graded=submission.graded,
        seconds=time.perf_counter() - began,
        isolation=sandbox.isolation,
        tests=tuple(tests),
        notes=tuple(notes) if verdict == Verdict.ACCEPTED else (),
        diagnosis=explained.diagnosis,
        counterexample=explained.counterexample,
        versions={"judge": __version__, "problem": problem.version},
    )


def _drawn_meanwhile(sandbox: Sandbox, tests: Iterator[Drawn]) -> Iterator[Drawn]:
    """Return ``tests``, of which some have been drawn when the sandbox is ready: the first command of a day waits."""
    first: list[Drawn] = []
    while not sandbox.is_ready() and (test := next(tests, None)) is not None:
        first.append(test)
    return itertools.chain(first, tests)


def _notes(problem: CodingProblem, executed: Executed) -> Iterable[Message]:
    if executed.known and executed.test.known is not None:
        return executed.test.known.notes
    return problem.suite.notes(executed.test.case, executed.run.answers) if executed.run is not None else ()


def _explained(
    explain: Explain, problem: CodingProblem, failing: Executed, execution: Execution, seconds: float
) -> Explained:
    """A fault in finding out why is ours, and must not cost the verdict."""
    answers = failing.run.answers if failing.run is not None else ()
    try:
        return explain(problem, failing.test.case, answers, execution.another, seconds)
    except Exception as error:
        log.error("no diagnosis of %s, %s: %s", problem.name, failing.test.case.name, error, cause=error)
        return Explained()


def overall(tests: Sequence[TestResult]) -> Verdict:
    """Return the verdict of the first test that is not accepted; where only time ran out, time_limit_exceeded."""
    for result in tests:
        if result.verdict == Verdict.SKIPPED:
            return Verdict.TIME_LIMIT_EXCEEDED
        if result.verdict != Verdict.ACCEPTED:
            return result.verdict
    return Verdict.ACCEPTED


def score(problem: CodingProblem, tests: Sequence[TestResult], verdict: Verdict, only: str | None) -> float:
    """Return the weighted share of groups whose tests all passed: 1 exactly when the verdict is accepted."""
    if verdict == Verdict.ACCEPTED:
        return 1.0
    failed = {result.group for result in tests if result.verdict != Verdict.ACCEPTED}
    groups = [g for g in problem.groups if only is None or only == g.name or only.startswith(f"{g.name}-")]
    total = sum(group.weight for group in groups)
    passed = sum(group.weight for group in groups if group.name not in failed)
    return min(passed / total, 0.9999) if total else 0.0
