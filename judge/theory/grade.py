"""Grade an answer sheet: each check right or wrong, the score their weighted share, exactly and reproducibly."""

from __future__ import annotations

import time
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from judge import __version__
from judge.domain.problem import Text, TheoryProblem
from judge.domain.report import Check, Diagnosis, Isolation, Report, TestResult
from judge.domain.submission import Graded
from judge.domain.verdict import Verdict
from judge.errors import UsageError
from judge.message import Message
from judge.packages.bank import QuestionKind
from judge.theory.draw import Question, exact, plain_number, questions
from judge.theory.sheet import Given, Sheet, read_sheet

_LARGE = Fraction(10**300)


def grade(
    problem: TheoryProblem,
    sheet: bytes | str | Mapping[str, Any],
    seed: int | None = None,
    graded: Graded = Graded.SUBMISSION,
) -> Report:
    """Return the report on ``sheet``; its own seed counts, and ``seed`` may only repeat it.

    What a report says is held in it, in every language: a later edit of the package changes no report.

    Raises:
        InvalidSubmission: the sheet is malformed; all findings.
        UsageError: ``seed`` differs from the sheet's.

    """
    began = time.perf_counter()
    read = read_sheet(problem, sheet)
    if seed is not None and seed != read.seed:
        raise UsageError("theory.sheet.seed_differs", seed=seed, sheet=read.seed)
    asked = questions(problem, read.seed)
    if not read.answers:
        tests = tuple(_left_out(question, Verdict.NOT_ATTEMPTED) for question in asked)
        return _report(problem, read, graded, began, tests, Verdict.NOT_ATTEMPTED, Fraction(0))
    tests = tuple(assess(question, read.answers.get(question.check.id)) for question in asked)
    score = _score(asked, tests)
    accepted = score >= exact(problem.pass_mark)
    return _report(problem, read, graded, began, tests, Verdict.ACCEPTED if accepted else Verdict.WRONG_ANSWER, score)


def assess(question: Question, given: Given | None) -> TestResult:
    """Return the result of one check for a valid answer, or for ``None``: left out."""
    if given is None:
        return _left_out(question, Verdict.WRONG_ANSWER)
    if isinstance(given, Fraction):
        checks = _number(question, given)
    elif isinstance(given, str):
        checks = _one(question, given)
    elif question.check.kind is QuestionKind.ORDERING:
        checks = _ordering(question, given)
    else:
        checks = _multiple(question, given)
    if not checks:
        why = _said(question, question.check.explain)
        checks = [Check("answer", True, Message("theory.right", {"why": why}))]
    verdict = Verdict.ACCEPTED if all(check.passed for check in checks) else Verdict.WRONG_ANSWER
    return TestResult(question.check.id, question.check.id, verdict, 0.0, "", tuple(checks))


def _one(question: Question, given: str) -> list[Check]:
    option = question.options[given]
    if option.right:
        return []
    why = _said(question, option.feedback)
    return [Check(option.name, False, Message("theory.wrong_option", {"option": given, "why": why}))]


def _multiple(question: Question, given: tuple[str, ...]) -> list[Check]:
    wrong = []
    for letter, option in question.options.items():
        if option.right != (letter in given):
            key = "theory.missed" if option.right else "theory.does_not_belong"
            values = {"option": letter, "why": _said(question, option.feedback)}
            wrong.append(Check(option.name, False, Message(key, values)))
    return wrong


def _ordering(question: Question, given: tuple[str, ...]) -> list[Check]:
    """Find the first place that is wrong: what stands there stands too early, since all before it is right."""
    for place, (letter, right) in enumerate(zip(given, question.right_ids, strict=True), start=1):
        if letter != right:
            option = question.options[letter]
            values = {"option": letter, "place": place, "why": _said(question, option.feedback)}
            return [Check(option.name, False, Message("theory.too_early", values))]
    return []


def _number(question: Question, given: Fraction) -> list[Check]:
    assert question.answer is not None
    tolerance = exact(question.check.tolerance or 0)
    if abs(given - question.answer) <= tolerance:
        return []
    values: dict[str, Any] = {"given": _shown(given)}
    for slip in question.check.slips:
        if slip.name in question.slips and abs(given - question.slips[slip.name]) <= tolerance:
            values["why"] = _said(question, slip.feedback)
            return [Check(slip.name, False, Message("theory.slip", values))]
    values["why"] = _said(question, question.check.otherwise)
    return [Check("number", False, Message("theory.wrong_number", values))]


def _shown(given: Fraction) -> str:
    return plain_number(given) if abs(given) < 10**15 else f"{float(max(min(given, _LARGE), -_LARGE)):.3e}"


def _left_out(question: Question, verdict: Verdict) -> TestResult:
    check = Check("answer", False, Message("theory.left_out"))
    return TestResult(question.check.id, question.check.id, verdict, 0.0, "", (check,))


def _said(question: Question, text: Text) -> Message:
    """Return ``text`` with its numbers, in all languages at once; the catalogue picks one."""
    return Message("theory.said", question.filled(text))


def _score(asked: tuple[Question, ...], tests: tuple[TestResult, ...]) -> Fraction:
    weights = [exact(question.check.weight) for question in asked]
    got = sum(weight for weight, test in zip(weights, tests, strict=True) if test.verdict is Verdict.ACCEPTED)
    return Fraction(got) / sum(weights)


def _report(
    problem: TheoryProblem,
    sheet: Sheet,
    graded: Graded,
    began: float,
    tests: tuple[TestResult, ...],
    verdict: Verdict,
    score: Fraction,
) -> Report:
    right = sum(test.verdict is Verdict.ACCEPTED for test in tests)
    note = Message("theory.score", {"right": right, "checks": len(tests), "pass_mark": 100 * problem.pass_mark})
    return Report(
        problem=problem.name,
        verdict=verdict,
        score=float(score),
        seed=sheet.seed,
        graded=graded,
        seconds=time.perf_counter() - began,
        isolation=Isolation.FULL,  # an answer sheet runs nothing
        tests=tests,
        diagnosis=tuple(_diagnosis(tests)),
        notes=(note,),
        versions={"judge": __version__, "problem": problem.version},
    )


def _diagnosis(tests: tuple[TestResult, ...]) -> list[Diagnosis]:
    """Return the misconceptions that wrong answers showed: a wrong option chosen, a known slip."""
    recognised = ("theory.wrong_option", "theory.does_not_belong", "theory.slip")
    return [
        Diagnosis(f"{test.name}.{check.name}", check.detail.values["why"])
        for test in tests
        for check in test.checks
        if check.detail.key in recognised
    ]
